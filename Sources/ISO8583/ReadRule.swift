/// What the reader needs of an element's format, so that one look and few operations read the common
/// kinds.
struct ReadRule {
  /// The half-bytes of the first eight bytes that must hold 0 to 9.
  let digits: UInt64
  /// The half-byte behind an odd number of digits, where there is one.
  let filler: UInt64
  /// The slot of the element but for its start.
  let size: UInt64
  /// How many bytes must stand from the beginning of the element on for this rule to apply: at least
  /// eight, and more than any message has where the rule does not apply.
  let room: Int
  /// How many bytes the element has, where the rule applies.
  let byteCount: Int
  /// Whether the element has parts to be checked.
  let isComposite: Bool

  /// More than any message has, and little enough to be added to any offset.
  private static let never = Int.max / 2

  /// The rule for a format: applies to fixed length but for composites and more than sixteen digits.
  init(_ format: FieldFormat) {
    let count = Int(format.maximum)
    isComposite = format.content == .composite
    let isDigits = format.isPacked
    let isPlain = format.content == .text || format.content == .binary
    guard format.isFixed, isPlain || isDigits && (1...16).contains(count) else {
      digits = 0
      filler = 0
      size = 0
      room = Self.never
      byteCount = 0
      return
    }
    digits = isDigits ? ~0 << UInt64(64 - 4 * count) : 0
    filler = isDigits && count & 1 == 1 ? 15 << UInt64(60 - 4 * count) : 0
    byteCount = format.byteCount(of: count)
    size = FieldSlot(start: 0, byteCount: byteCount, count: count).bits
    room = max(8, byteCount)
  }
}
