/// What the reader needs of a format, in one place and ready to be used, so that one look and few
/// operations read the common kinds.
///
/// Digits are looked at in the eight bytes that end with them. Those are always within the message,
/// since at least ten bytes stand in front of its first element; eight bytes from the first digit on
/// may not be.
struct ReadRule {
  /// The top bits of the half-bytes that must hold 0 to 9, in the eight bytes that end with the
  /// element; fixed length only.
  let digits: UInt64
  /// The half-byte behind an odd number of digits, in the same eight bytes; fixed length only.
  let filler: UInt64
  /// The slot of the element but for its start; fixed length only.
  let size: UInt64
  /// How many bytes the element has, and more than any message has unless its length is fixed and
  /// this rule tells all of it.
  let byteCount: UInt32
  /// The greatest length of variable length.
  let maximum: UInt16
  /// The bits of a length in front, in the two bytes that end with it.
  let lengthMask: UInt16
  /// Bytes of the length in front, 0 when there is none or when the rule does not tell how to read.
  let prefix: UInt8
  private let kind: Kind

  private enum Kind: UInt8 {
    case plain
    case packed
    case composite
  }

  /// Whether the content is packed digits.
  @inline(__always)
  var isPacked: Bool { kind == .packed }

  /// Whether the content has parts to be checked.
  @inline(__always)
  var isComposite: Bool { kind == .composite }

  /// More than any message has, and little enough to be added to any offset.
  private static let never = UInt32.max / 2

  /// The rule for a format: tells nothing of what does not exist, of character digits, of composites
  /// of fixed length and of more than sixteen digits of fixed length.
  init(_ format: FieldFormat) {
    let count = Int(format.maximum)
    kind = format.isPacked ? .packed : format.content == .composite ? .composite : .plain
    maximum = format.maximum
    let isReadable = format.content != .undefined && format.content != .characterNumeric
    prefix = isReadable ? format.prefix : 0
    lengthMask = prefix == 0 ? 0 : prefix == 1 ? 0xFF : 0xFFFF
    let isWhole =
      switch kind {
      case .plain: isReadable
      case .packed: (1...16).contains(count)
      case .composite: false
      }
    guard format.isFixed, isWhole else {
      (digits, filler, size, byteCount) = (0, 0, 0, Self.never)
      return
    }
    let bytes = format.byteCount(of: count)
    byteCount = UInt32(bytes)
    size = FieldSlot(start: 0, byteCount: bytes, count: count).bits
    let isFilled = format.isPacked && count & 1 == 1
    filler = isFilled ? 15 : 0
    let ones: UInt64 = format.isPacked ? ~0 >> UInt64(64 - 8 * bytes) : 0
    digits = ones & 0x8888_8888_8888_8888 & ~filler
  }

  /// The rule of what does not exist.
  static var none: ReadRule { ReadRule(.undefined) }

  /// Finds and checks an element or part of variable length.
  ///
  /// It gives up with `nil` at whatever is wrong or uncommon: more than sixteen digits, none, or a
  /// filler other than 0. Others then decide and name the fault. So this may be short: all it has to
  /// be is never wrong about what it accepts.
  ///
  /// - Precondition: at least eight bytes stand in front of `offset`, and `end` is within the bytes.
  @inline(__always)
  static func variable(
    _ rule: UnsafePointer<ReadRule>,
    _ bytes: RawSpan,
    at offset: Int,
    end: Int
  ) -> (slot: FieldSlot, end: Int)? {
    let start = offset &+ Int(rule.pointee.prefix)
    guard start <= end else { return nil }
    // A length of one byte is the lower one; without length in front, the mask leaves nothing.
    let length =
      UInt64(
        UInt16(
          bigEndian: bytes.unsafeLoadUnaligned(
            fromUncheckedByteOffset: start &- 2,
            as: UInt16.self
          )
        )
      ) & UInt64(rule.pointee.lengthMask)
    guard BCD.isDecimal(length) else { return nil }
    let pairs = length &- 6 &* (length >> 4 & 0x0F0F)
    let count = (pairs >> 8) &* 100 &+ (pairs & 0xFF)
    guard count <= UInt64(rule.pointee.maximum) else { return nil }
    guard rule.pointee.isPacked else {
      let last = start &+ Int(truncatingIfNeeded: count)
      guard last <= end, rule.pointee.prefix != 0 else { return nil }
      let bits = count &* 0x0001_0001_0000_0000 | UInt64(truncatingIfNeeded: start)
      return (FieldSlot(bits: bits), last)
    }
    let byteCount = (count &+ 1) >> 1
    let last = start &+ Int(truncatingIfNeeded: byteCount)
    // A number of fixed length that came here ends here: its length is read as 0.
    guard count &- 1 < 16, last <= end else { return nil }
    let word = WireReader.provenWord(bytes, last &- 8)
    let content = word &<< (64 &- 8 &* byteCount)
    guard BCD.isDecimal(content), count & 1 == 0 || word & 15 == 0 else { return nil }
    return (
      FieldSlot(bits: count << 48 | byteCount << 32 | UInt64(truncatingIfNeeded: start)), last
    )
  }
}
