/// What the reader needs of one format, ready to be used.
///
/// Digits are looked at in the eight bytes that end with them, the last one in the highest byte. Those are
/// always within the message, since at least ten bytes stand in front of its first element; eight bytes
/// from the first digit on may not be.
struct ReadRule {
  /// How an element whose length stands in front of it is read.
  enum Variable: UInt8 {
    /// Text or bytes.
    case plain
    /// Packed digits.
    case packed
    /// Parts, which are still to be checked.
    case composite
    /// Not by rules: its length is fixed, it does not exist, or it is of an uncommon kind.
    case none
  }

  /// The bits of weight 8 of the half-bytes that must hold 0 to 9; fixed length only.
  let digits: UInt64
  /// The half-byte behind an odd number of digits; fixed length only.
  let filler: UInt64
  /// The slot of the element but for its start; fixed length only.
  let size: UInt64
  /// How many bytes the element has, and more than any message has unless its length is fixed and
  /// this rule tells all of it.
  let byteCount: UInt32
  /// How it is read when its length stands in front.
  let variable: Variable
  /// The greatest length of variable length.
  let maximum: UInt16
  /// The bytes of a length in front, in the two bytes that end with it, the last one in the higher byte.
  let lengthMask: UInt16
  /// Bytes of the length in front, 0 when there is none.
  let prefix: UInt8

  /// More than any message has, and little enough to be added to any offset.
  private static let never = UInt32.max / 2

  /// The rule for a format: tells nothing of what does not exist, of character digits, of composites
  /// of fixed length and of more than sixteen digits of fixed length.
  init(_ format: FieldFormat) {
    let count = Int(format.maximum)
    let isComposite = format.content == .composite
    let isReadable = format.content != .undefined && format.content != .characterNumeric
    maximum = format.maximum
    prefix = format.prefix
    lengthMask = prefix == 0 ? 0 : prefix == 1 ? 0xFF00 : 0xFFFF
    variable =
      format.isFixed || !isReadable
      ? .none : format.isPacked ? .packed : isComposite ? .composite : .plain
    let isWhole = format.isPacked ? (1...16).contains(count) : isReadable && !isComposite
    guard format.isFixed, isWhole else {
      (digits, filler, size, byteCount) = (0, 0, 0, Self.never)
      return
    }
    let bytes = format.byteCount(of: count)
    byteCount = UInt32(bytes)
    size = FieldSlot(start: 0, byteCount: bytes, count: count).bits
    let isFilled = format.isPacked && count & 1 == 1
    filler = isFilled ? 0x0F << 56 : 0
    let content: UInt64 = format.isPacked ? ~0 << UInt64(64 - 8 * bytes) : 0
    digits = content & 0x8888_8888_8888_8888 & ~filler
  }

  /// The rule of what does not exist.
  static var none: ReadRule { ReadRule(.undefined) }
}

/// The rules of all elements by number and, behind them, of the parts of composites with a bitmap.
///
/// In columns behind one address, so that a number finds each of them without further reckoning. Kept for
/// the life of the process and never written again, so it may be shared by threads.
struct ReadRules: @unchecked Sendable {
  private let base: UnsafeRawPointer

  /// One rule for each element number and for the parts of DE 43 and 49.
  private static var count: Int { CompositeTable.firstRow + 2 * CompositeTable.partsKept }

  // Where the columns begin, the widest values first, so that each is aligned.
  private static var digits: Int { 0 }
  private static var fillers: Int { digits + 8 * count }
  private static var sizes: Int { fillers + 8 * count }
  private static var byteCounts: Int { sizes + 8 * count }
  private static var maxima: Int { byteCounts + 4 * count }
  private static var lengthMasks: Int { maxima + 2 * count }
  /// What two packed digits write, by their byte; `noNumber` for other bytes.
  private static var numbers: Int { lengthMasks + 2 * count }
  private static var prefixes: Int { numbers + 2 * 256 }
  private static var variables: Int { prefixes + count }
  private static var byteCount: Int { variables + count }

  /// Stands for a byte that does not hold two digits: above the greatest length of any element.
  private static var noNumber: UInt16 { 30_000 }

