import ISO8583

/// Writes the elements of one answer in ascending order into memory that has room for them.
struct AnswerWriter {
  private let base: UnsafeMutableRawPointer
  /// Bytes so far.
  private(set) var count = 0
  private var primary: UInt64 = 0
  private var secondary: UInt64 = 0
  private var hasSecondary = false

  init(base: UnsafeMutableRawPointer) { self.base = base }

  /// Writes the message type, and leaves room for the bitmaps.
  ///
  /// - Parameters:
  ///   - type: The answer's type.
  ///   - repeated: The elements of the message that will be copied.
  ///   - hasSecondary: Whether there is a secondary bitmap.
  mutating func begin(
    _ type: MessageType,
    _ repeated: ElementSet,
    hasSecondary: Bool
  ) {
    base.storeBytes(of: type.code.bigEndian, as: UInt16.self)
    (primary, secondary) = (repeated.primary, repeated.secondary)
    self.hasSecondary = hasSecondary
    count = hasSecondary ? 18 : 10
  }

  /// Repeats elements as they came, as far as the message has them.
  ///
  /// Overwrites up to `MessageView.copyReserve` bytes behind them.
  @inline(__always)
  mutating func copy(_ set: ElementSet, of message: borrowing MessageView) {
    count &+= message.copy(set, to: base + count)
  }

  /// Repeats elements up to one of fixed length that the answer has in any case, whose content is
  /// written later, and leaves room for that when the message lacks it.
  @inline(__always)
  mutating func copy(
    _ set: ElementSet,
    upTo last: Element,
    _ bytes: Int,
    of message: borrowing MessageView
  ) {
    if message.has(last) {
      copy(set | ElementSet(last), of: message)
      announce(last)
    } else {
      copy(set, of: message)
      skip(last, bytes)
    }
  }

  /// Repeats elements as far as the message has them, with room between them for one whose content is
  /// written later.
  ///
  /// - Parameters:
  ///   - front: Elements in front of it.
  ///   - element: The one between.
  ///   - bytes: The room that is left for it and for what may stand with it.
  ///   - back: Elements behind it.
  ///   - noted: An element of `front`, which the message has.
  ///   - message: The message.
  /// - Returns: where the noted element and the room begin in the answer.
  @inline(__always)
  mutating func copy(
    _ front: ElementSet,
    around element: Element,
    _ bytes: Int,
    _ back: ElementSet,
    noting noted: Element,
    of message: borrowing MessageView
  ) -> (noted: Int, room: Int) {
    let places = message.copy(front, gap: bytes, back, noting: noted, to: base + count)
    let start = count
    announce(noted)
    announce(element)
    count = start &+ places.end
    return (start &+ places.noted, start &+ places.gap)
  }

  /// Leaves room for an element of fixed length.
  mutating func skip(_ element: Element, _ bytes: Int) {
    announce(element)
    count &+= bytes
  }

  /// Writes a text element of variable length with a length of two bytes.
  mutating func append(_ element: Element, text: String) {
    announce(element)
    let length = text.utf8.count
    let digits = (length / 1000) << 12 | (length / 100 % 10) << 8
    append(UInt8(digits >> 8))
    append(UInt8((length / 10 % 10) << 4 | length % 10))
    for character in text.utf8 { append(character) }
  }

  /// Writes an institution as another element of the message has it; nothing when it lacks that.
  mutating func append(
    _ element: Element,
    from source: Element,
    of message: borrowing MessageView
  ) {
    guard let wire = message.wire(source) else { return }
    announce(element)
    let filled = (message.digitCount(source) ?? 0) & 1 == 1
    for offset in wire.byteOffsets {
      let byte = wire.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
      // A filler may have come as F; answers are filled with 0.
      append(filled && offset == wire.byteCount - 1 ? byte & 0xF0 : byte)
    }
  }

  /// Writes the bitmaps; gives the number of bytes of the whole message.
  func finish() -> Int {
    let announced = hasSecondary ? primary | 1 << 63 : primary
    (base + 2).storeBytes(of: announced.bigEndian, as: UInt64.self)
    if hasSecondary { (base + 10).storeBytes(of: secondary.bigEndian, as: UInt64.self) }
    return count
  }

  private mutating func append(_ byte: UInt8) {
    (base + count).storeBytes(of: byte, as: UInt8.self)
    count &+= 1
  }

  @inline(__always)
  private mutating func announce(_ element: Element) {
    if element.number <= 64 {
      primary |= 1 << UInt64(64 - element.number)
    } else {
      secondary |= 1 << UInt64(128 - element.number)
    }
  }
}
