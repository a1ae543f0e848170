import Foundation

/// One file of a log journal: `FIRST.log`, named after the sequence number of its first entry in 20
/// digits.
///
/// Entries stand one behind the other, each beginning at a multiple of the block and filled up with
/// zeros to the next; what is written ahead of them is zeros.
struct LogSegment: Equatable {
  /// The unit of direct writes: what disks and file systems of today ask for at most.
  static let blockBytes = 4096
  /// How many digits the largest sequence number has.
  private static let digits = 20
  private static let suffix = ".log"

  /// The sequence number of the first entry, whether it has been written or not.
  let first: UInt64
  let path: String

  init(first: UInt64, in directory: String) {
    self.first = first
    let number = String(first)
    let zeros = String(repeating: "0", count: Self.digits - number.count)
    path = "\(directory)/\(zeros)\(number)\(Self.suffix)"
  }

  /// The segments of a directory in order; none when there is no such directory.
  static func all(in directory: String) -> [LogSegment] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    return names.compactMap { name in
      guard name.utf8.count == digits + suffix.utf8.count, name.hasSuffix(suffix),
        name.utf8.prefix(digits).allSatisfy({ (48...57).contains($0) }),
        let first = UInt64(name.prefix(digits))
      else { return nil }
      return LogSegment(first: first, in: directory)
    }.sorted { $0.first < $1.first }
  }

  /// The bytes that an entry takes in its file.
  static func blocks(_ bytes: Int) -> Int { (bytes + blockBytes - 1) / blockBytes * blockBytes }
}
