import JSON
import NIOCore

/// The lines of a streamed answer: carriage returns before line feeds are dropped and empty lines
/// skipped.
struct ResultLines {
  private let limit: Int
  private var splitter: LineSplitter

  /// Keeps at most `limit` bytes of an unfinished line.
  init(limit: Int) {
    self.limit = limit
    splitter = LineSplitter(maximum: limit)
  }

  /// Takes the next bytes and returns the lines that they complete.
  ///
  /// - Throws: `ManagementClientError.responseTooLarge` for a line above the limit.
  mutating func take(_ buffer: ByteBuffer) throws(ManagementClientError) -> [[UInt8]] {
    var lines: [[UInt8]] = []
    var isTooLong = false
    buffer.withUnsafeReadableBytes { bytes in
      splitter.append(bytes) { Self.add($0, to: &lines, &isTooLong) }
    }
    if isTooLong { throw .responseTooLarge(limit: limit) }
    return lines
  }

  /// The last line, when the answer ended without a line feed.
  mutating func finish() -> [[UInt8]] {
    var lines: [[UInt8]] = []
    var isTooLong = false
    splitter.finish { Self.add($0, to: &lines, &isTooLong) }
    return lines
  }

  private static func add(
    _ piece: LineSplitter.Piece,
    to lines: inout [[UInt8]],
    _ isTooLong: inout Bool
  ) {
    switch piece {
    case .tooLong: isTooLong = true
    case .line(let bytes):
      let line = bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes[...]
      if !line.isEmpty { lines.append(Array(line)) }
    }
  }
}
