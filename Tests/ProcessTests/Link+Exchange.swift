import LoadGenerator

extension Link {
  /// What a message is answered on a link of its own.
  static func ask(
    _ address: String,
    _ message: [UInt8],
    framing: LinkFraming = LinkFraming()
  ) throws -> Answer {
    let link = try Link(address, framing: framing)
    return try link.exchange(message)
  }

  /// Sends one message and waits for the next answer, which must be its own.
  func exchange(_ message: [UInt8]) throws -> Answer {
    try send(message)
    return try Answer(try receive())
  }

  /// Sends one purchase and waits for its answer.
  func exchange(_ purchase: Purchase) throws -> Answer {
    let answer = try exchange(purchase.bytes)
    guard answer.trace == purchase.trace else {
      throw TestFailure("the answer to \(purchase.trace) is that of \(answer.trace)")
    }
    return answer
  }

  /// Sends purchases with up to a window of them in flight.
  ///
  /// Every answer must come once, and on this link; they are given in the order of the purchases.
  func exchange(
    _ purchases: [Purchase],
    window: Int,
    asRepeats: Bool = false
  ) throws -> [Answer] {
    var answers: [UInt64: Answer] = [:]
    var open: Set<UInt64> = []
    var next = 0
    while answers.count < purchases.count {
      let end = min(purchases.count, next + window - open.count)
      if end > next {
        let batch = purchases[next..<end]
        open.formUnion(batch.map(\.trace))
        try send(batch.map { asRepeats ? $0.asRepeat : $0.bytes })
        next = end
      }
      for message in try receiveSome() {
        let answer = try Answer(message)
        guard open.remove(answer.trace) != nil else {
          throw TestFailure("an answer to \(answer.trace), which waits for none on this link")
        }
        answers[answer.trace] = answer
      }
    }
    return purchases.compactMap { answers[$0.trace] }
  }
}
