/// Where each element of one message stands.
///
/// A plain value of fixed size, without references: reading a message into it allocates nothing, and
/// one layout can be used for message after message.
public struct MessageLayout: Sendable {
  @usableFromInline var index = FieldIndex()
  /// How long the message is that was read last: no slot ends behind it.
  @usableFromInline var byteCount = 0
  /// `FieldTable.formats`.
  @usableFromInline nonisolated(unsafe) let formats = FieldTable.formats
  /// `FieldTable.rules`.
  private let rules = FieldTable.rules
  /// By element number; stale where `has` says no.
  @usableFromInline var slots: InlineArray<129, FieldSlot>

  /// A layout without any element.
  public init() {
    slots = InlineArray(repeating: FieldSlot(start: 0, byteCount: 0, count: 0))
  }

  /// The layout of a message.
  ///
  /// - Parameter bytes: One whole message, without framing.
  /// - Throws: `WireError` when the bytes are not exactly one message of the dialect.
  public init(parsing bytes: RawSpan) throws(WireError) {
    self.init()
    try Self.parse(bytes, into: &self)
  }

  /// Reads a message: finds each element and checks digits, lengths and composites.
  ///
  /// After an error `layout` holds the message type, what the bitmaps announce and every element
  /// before the one at fault, as far as reading got.
  ///
  /// - Parameters:
  ///   - bytes: One whole message, without framing.
  ///   - layout: Receives the places; what it held before is gone.
  /// - Throws: `WireError` when the bytes are not exactly one message of the dialect.
  public static func parse(
    _ bytes: RawSpan,
    into layout: inout MessageLayout
  ) throws(WireError) {
    layout.index = FieldIndex()
    let end = bytes.byteCount
    layout.byteCount = end
    guard end >= 2 else { throw WireError(element: 0, reason: .truncated, offset: 0) }
    let code = UInt16(WireReader.byte(bytes, 0)) << 8 | UInt16(WireReader.byte(bytes, 1))
    guard let type = MessageType(code: code) else {
      throw WireError(element: 0, reason: .invalidDigit, offset: 0)
    }
    layout.index.type = type
    guard end >= 10 else { throw WireError(element: 1, reason: .truncated, offset: 2) }
    var primary = WireReader.word(bytes, 2)
    var secondary: UInt64 = 0
    var offset = 10
    if primary >> 63 == 1 {
      guard end >= 18 else { throw WireError(element: 1, reason: .truncated, offset: 10) }
      secondary = WireReader.word(bytes, 10)
      offset = 18
      primary &= ~(1 << 63)
    }
    layout.index.primary = primary
    layout.index.secondary = secondary
    try layout.read(primary, from: 1, bytes, &offset)
    if secondary != 0 { try layout.read(secondary, from: 65, bytes, &offset) }
    layout.index.limit = 129
    guard offset == end else {
      throw WireError(element: layout.index.last, reason: .trailingBytes, offset: offset)
    }
  }

  /// Reads the elements of one bitmap, of which `first` has the top bit.
  @inline(__always)
  private mutating func read(
    _ bitmap: UInt64,
    from first: Int,
    _ bytes: RawSpan,
    _ offset: inout Int
  ) throws(WireError) {
    let rules = rules
    let end = bytes.byteCount
    // Turned round, so that the first element is the lowest bit, which is found with less.
    var remaining = bitmap.bitReversed
    while remaining != 0 {
      let number = first &+ remaining.trailingZeroBitCount
      remaining &= remaining &- 1
      if let (slot, next) = rules.readFixed(number, bytes, at: offset, end: end) {
        slots[unchecked: number] = slot
        offset = next
      } else if let (slot, next) = rules.readVariable(number, bytes, at: offset, end: end),
        !rules.isComposite(number) || Self.hasGoodParts(number, slot, bytes, rules)
      {
        slots[unchecked: number] = slot
        offset = next
      } else {
        let slot = try readSlowly(number, bytes, at: offset)
        slots[unchecked: number] = slot
        offset = slot.end
      }
    }
  }

  /// Whether a composite of variable length has parts that the rules accept; when it does not,
  /// `readSlowly` decides.
  @inline(never)
  private static func hasGoodParts(
    _ number: Int,
    _ slot: FieldSlot,
    _ bytes: RawSpan,
    _ rules: ReadRules
  ) -> Bool {
    var offset = Int(slot.start) &+ 8
    let end = slot.end
    guard number != 113, offset <= end else { return false }
    // The first part is the lowest bit; parts 1 to 15 have rules.
    var remaining = WireReader.provenWord(bytes, offset &- 8).bitReversed
    guard remaining < 1 << 15 else { return false }
    let first = CompositeTable.rulePlace(of: UInt8(truncatingIfNeeded: number)) + 1
    while remaining != 0 {
      let number = first &+ remaining.trailingZeroBitCount
      remaining &= remaining &- 1
      guard
        let (_, next) = rules.readFixed(number, bytes, at: offset, end: end)
          ?? rules.readVariable(number, bytes, at: offset, end: end)
      else { return false }
      offset = next
    }
    return offset == end
  }

  /// Reads an element that the rules gave up.
  @inline(never)
  private mutating func readSlowly(
    _ number: Int,
    _ bytes: RawSpan,
    at offset: Int
  ) throws(WireError) -> FieldSlot {
    let format = formats[number]
    let element = UInt8(truncatingIfNeeded: number)
    // Whoever looks into the layout after a fault finds what stands before this element.
    index.limit = element
    let slot = try WireReader.read(
      format,
      bytes,
      at: offset,
      end: bytes.byteCount,
      element: element,
      part: nil
    )
    if format.content == .composite {
      try WireReader.checkComposite(bytes, slot, element: element, formats)
    }
    return slot
  }

  /// Where the slots of a layout in memory stand, found without copying it.
  @inlinable
  @inline(__always)
  static func slots(
    _ layout: UnsafeMutablePointer<MessageLayout>
  ) -> UnsafePointer<FieldSlot> {
    withUnsafeMutablePointer(to: &layout.pointee.slots) {
      UnsafeRawPointer($0).assumingMemoryBound(to: FieldSlot.self)
    }
  }

  /// The message type; 0000 before anything was read.
  public var type: MessageType { index.type }

  /// Whether the message has the element and reading got past it.
  public func has(_ element: Element) -> Bool { index.has(element) }

  /// Whether the bitmaps announce the element, whether or not reading got there.
  public func announces(_ element: Element) -> Bool { index.announces(element) }

  /// Where the content of an element stands, behind any length; `nil` when `has` says no.
  public func contentRange(_ element: Element) -> Range<Int>? {
    guard let slot = slot(element) else { return nil }
    return Int(slot.start)..<slot.end
  }

  /// Where an element stands, with its length; `nil` when `has` says no.
  public func wireRange(_ element: Element) -> Range<Int>? {
    guard let slot = slot(element) else { return nil }
    return Int(slot.start) &- Int(FieldTable.format(of: element).prefix)..<slot.end
  }

  /// How many digits an element of packed digits has; `nil` for all other elements and when `has`
  /// says no.
  public func digitCount(_ element: Element) -> Int? {
    guard let slot = slot(element), FieldTable.format(of: element).isPacked else { return nil }
    return Int(slot.count)
  }

  @inline(__always)
  func slot(_ element: Element) -> FieldSlot? {
    index.has(element) ? slots[Int(element.number)] : nil
  }
}
