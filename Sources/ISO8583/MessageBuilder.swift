/// Writes one message after another into one buffer that it keeps.
///
/// The caller appends elements in ascending order and has checked its values: a value that does not
/// fit its element, or an element out of order, is a broken invariant and traps. Values that come
/// from elsewhere go through `Message`, which refuses them with an error.
public struct MessageBuilder: Sendable {
  /// The message as written so far; complete after the last element.
  ///
  /// A caller that keeps these bytes while the next message begins makes the builder take a new
  /// buffer.
  public private(set) var bytes: [UInt8] = []
  private var last: UInt8 = 128
  private var hasSecondary = false

  /// A builder whose buffer holds messages up to a number of bytes without growing.
  public init(capacity: Int = 2048) { bytes.reserveCapacity(capacity) }

  /// Begins a message; what was written before is gone, the buffer stays.
  ///
  /// - Parameters:
  ///   - type: The message type.
  ///   - secondary: Whether some element above 64 will follow, so that the message needs the
  ///     secondary bitmap.
  public mutating func begin(_ type: MessageType, secondary: Bool) {
    bytes.removeAll(keepingCapacity: true)
    bytes.append(UInt8(type.code >> 8))
    bytes.append(UInt8(type.code & 0xFF))
    hasSecondary = secondary
    append(word: secondary ? 1 << 63 : 0, from: 0)
    if secondary { append(word: 0, from: 0) }
    last = 1
  }

  /// Appends a number as packed digits: zeros on the left of a fixed element.
  ///
  /// - Parameters:
  ///   - element: An element of packed digits.
  ///   - value: A number that fits the element.
  ///   - digits: How many digits a variable element gets, at most 19; by default as many as the
  ///     number needs. Ignored for a fixed element.
  public mutating func append(_ element: Element, unsigned value: UInt64, digits: Int? = nil) {
    let format = announce(element)
    precondition(format.isPacked, "the element is not numeric")
    let count: Int
    if format.isFixed {
      count = Int(format.maximum)
    } else {
      count = digits ?? Self.digitCount(value)
      precondition(
        count >= 0 && count <= Int(format.maximum) && count <= 19,
        "too many digits"
      )
      append(length: count, prefix: format.prefix)
    }
    append(value, digits: count)
  }

  /// Appends digits one by one.
  ///
  /// - Parameters:
  ///   - element: An element of packed digits.
  ///   - digits: Digits of 0 to 9: exactly as many as a fixed element has, at most as many as a
  ///     variable one takes.
  @inlinable
  public mutating func append(_ element: Element, digits: some Sequence<UInt8>) {
    let format = announce(element)
    precondition(format.isPacked, "the element is not numeric")
    let start = beginVariable(format)
    var count = 0
    var high: UInt8 = 0
    for digit in digits {
      precondition(digit <= 9, "a digit is 0 to 9")
      if count & 1 == 0 { high = digit << 4 } else { append(byte: high | digit) }
      count += 1
    }
    if count & 1 == 1 { append(byte: high) }
    precondition(
      format.isFixed ? count == Int(format.maximum) : count <= Int(format.maximum),
      "the element takes another number of digits"
    )
    endVariable(format, count: count, from: start)
  }

  /// Appends characters; fixed text is filled with spaces on the right, and a character outside
  /// ISO 8859-1 becomes `?`.
  ///
  /// - Parameters:
  ///   - element: A text element.
  ///   - text: At most as many characters (Unicode scalars) as the element takes.
  @inlinable
  public mutating func append(_ element: Element, text: some StringProtocol) {
    let isDone: Void? = text.utf8.withContiguousStorageIfAvailable { characters in
      append(element, utf8: UnsafeRawBufferPointer(characters).bytes)
    }
    if isDone == nil {
      var copy = String(text)
      copy.withUTF8 { append(element, utf8: UnsafeRawBufferPointer($0).bytes) }
    }
  }

