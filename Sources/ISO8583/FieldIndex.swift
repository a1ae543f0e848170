/// Which elements a message has: its type, its bitmaps, and how far reading got.
@usableFromInline
struct FieldIndex: Sendable {
  /// The message type; 0000 before anything was read.
  @usableFromInline var type = MessageType.zero
  /// The bitmap of elements 1 to 64, 1 in the top bit; the bit that announces the other is left out.
  @usableFromInline var primary: UInt64 = 0
  /// The bitmap of elements 65 to 128, 65 in the top bit.
  @usableFromInline var secondary: UInt64 = 0
  /// The first element that was not read, 129 after a complete message.
  @usableFromInline var limit: UInt8 = 0

  init() {}

  @inlinable
  @inline(__always)
  func announces(_ element: Element) -> Bool {
    let bit = UInt64(element.number &- 1)
    return (bit < 64 ? primary : secondary) >> (63 &- bit & 63) & 1 == 1
  }

  @inlinable
  @inline(__always)
  func has(_ element: Element) -> Bool { announces(element) && element.number < limit }

  /// The last announced element, or 1 when there is none.
  var last: UInt8 {
    let last =
      secondary != 0
      ? 128 &- secondary.trailingZeroBitCount
      : primary != 0 ? 64 &- primary.trailingZeroBitCount : 1
    return UInt8(truncatingIfNeeded: last)
  }
}
