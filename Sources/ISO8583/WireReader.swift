/// Reading of single values off the wire; all loads are checked against `end`, which never lies
/// behind the bytes.
@usableFromInline
enum WireReader {
  @inlinable @inline(__always)
  static func byte(_ bytes: RawSpan, _ offset: Int) -> UInt8 {
    bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
  }

  @inline(__always)
  static func word(_ bytes: RawSpan, _ offset: Int) -> UInt64 {
    UInt64(bigEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  /// A byte at an offset that the caller has proven to be within the bytes.
  @inlinable @inline(__always)
  static func provenByte(_ bytes: RawSpan, _ offset: Int) -> UInt8 {
    bytes.unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)
  }

  /// Eight bytes at an offset that the caller has proven to be within the bytes with all of them.
  @inlinable @inline(__always)
  static func provenWord(_ bytes: RawSpan, _ offset: Int) -> UInt64 {
    UInt64(
      bigEndian: bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self)
    )
  }

  /// Eight bytes as above, the last one highest: as most processors load them, for what does not depend on
  /// the order.
  @inline(__always)
  static func provenReversedWord(_ bytes: RawSpan, _ offset: Int) -> UInt64 {
    UInt64(
      littleEndian: bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self)
    )
  }

  /// Finds and checks one element or part of the common kinds that begins at `offset`.
  ///
  /// It gives up with `none` at whatever is wrong or uncommon (more than sixteen digits, a filler
  /// other than 0, digits in the last bytes of the message); `read` then decides and names the fault.
  /// So this function may be short: all it has to be is never wrong about what it accepts.
  @inline(__always)
  static func quickRead(
    _ format: FieldFormat,
    _ bytes: RawSpan,
    at offset: Int,
    end: Int
  ) -> FieldSlot {
    var count = Int(format.maximum)
    var start = offset
    if format.prefix != 0 {
      guard offset &+ 2 <= end else { return .none }
      let both = UInt64(
        UInt16(
          bigEndian: bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt16.self)
        )
      )
      // A length of one byte is the higher one.
      let digits = both &>> UInt64(truncatingIfNeeded: (16 &- 8 &* Int(format.prefix)) & 63)
      guard BCD.isDecimal(digits) else { return .none }
      let pairs = digits &- 6 &* (digits >> 4 & 0x0F0F)
      let whole = Int(truncatingIfNeeded: (pairs >> 8) &* 100 &+ (pairs & 0xFF))
      guard whole <= count else { return .none }
      count = whole
      start &+= Int(format.prefix)
    }
    switch format.content {
    case .text, .binary, .composite:
      guard start &+ count <= end else { return .none }
      return FieldSlot(start: start, byteCount: count, count: count)
    case .numeric, .amount:
      // All digits are in one word, whose other bytes are within the message too.
      guard count &- 1 < 16, count != 0, start &+ 8 <= end else { return .none }
      let word = provenWord(bytes, start)
      // The digits and, when they are odd in number, the filler.
      let byteCount = (count &+ 1) >> 1
      let content = word &>> UInt64(truncatingIfNeeded: 64 &- 8 &* byteCount)
      guard BCD.isDecimal(content), count & 1 == 0 || content & 15 == 0 else { return .none }
      return FieldSlot(start: start, byteCount: byteCount, count: count)
    case .undefined, .characterNumeric:
      return .none
    }
  }

  /// Finds and checks one element or part that begins at `offset`.
  @inline(never)
  static func read(
    _ format: FieldFormat,
    _ bytes: RawSpan,
    at offset: Int,
    end: Int,
    element: UInt8,
    part: UInt8?
  ) throws(WireError) -> FieldSlot {
    var count = Int(format.maximum)
    var start = offset
    if format.prefix != 0 {
      guard offset &+ Int(format.prefix) <= end else {
        throw WireError(element: element, part: part, reason: .truncated, offset: offset)
      }
      guard var length = BCD.pair(byte(bytes, offset)) else {
        throw WireError(element: element, part: part, reason: .invalidLength, offset: offset)
      }
      if format.prefix == 2 {
        guard let low = BCD.pair(byte(bytes, offset &+ 1)) else {
          throw WireError(element: element, part: part, reason: .invalidLength, offset: offset)
        }
        length = length &* 100 &+ low
      }
      guard length <= count else {
        throw WireError(element: element, part: part, reason: .lengthOverMaximum, offset: offset)
      }
      count = length
      start &+= Int(format.prefix)
    }
    let byteCount = format.byteCount(of: count)
    guard start &+ byteCount <= end else {
      throw WireError(element: element, part: part, reason: .truncated, offset: offset)
    }
    switch format.content {
    case .numeric, .amount:
      if let fault = digitFault(bytes, start: start, byteCount: byteCount, count: count) {
        throw WireError(element: element, part: part, reason: fault.0, offset: fault.1)
      }
    case .characterNumeric:
      for position in start..<start &+ byteCount {
        guard byte(bytes, position) &- 0x30 <= 9 else {
          throw WireError(element: element, part: part, reason: .invalidDigit, offset: position)
        }
      }
    case .undefined:
      throw WireError(
        element: element,
        part: part,
        reason: part == nil ? .undefinedElement : .undefinedPart,
        offset: offset
      )
    case .text, .binary, .composite:
      break
    }
    return FieldSlot(start: start, byteCount: byteCount, count: count)
  }

  /// The first byte that does not hold digits or a good filler, and which of the two.
  @inline(__always)
  private static func digitFault(
    _ bytes: RawSpan,
    start: Int,
    byteCount: Int,
    count: Int
  ) -> (WireError.Reason, Int)? {
    let isOdd = count & 1 == 1
    let whole = start &+ (count >> 1)
    var offset = start
    while offset &+ 8 <= whole {
      guard BCD.isDecimal(word(bytes, offset)) else {
        return slowFault(bytes, from: offset, whole: whole)
      }
      offset &+= 8
    }
    while offset < whole {
      guard BCD.pair(byte(bytes, offset)) != nil else { return (.invalidDigit, offset) }
      offset &+= 1
    }
    guard isOdd else { return nil }
    let last = byte(bytes, whole)
    if last >> 4 > 9 { return (.invalidDigit, whole) }
    if last & 15 != 0, last & 15 != 15 { return (.invalidFiller, whole) }
    return nil
  }

  /// Finds the byte in a word that is known to hold a bad digit.
  @inline(never)
  private static func slowFault(
    _ bytes: RawSpan,
    from start: Int,
    whole: Int
  ) -> (WireError.Reason, Int) {
    let bad = (start..<whole).first { BCD.pair(byte(bytes, $0)) == nil }
    return (.invalidDigit, bad ?? start)
  }

  /// Checks the parts of a composite whose content is `slot`.
  @inline(never)
  static func checkComposite(
    _ bytes: RawSpan,
    _ slot: FieldSlot,
    element: UInt8,
    _ table: UnsafePointer<FieldFormat> = FieldTable.formats
  ) throws(WireError) {
    var parts = CompositeParts(slot, element: element, table)
    try parts.begin(bytes)
    while try parts.next(bytes) != nil {}
    guard parts.isOpaque || parts.offset == slot.end else {
      throw WireError(element: element, reason: .trailingBytes, offset: parts.offset)
    }
  }
}
