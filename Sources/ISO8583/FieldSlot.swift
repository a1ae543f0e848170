/// Where the content of one element or part stands.
@usableFromInline
struct FieldSlot: Hashable, Sendable {
  /// The first byte of the content, behind any length.
  @usableFromInline let start: UInt32
  /// The bytes of the content.
  @usableFromInline let byteCount: UInt16
  /// The length in the unit of its format: digits of packed content, otherwise bytes.
  @usableFromInline let count: UInt16

  @inline(__always)
  init(start: Int, byteCount: Int, count: Int) {
    self.start = UInt32(truncatingIfNeeded: start)
    self.byteCount = UInt16(truncatingIfNeeded: byteCount)
    self.count = UInt16(truncatingIfNeeded: count)
  }

  /// Stands for no slot at all: no message is that long.
  static let none = FieldSlot(start: Int(UInt32.max), byteCount: 0, count: 0)

  @inline(__always)
  var isNone: Bool { start == .max }

  @usableFromInline
  @inline(__always)
  var end: Int { Int(start) &+ Int(byteCount) }
}
