/// Cuts a stream of bytes into the lines of an NDJSON document.
///
/// Line feeds end lines, a carriage return before one is dropped, empty lines are skipped, and a
/// line longer than the limit is an error before it is kept.
public struct LineSplitter: Sendable {
  private var partial: [UInt8] = []
  private let longestLine: Int

  /// A splitter that keeps at most `longestLine` bytes.
  public init(longestLine: Int) { self.longestLine = longestLine }

  /// Takes the next bytes and returns the lines that they complete.
  public mutating func take(
    _ bytes: some Collection<UInt8>
  ) throws(ManagementClientError) -> [[UInt8]] {
    var lines: [[UInt8]] = []
    var rest = bytes[...]
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      let piece = rest[..<end]
      guard partial.count + piece.count <= longestLine else { throw tooLong }
      partial.append(contentsOf: piece)
      emit(to: &lines)
      rest = rest[rest.index(after: end)...]
    }
    guard partial.count + rest.count <= longestLine else { throw tooLong }
    partial.append(contentsOf: rest)
    return lines
  }

  /// The last line, when the stream ended without a line feed.
  public mutating func finish() -> [[UInt8]] {
    var lines: [[UInt8]] = []
    emit(to: &lines)
    return lines
  }

  private mutating func emit(to lines: inout [[UInt8]]) {
    if partial.last == UInt8(ascii: "\r") { partial.removeLast() }
    if !partial.isEmpty { lines.append(partial) }
    partial = []
  }

  private var tooLong: ManagementClientError { .responseTooLarge(limit: longestLine) }
}
