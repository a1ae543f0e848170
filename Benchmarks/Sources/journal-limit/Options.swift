/// What the program was asked to do.
struct Options {
  /// Where files are made and removed; on the disk to be measured.
  var directory = "."
  /// What one authorization adds to a journal entry.
  var bytes = 184
  /// What a journal entry has besides: header and hash.
  var overhead = 96
  /// Batch sizes to be measured.
  var batches = [1, 8, 32, 128, 512, 1_024, 2_048, 4_096]
  /// Offered rates to be measured.
  var rates: [Int] = []
  /// How long each point is measured; and each once more on the other kind of file.
  var seconds = 1.5

  static let usage = """
    usage: journal-limit [--directory DIR] [--bytes N] [--overhead N] [--batches N,N…|none]
                         [--rates N,N…] [--seconds S]
    What a bare loop can append durably to LMDB on a disk: JSON on standard output.

      --directory DIR  where files are made, and removed at the end (.)
      --bytes N        bytes that one authorization adds to a journal entry (184)
      --overhead N     bytes of an entry besides (96)
      --batches N,N…   authorizations in an entry (1,8,32,128,512,1024,2048,4096)
      --rates N,N…     authorizations a second that become due, for their latency (none)
      --seconds S      how long each point is measured, 0.1 to 60 (1.5)

    """

  /// - Throws: `Fault` for what is not an option or out of range.
  init(_ arguments: [String]) throws {
    var rest = arguments[...]
    while let name = rest.popFirst() {
      guard let value = rest.popFirst() else { throw Fault("\(name) needs a value") }
      switch name {
      case "--directory": directory = value
      case "--bytes": bytes = try Self.number(name, value, 1...65_535)
      case "--overhead": overhead = try Self.number(name, value, 0...65_535)
      case "--batches": batches = value == "none" ? [] : try Self.list(name, value, 1...100_000)
      case "--rates": rates = try Self.list(name, value, 1...100_000_000)
      case "--seconds":
        guard let number = Double(value), (0.1...60).contains(number) else {
          throw Fault("--seconds is from 0.1 to 60")
        }
        seconds = number
      default: throw Fault("\(name) is not an option")
      }
    }
  }

  private static func number(
    _ name: String,
    _ text: String,
    _ range: ClosedRange<Int>
  ) throws -> Int {
    guard let number = Int(text), range.contains(number) else {
      throw Fault("\(name) is from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  private static func list(
    _ name: String,
    _ text: String,
    _ range: ClosedRange<Int>
  ) throws -> [Int] {
    try text.split(separator: ",").map { try number(name, String($0), range) }
  }
}