  /// Appends characters given as ISO 8859-1 bytes; fixed text is filled with spaces on the right.
  ///
  /// - Parameters:
  ///   - element: A text element.
  ///   - characters: At most as many characters as the element takes.
  @inlinable
  public mutating func append(_ element: Element, characters: some Sequence<UInt8>) {
    let format = announce(element)
    precondition(format.content == .text, "the element is not text")
    let start = beginVariable(format)
    var count = 0
    for character in characters {
      append(byte: character)
      count += 1
    }
    endText(format, count: count, from: start)
  }

  /// Appends text of which all ASCII runs are copied as they are.
  @usableFromInline
  mutating func append(_ element: Element, utf8 text: RawSpan) {
    let format = announce(element)
    precondition(format.content == .text, "the element is not text")
    let start = beginVariable(format)
    var count = text.byteCount
    if Self.isASCII(text) {
      append(text)
    } else {
      count = 0
      for scalar in text.withUnsafeBytes({ String(decoding: $0, as: UTF8.self) }).unicodeScalars {
        append(byte: scalar.value <= 0xFF ? UInt8(scalar.value) : UInt8(ascii: "?"))
        count += 1
      }
    }
    endText(format, count: count, from: start)
  }

  private static func isASCII(_ text: RawSpan) -> Bool {
    var high: UInt8 = 0
    for offset in text.byteOffsets { high |= WireReader.byte(text, offset) }
    return high < 0x80
  }

  /// Appends the content of a text, binary or composite element as bytes, with its length in front
  /// where the element has one.
  ///
  /// - Parameters:
  ///   - element: An element that is not of packed digits.
  ///   - content: Exactly as many bytes as a fixed element has (shorter text is filled with spaces),
  ///     at most as many as a variable one takes.
  public mutating func append(_ element: Element, bytes content: RawSpan) {
    let format = announce(element)
    precondition(!format.isPacked, "the element is numeric")
    let count = content.byteCount
    if format.isFixed {
      precondition(
        format.content == .text ? count <= Int(format.maximum) : count == Int(format.maximum),
        "the element takes another number of bytes"
      )
      append(content)
      appendSpaces(Int(format.maximum) - count)
    } else {
      precondition(count <= Int(format.maximum), "the content is too long for its element")
      append(length: count, prefix: format.prefix)
      append(content)
    }
  }

  /// Repeats an element of another message, byte for byte; does nothing when that lacks it.
  public mutating func append(_ element: Element, copying message: borrowing MessageView) {
    guard let wire = message.wire(element) else { return }
    _ = announce(element)
    append(wire)
  }

  /// Appends an amount.
  ///
  /// - Parameters:
  ///   - element: An amount: DE 4, 5, 6, 8 or 97.
  ///   - currency: ISO 4217 number, at most 999.
  ///   - exponent: The number of decimals, at most 9.
  ///   - value: In the smallest unit; below 10^12, for DE 8 below 10^8, for DE 97 below 10^17.
  public mutating func append(
    amount element: Element,
    currency: UInt16,
    exponent: UInt8,
    value: UInt64
  ) {
    let format = announce(element)
    precondition(format.content == .amount, "the element is not an amount")
    appendAmount(currency, exponent, value, digits: Int(format.maximum) - 4)
  }

  /// Appends the two original amounts (DE 30).
  ///
  /// - Parameters:
  ///   - currency: ISO 4217 number of the transaction, at most 999.
  ///   - exponent: The number of decimals, at most 9.
  ///   - value: In the smallest unit, below 10^12. The reconciliation amount is written as zeros.
  public mutating func append(
    originalAmount currency: UInt16,
    exponent: UInt8,
    value: UInt64
  ) {
    _ = announce(.originalAmounts)
    appendAmount(currency, exponent, value, digits: 12)
    append(word: 0, from: 0)
  }

  /// Announces an element and appends content that is known to be good.
  mutating func append(_ element: Element, count: Int, content: [UInt8]) {
    let format = announce(element)
    if !format.isFixed { append(length: count, prefix: format.prefix) }
    bytes.append(contentsOf: content)
  }

