/// Cuts a stream of bytes into the lines of an NDJSON document and never keeps more than one line.
///
/// Line feeds end lines; a carriage return before one is white space to JSON and stays.
public struct LineSplitter: Sendable {
  /// What was found.
  public enum Piece {
    /// A line without its end; empty ones are handed out too, since they count.
    case line(UnsafeRawBufferPointer)
    /// A line with more bytes than allowed, handed out once.
    case tooLong
  }

  @usableFromInline let maximum: Int
  @usableFromInline var kept: [UInt8] = []
  @usableFromInline var isSkipping = false

  /// A splitter for lines of at most `maximum` bytes, their ends not counted.
  public init(maximum: Int) { self.maximum = maximum }

  /// Takes bytes and hands out the lines that end in them; a line is valid only during the call of
  /// `body`.
  ///
  /// - Throws: what `body` throws; the rest of the bytes is lost then.
  @inlinable
  public mutating func append<Failure: Error>(
    _ bytes: UnsafeRawBufferPointer,
    _ body: (Piece) throws(Failure) -> Void
  ) throws(Failure) {
    var rest = bytes[...]
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      let tail = UnsafeRawBufferPointer(rebasing: rest[..<end])
      rest = rest[(end + 1)...]
      try finish(with: tail, body)
    }
    guard !rest.isEmpty, !isSkipping else { return }
    if kept.count + rest.count > maximum {
      kept.removeAll(keepingCapacity: true)
      isSkipping = true
      try body(.tooLong)
    } else {
      kept.append(contentsOf: rest)
    }
  }

  /// Hands out what is left when the stream ends without a line end.
  ///
  /// - Throws: what `body` throws.
  @inlinable
  public mutating func finish<Failure: Error>(
    _ body: (Piece) throws(Failure) -> Void
  ) throws(Failure) {
    guard !kept.isEmpty else { return }
    try finish(with: UnsafeRawBufferPointer(start: nil, count: 0), body)
  }

  @inlinable
  mutating func finish<Failure: Error>(
    with tail: UnsafeRawBufferPointer,
    _ body: (Piece) throws(Failure) -> Void
  ) throws(Failure) {
    if isSkipping {
      isSkipping = false
      return
    }
    guard kept.count + tail.count <= maximum else {
      kept.removeAll(keepingCapacity: true)
      return try body(.tooLong)
    }
    guard !kept.isEmpty else { return try body(.line(tail)) }
    kept.append(contentsOf: tail)
    var line: [UInt8] = []
    swap(&line, &kept)
    let failure: Failure? = line.withUnsafeBytes { bytes in
      do throws(Failure) {
        try body(.line(bytes))
        return nil
      } catch {
        return error
      }
    }
    line.removeAll(keepingCapacity: true)
    swap(&line, &kept)
    if let failure { throw failure }
  }
}
