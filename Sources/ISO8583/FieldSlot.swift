/// Where the content of one element or part stands.
@usableFromInline
struct FieldSlot: Hashable, Sendable {
  /// All three numbers, so that a slot is stored and loaded in one go.
  @usableFromInline let bits: UInt64

  /// The first byte of the content, behind any length.
  @inlinable @inline(__always)
  var start: UInt32 { UInt32(truncatingIfNeeded: bits) }
  /// The bytes of the content.
  @inlinable @inline(__always)
  var byteCount: UInt16 { UInt16(truncatingIfNeeded: bits &>> 32) }
  /// The length in the unit of its format: digits of packed content, otherwise bytes.
  @inlinable @inline(__always)
  var count: UInt16 { UInt16(truncatingIfNeeded: bits &>> 48) }

  @inline(__always)
  init(start: Int, byteCount: Int, count: Int) {
    bits =
      UInt64(UInt32(truncatingIfNeeded: start))
      | UInt64(UInt16(truncatingIfNeeded: byteCount)) &<< 32
      | UInt64(truncatingIfNeeded: count) &<< 48
  }

  @inline(__always)
  init(bits: UInt64) { self.bits = bits }

  /// Stands for no slot at all: no message is that long.
  @inline(__always)
  static var none: FieldSlot { FieldSlot(bits: .max) }

  @inline(__always)
  var isNone: Bool { bits == .max }

  @inlinable @inline(__always)
  var end: Int { Int(start) &+ Int(byteCount) }
}