  @usableFromInline
  mutating func announce(_ element: Element) -> FieldFormat {
    let number = element.number
    precondition(number > last, "elements must come in ascending order")
    precondition(number <= 64 || hasSecondary, "the message was begun without secondary bitmap")
    last = number
    let bit = Int(number) - 1
    bytes[2 + bit >> 3] |= 0x80 >> UInt8(bit & 7)
    let format = FieldTable.format(of: element)
    precondition(format.content != .undefined, "the element is not defined")
    return format
  }

  private mutating func appendAmount(
    _ currency: UInt16,
    _ exponent: UInt8,
    _ value: UInt64,
    digits: Int
  ) {
    precondition(currency <= 999 && exponent <= 9, "no such currency or number of decimals")
    append(UInt64(currency) * 10 + UInt64(exponent), digits: 4)
    append(value, digits: digits)
  }

  /// Appends a number as digits; an odd number of digits gets a zero behind it.
  private mutating func append(_ value: UInt64, digits: Int) {
    if digits <= 16 {
      precondition(value < Self.powersOfTen[digits], "the number is too long for its element")
      let shift = UInt64(digits & 1) << 2
      let odd = digits & 1
      append(word: BCD.word(value) << shift, from: 8 &- (digits &+ odd) >> 1)
      return
    }
    precondition(
      digits >= 20 || value < Self.powersOfTen[digits],
      "the number is too long for its element"
    )
    var pending: UInt8 = 0
    for position in 0..<digits {
      let weight = digits - 1 - position
      let digit =
        weight > 19 ? 0 : UInt8(truncatingIfNeeded: value / Self.powersOfTen[weight] % 10)
      if position & 1 == 0 { pending = digit << 4 } else { bytes.append(pending | digit) }
    }
    if digits & 1 == 1 { bytes.append(pending) }
  }

  private mutating func append(length: Int, prefix: UInt8) {
    let word = BCD.word(UInt64(length))
    if prefix == 2 { bytes.append(UInt8(truncatingIfNeeded: word >> 8)) }
    bytes.append(UInt8(truncatingIfNeeded: word))
  }

  /// Leaves room for a length that is known only behind the content, and says where.
  @usableFromInline
  mutating func beginVariable(_ format: FieldFormat) -> Int {
    let start = bytes.count
    if format.prefix > 0 { bytes.append(0) }
    if format.prefix > 1 { bytes.append(0) }
    return start
  }

  @usableFromInline
  mutating func endVariable(_ format: FieldFormat, count: Int, from start: Int) {
    guard format.prefix > 0 else { return }
    let word = BCD.word(UInt64(count))
    if format.prefix == 2 { bytes[start] = UInt8(truncatingIfNeeded: word >> 8) }
    bytes[start + Int(format.prefix) - 1] = UInt8(truncatingIfNeeded: word)
  }

  @usableFromInline
  mutating func endText(_ format: FieldFormat, count: Int, from start: Int) {
    precondition(count <= Int(format.maximum), "the text is too long for its element")
    if format.isFixed {
      appendSpaces(Int(format.maximum) - count)
    } else {
      endVariable(format, count: count, from: start)
    }
  }

  private mutating func appendSpaces(_ count: Int) {
    var left = count
    while left > 0 {
      append(word: 0x2020_2020_2020_2020, from: max(0, 8 - left))
      left -= 8
    }
  }

  @usableFromInline
  mutating func append(byte: UInt8) { bytes.append(byte) }

  /// Appends the last bytes of a word, from a position counted from its highest byte.
  @inline(__always)
  private mutating func append(word: UInt64, from first: Int) {
    withUnsafeBytes(of: word.bigEndian) { raw in
      bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: raw[first...]))
    }
  }

  @inline(__always)
  private mutating func append(_ span: RawSpan) {
    span.withUnsafeBytes { bytes.append(contentsOf: $0) }
  }

  private static func digitCount(_ value: UInt64) -> Int {
    var count = 1
    while count < 20, value >= powersOfTen[count] { count += 1 }
    return count
  }

  /// 10^0 to 10^19.
  private static let powersOfTen: [UInt64] = (0..<20).map { exponent in
    (0..<exponent).reduce(1) { value, _ in value * 10 }
  }
}
