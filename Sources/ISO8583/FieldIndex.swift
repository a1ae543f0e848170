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
    ElementSet(primary: primary, secondary: secondary).contains(element)
  }

  @inlinable
  @inline(__always)
  func has(_ element: Element) -> Bool { announces(element) && element.number < limit }

  /// What the bitmaps announce, as far as reading got.
  @inlinable
  @inline(__always)
  var elements: ElementSet {
    guard limit <= 128 else { return ElementSet(primary: primary, secondary: secondary) }
    let read = UInt64(max(limit, 1) &- 1)
    return ElementSet(
      primary: primary & ~(~0 >> read),
      secondary: read > 64 ? secondary & ~(~0 >> (read &- 64)) : 0
    )
  }

  /// The last announced element, or 1 when there is none.
  var last: UInt8 {
    let last =
      secondary != 0
      ? 128 &- secondary.trailingZeroBitCount
      : primary != 0 ? 64 &- primary.trailingZeroBitCount : 1
    return UInt8(truncatingIfNeeded: last)
  }
}
