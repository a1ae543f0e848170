import ISO8583

/// What is measured, each on the chip purchase.
enum Work: String, CaseIterable {
  /// Finding and checking every element.
  case parse
  /// Parsing, then every value that a host needs to decide.
  case read
  /// Writing all twenty elements from values.
  case build
  /// Writing the answer: echoes, approval code, action code, balance.
  case answer

  /// Does the work a number of times; the result depends on all of it.
  func run(_ iterations: Int, _ bench: CodecBench, _ builder: inout MessageBuilder) -> UInt64 {
    switch self {
    case .parse: bench.parse(iterations)
    case .read: bench.read(iterations)
    case .build: bench.build(iterations, &builder)
    case .answer: bench.answer(iterations, &builder)
    }
  }
}