  init(_ rules: [ReadRule]) {
    precondition(rules.count == Self.count, "there is a rule for each number and no other")
    let base = UnsafeMutableRawPointer.allocate(byteCount: Self.byteCount, alignment: 8)
    func store<Value: BitwiseCopyable>(_ column: Int, _ values: [Value]) {
      for (number, value) in values.enumerated() {
        base.storeBytes(
          of: value,
          toByteOffset: column + number * MemoryLayout<Value>.stride,
          as: Value.self
        )
      }
    }
    precondition(rules.allSatisfy { $0.maximum < Self.noNumber }, "lengths have four digits")
    store(Self.digits, rules.map(\.digits))
    store(Self.fillers, rules.map(\.filler))
    store(Self.sizes, rules.map(\.size))
    store(Self.byteCounts, rules.map(\.byteCount))
    store(Self.maxima, rules.map(\.maximum))
    store(Self.lengthMasks, rules.map(\.lengthMask))
    store(Self.numbers, (0...255).map { BCD.pair($0).map { UInt16($0) } ?? Self.noNumber })
    store(Self.prefixes, rules.map(\.prefix))
    store(Self.variables, rules.map(\.variable.rawValue))
    self.base = UnsafeRawPointer(base)
  }

  /// The value of a column; `number` is below the number of its values.
  @inline(__always)
  private func value<Value: BitwiseCopyable>(
    _ column: Int,
    _ number: Int,
    as type: Value.Type = Value.self
  ) -> Value {
    base.load(fromByteOffset: column &+ number &* MemoryLayout<Value>.stride, as: type)
  }

  @inline(__always)
  private func variable(_ number: Int) -> UInt8 { value(Self.variables, number) }

  /// Whether an element of variable length has parts to be checked.
  @inline(__always)
  func isComposite(_ number: Int) -> Bool {
    variable(number) == ReadRule.Variable.composite.rawValue
  }

  /// Finds and checks an element or part of fixed length; `nil` for all others, and when something is
  /// wrong or uncommon (`readVariable`).
  ///
  /// - Precondition: as for `readVariable`.
  @inline(__always)
  func readFixed(
    _ number: Int,
    _ bytes: RawSpan,
    at offset: Int,
    end: Int
  ) -> (slot: FieldSlot, end: Int)? {
    let next = offset &+ Int(value(Self.byteCounts, number, as: UInt32.self))
    guard next <= end else { return nil }
    // The bytes are there, and digits, if it has any, are in the last eight.
    let word = WireReader.provenReversedWord(bytes, next &- 8)
    guard BCD.areDecimal(word, topBits: value(Self.digits, number)),
      word & value(Self.fillers, number) == 0
    else { return nil }
    return (
      FieldSlot(bits: value(Self.sizes, number) | UInt64(truncatingIfNeeded: offset)), next
    )
  }

  /// Finds and checks an element or part of variable length; of composites, not what is in them.
  ///
  /// It gives up with `nil` at whatever is wrong or uncommon: more than sixteen digits, none, or a
  /// filler other than 0. Others then decide and name the fault. So this may be short: all it has to
  /// be is never wrong about what it accepts.
  ///
  /// - Precondition: at least eight bytes stand in front of `offset`, `end` is within the bytes, and
  ///   `number` is below the number of rules.
  @inline(__always)
  func readVariable(
    _ number: Int,
    _ bytes: RawSpan,
    at offset: Int,
    end: Int
  ) -> (slot: FieldSlot, end: Int)? {
    let start = offset &+ Int(value(Self.prefixes, number, as: UInt8.self))
    guard start <= end else { return nil }
    // Of a length of one byte, that in front of it is no part.
    let length = Int(
      UInt16(
        littleEndian: bytes.unsafeLoadUnaligned(
          fromUncheckedByteOffset: start &- 2,
          as: UInt16.self
        ) & value(Self.lengthMasks, number)
      )
    )
    // Each is a byte, and there is a number for each byte.
    let hundreds = UInt64(value(Self.numbers, length & 0xFF, as: UInt16.self))
    let count = hundreds &* 100 &+ UInt64(value(Self.numbers, length >> 8, as: UInt16.self))
    guard count <= UInt64(value(Self.maxima, number, as: UInt16.self)) else { return nil }
    let variable = variable(number)
    if variable == ReadRule.Variable.packed.rawValue {
      let byteCount = (count &+ 1) >> 1
      let last = start &+ Int(truncatingIfNeeded: byteCount)
      guard count &- 1 < 16, last <= end else { return nil }
      let word = WireReader.provenReversedWord(bytes, last &- 8)
      let content = word &>> (64 &- 8 &* byteCount)
      guard BCD.isDecimal(content), count & 1 == 0 || word >> 56 & 15 == 0 else { return nil }
      return (
        FieldSlot(bits: count << 48 | byteCount << 32 | UInt64(truncatingIfNeeded: start)), last
      )
    }
    let last = start &+ Int(truncatingIfNeeded: count)
    guard last <= end, variable != ReadRule.Variable.none.rawValue else { return nil }
    let bits = count &* 0x0001_0001_0000_0000 | UInt64(truncatingIfNeeded: start)
    return (FieldSlot(bits: bits), last)
  }
}
