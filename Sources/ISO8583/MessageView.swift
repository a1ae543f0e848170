/// One message as its bytes, read by element without copying or allocating.
public struct MessageView: ~Escapable, BitwiseCopyable {
  @usableFromInline let bytes: RawSpan
  @usableFromInline let slots: Span<FieldSlot>
  @usableFromInline let formats: UnsafePointer<FieldFormat>
  /// The message type.
  public let type: MessageType
  /// The elements that the message has and that reading got past.
  public let elements: ElementSet

  /// A view of a message.
  ///
  /// - Parameters:
  ///   - bytes: The bytes that `layout` was read from; fewer trap, others give other values.
  ///   - layout: Where each element stands; the view borrows it, since it is too big to copy.
  @_lifetime(copy bytes, borrow layout)
  public init(_ bytes: RawSpan, _ layout: borrowing MessageLayout) {
    // Every load below is within a slot, and every slot within the layout's message.
    precondition(bytes.byteCount >= layout.byteCount, "the layout is that of a longer message")
    self.bytes = bytes
    slots = layout.slots.span
    type = layout.index.type
    elements = layout.index.elements
    formats = layout.formats
  }

  /// A view of a message whose layout stands in memory, which is not copied.
  ///
  /// - Parameters:
  ///   - bytes: The bytes that `layout` was read from; fewer trap, others give other values.
  ///   - layout: Where each element stands; stays in place and as it is for as long as the view is
  ///     used.
  @inlinable
  @inline(__always)
  @_lifetime(copy bytes)
  public init(_ bytes: RawSpan, at layout: UnsafeMutablePointer<MessageLayout>) {
    precondition(
      bytes.byteCount >= layout.pointee.byteCount,
      "the layout is that of a longer message"
    )
    self.bytes = bytes
    slots = _overrideLifetime(
      Span(_unsafeStart: MessageLayout.slots(layout), count: 129),
      copying: bytes
    )
    type = layout.pointee.index.type
    elements = layout.pointee.index.elements
    formats = layout.pointee.formats
  }

  /// Whether the message has the element.
  @inlinable
  @inline(__always)
  public func has(_ element: Element) -> Bool { elements.contains(element) }

  /// How many digits an element of packed digits has; `nil` for all other elements and when the
  /// message lacks it.
  @inlinable
  @inline(__always)
  public func digitCount(_ element: Element) -> Int? {
    guard let slot = slot(element), formats[Int(element.number)].isPacked else { return nil }
    return Int(slot.count)
  }

  /// The content of an element, without its length; `nil` when the message lacks it.
  @_lifetime(copy self)
  public func content(_ element: Element) -> RawSpan? {
    guard let slot = slot(element) else { return nil }
    return bytes.extracting(Int(slot.start)..<slot.end)
  }

  /// An element as it stands on the wire, with its length; `nil` when the message lacks it.
  @_lifetime(copy self)
  public func wire(_ element: Element) -> RawSpan? {
    guard let slot = slot(element) else { return nil }
    let start = Int(slot.start) &- Int(formats[Int(element.number)].prefix)
    return bytes.extracting(start..<slot.end)
  }

  /// Copies those of some elements that the message has, as they stand on the wire and in order.
  ///
  /// Elements between which the message has no others are copied in one run, since an answer repeats
  /// most of what was asked.
  ///
  /// - Parameters:
  ///   - set: The elements.
  ///   - target: Has room for as many bytes as the message has, and `copyReserve` more, which are
  ///     overwritten too.
  /// - Returns: how many bytes were written.
  @inline(never)
  public func copy(_ set: ElementSet, to target: UnsafeMutableRawPointer) -> Int {
    let present = elements
    let written = copy(
      set.primary.bitReversed,
      of: present.primary.bitReversed,
      from: 1,
      to: target
    ) { _, _, _ in }
    return written &+ copySecondary(set, to: target + written)
  }

  /// Where `copy(_:gap:_:noting:to:)` has put what it copied, in bytes from its target.
  public struct CopiedPlaces {
    /// Where the content of the noted element begins; 0 when it was not copied.
    public let noted: Int
    /// Where the gap begins.
    public let gap: Int
    /// Where the last copied element ends.
    public let end: Int

    @inlinable
    init(noted: Int, gap: Int, end: Int) {
      self.noted = noted
      self.gap = gap
      self.end = end
    }
  }

  /// Copies elements as `copy(_:to:)` does, with a gap between two groups of them.
  ///
  /// - Parameters:
  ///   - front: Elements in front of the gap, none of them above 64.
  ///   - gap: How many bytes are left free.
  ///   - back: Elements behind the gap.
  ///   - noted: An element of `front` whose place in the copy is wanted.
  ///   - target: Has room for as many bytes as the message has, the gap and `copyReserve` more, all of
  ///     which may be overwritten.
  /// - Returns: where what was copied stands.
  @inlinable
  @inline(__always)
  public func copy(
    _ front: ElementSet,
    gap: Int,
    _ back: ElementSet,
    noting noted: Element,
    to target: UnsafeMutableRawPointer
  ) -> CopiedPlaces {
    // Sets are constants where this is called, and so are they turned round.
    let places = copy(
      front.primary.bitReversed,
      gap: gap,
      back.primary.bitReversed,
      noting: noted,
      to: target
    )
    guard elements.secondary & back.secondary != 0 else { return places }
    return CopiedPlaces(
      noted: places.noted,
      gap: places.gap,
      end: places.end &+ copySecondary(back, to: target + places.end)
    )
  }

  @inline(never)
  @usableFromInline
  func copy(
    _ front: UInt64,
    gap: Int,
    _ back: UInt64,
    noting noted: Element,
    to target: UnsafeMutableRawPointer
  ) -> CopiedPlaces {
    let present = elements.primary.bitReversed
    let notedBit: UInt64 = 1 &<< UInt64(noted.number &- 1)
    var place = 0
    let inFront = copy(front, of: present, from: 1, to: target) { run, start, offset in
      if run & notedBit != 0 {
        place = offset &+ Int(slots[unchecked: Int(noted.number)].start) &- start
      }
    }
    let behind = copy(back, of: present, from: 1, to: target + inFront + gap) { _, _, _ in }
    return CopiedPlaces(noted: place, gap: inFront, end: inFront &+ gap &+ behind)
  }

  @inline(never)
  @usableFromInline
  func copySecondary(_ set: ElementSet, to target: UnsafeMutableRawPointer) -> Int {
    copy(
      set.secondary.bitReversed,
      of: elements.secondary.bitReversed,
      from: 65,
      to: target
    ) { _, _, _ in }
  }

  /// How many bytes `copy` may write behind those that it says.
  public static var copyReserve: Int { 16 }

  /// Copies those elements of one bitmap that are wanted and present.
  ///
  /// - Parameters:
  ///   - wanted: The bitmap of what is wanted, turned round.
  ///   - present: That of what there is, turned round.
  ///   - first: The element of the lowest bit.
  ///   - target: Receives them.
  ///   - visit: Told of each run which elements it has, where it begins in the message and where in the
  ///     copy.
  /// - Returns: how many bytes were written.
  @inline(__always)
  private func copy(
    _ wanted: UInt64,
    of present: UInt64,
    from first: Int,
    to target: UnsafeMutableRawPointer,
    _ visit: (_ run: UInt64, _ start: Int, _ offset: Int) -> Void
  ) -> Int {
    var remaining = wanted & present
    let unwanted = present & ~wanted
    var written = 0
    while remaining != 0 {
      // One is carried from the first element of the run on until an unwanted one takes it.
      let run = remaining & ~(~unwanted &+ (remaining & (0 &- remaining)))
      remaining ^= run
      let number = first &+ run.trailingZeroBitCount
      let last = first &+ 63 &- run.leadingZeroBitCount
      let start = Int(slots[unchecked: number].start) &- Int(formats[number].prefix)
      let byteCount = slots[unchecked: last].end &- start
      visit(run, start, written)
      copyRun(from: start, to: target + written, byteCount: byteCount)
      written &+= byteCount
    }
    return written
  }

  /// Copies bytes of the message in steps of sixteen: runs are too short to be worth a call.
  @inline(__always)
  private func copyRun(from start: Int, to target: UnsafeMutableRawPointer, byteCount: Int) {
    let last = bytes.byteCount &- 16
    var done = 0
    while done < byteCount {
      guard start &+ done <= last else {
        copyEnd(from: start &+ done, to: target + done, byteCount: byteCount &- done)
        return
      }
      let step = bytes.unsafeLoadUnaligned(
        fromUncheckedByteOffset: start &+ done,
        as: SIMD2<UInt64>.self
      )
      target.storeBytes(of: step, toByteOffset: done, as: SIMD2<UInt64>.self)
      done &+= 16
    }
  }

  /// Copies what stands in the last bytes of the message, where no whole step can be read.
  @inline(never)
  private func copyEnd(from start: Int, to target: UnsafeMutableRawPointer, byteCount: Int) {
    bytes.extracting(start..<start &+ byteCount).withUnsafeBytes {
      UnsafeMutableRawBufferPointer(start: target, count: byteCount).copyMemory(from: $0)
    }
  }

  /// The number that an element of packed digits holds; an element without digits is 0.
  ///
  /// `nil` when the message lacks the element, or it is of another kind or has more than 19 digits.
  @inlinable
  @inline(__always)
  public func unsigned(_ element: Element) -> UInt64? {
    guard let slot = slot(element), slot.count <= 19,
      formats[Int(element.number)].isPacked
    else { return nil }
    return number(at: Int(slot.start), digits: Int(slot.count))
  }

  /// The digits of an element with a known number of packed digits, at most sixteen, the last one in the
  /// lowest half-byte; `nil` when the message lacks it.
  ///
  /// - Precondition: the element has this number of digits, because it is defined so or because
  ///   `digitCount` says so.
  @inlinable
  @inline(__always)
  public func packed(_ element: Element, digits: Int) -> UInt64? {
    guard let slot = slot(element) else { return nil }
    assert(formats[Int(element.number)].isPacked && slot.count == digits)
    // Where its last digit stands is known without its length.
    let last = WireReader.provenWord(bytes, Int(slot.start) &+ (digits &+ 1) >> 1 &- 8)
    let word = last &>> (digits & 1 == 0 ? 0 : 4)
    return digits == 16 ? word : word & (1 &<< UInt64(truncatingIfNeeded: 4 &* digits) &- 1)
  }

  /// The content of a text element of a fixed number of bytes, at most eight, the last byte lowest; 0
  /// when the message lacks it.
  ///
  /// - Precondition: the element is defined with this number of bytes.
  @inlinable
  @inline(__always)
  public func text(_ element: Element, bytes count: Int) -> UInt64 {
    guard let slot = slot(element) else { return 0 }
    assert(formats[Int(element.number)].content == .text && Int(slot.byteCount) == count)
    let word = WireReader.provenWord(bytes, Int(slot.start) &+ count &- 8)
    return count == 8 ? word : word & (1 &<< UInt64(truncatingIfNeeded: 8 &* count) &- 1)
  }

  /// The content of a text element of a fixed number of bytes, eight to sixteen, the first byte highest
  /// and zeros behind the last; zeros when the message lacks it.
  ///
  /// - Precondition: the element is defined with this number of bytes.
  @inlinable
  @inline(__always)
  public func longText(_ element: Element, bytes count: Int) -> (high: UInt64, low: UInt64) {
    guard let slot = slot(element) else { return (0, 0) }
    assert(formats[Int(element.number)].content == .text && Int(slot.byteCount) == count)
    // The content has eight bytes and more.
    let high = WireReader.provenWord(bytes, Int(slot.start))
    let last = WireReader.provenWord(bytes, Int(slot.start) &+ count &- 8)
    return (high, last << UInt64(truncatingIfNeeded: 128 &- 8 &* count))
  }

  /// The eight bytes that end with an element's content.
  ///
  /// They are within the message, whatever the element's length: message type and bitmap, ten bytes,
  /// stand in front of every element.
  @inline(__always)
  @inlinable
  func lastWord(of slot: FieldSlot) -> UInt64 { WireReader.provenWord(bytes, slot.end &- 8) }

  /// The number that an element of a fixed number of packed digits holds, at most sixteen; `nil` when
  /// the message lacks it.
  ///
  /// - Precondition: the element is defined with this number of digits.
  @inlinable
  @inline(__always)
  public func unsigned(_ element: Element, digits: Int) -> UInt64? {
    packed(element, digits: digits).map { BCD.value($0) }
  }

  /// The first 32 digits of an element of packed digits, the first one in the highest half-byte of
  /// `high`, zeros behind the last; `nil` for all other elements and when the message lacks it.
  @inlinable
  @inline(__always)
  public func packed(_ element: Element) -> (high: UInt64, low: UInt64, count: Int)? {
    guard let slot = slot(element), formats[Int(element.number)].isPacked else { return nil }
    let count = Int(slot.count)
    let byteCount = Int(slot.byteCount)
    let last = lastWord(of: slot)
    // A filler may be other than 0.
    if count <= 16 {
      return (last << UInt64(64 &- 8 &* byteCount) & ~(~0 >> UInt64(4 &* count)), 0, count)
    }
    let high = WireReader.provenWord(bytes, Int(slot.start))
    let low =
      byteCount <= 16
      ? last << UInt64(128 &- 8 &* byteCount) : WireReader.provenWord(bytes, Int(slot.start) &+ 8)
    return (high, low & ~(~0 >> UInt64(4 &* (count &- 16))), count)
  }

  /// Eight bytes of an element's content from a position on, counted from 0, the first one highest;
  /// zeros behind the end and when the message lacks the element.
  @inlinable
  @inline(__always)
  public func word(_ element: Element, at position: Int) -> UInt64 {
    guard let slot = slot(element), position >= 0 else { return 0 }
    let rest = Int(slot.byteCount) &- position
    if rest >= 8 { return WireReader.provenWord(bytes, Int(slot.start) &+ position) }
    return rest > 0 ? lastWord(of: slot) &<< UInt64(truncatingIfNeeded: 64 &- 8 &* rest) : 0
  }

  /// One digit of an element, counted from 0 on the left.
  ///
  /// It is one of packed digits, or an ASCII digit of text; `nil` when there is none at this
  /// position.
  public func digit(_ element: Element, _ position: Int) -> UInt8? {
    guard let slot = slot(element), position >= 0, position < Int(slot.count) else {
      return nil
    }
    if formats[Int(element.number)].isPacked {
      return digit(at: Int(slot.start), position)
    }
    let value = WireReader.byte(bytes, Int(slot.start) &+ position) &- UInt8(ascii: "0")
    return formats[Int(element.number)].content == .text && value <= 9 ? value : nil
  }

  /// One byte of an element's content, counted from 0; `nil` when there is none at this position.
  @inlinable
  @inline(__always)
  public func byte(_ element: Element, _ position: Int) -> UInt8? {
    guard let slot = slot(element), position >= 0, position < Int(slot.byteCount) else {
      return nil
    }
    return WireReader.provenByte(bytes, Int(slot.start) &+ position)
  }

  /// An element as text: digits, characters with their padding, or upper-case hexadecimal.
  ///
  /// `nil` when the message lacks it. Allocates: for tools and cold paths.
  public func text(_ element: Element) -> String? {
    guard let slot = slot(element) else { return nil }
    return WireText.text(bytes, slot, formats[Int(element.number)])
  }

  /// Currency, number of decimals and value of an amount (DE 4, 5, 6, 8, 97); the value is in the
  /// smallest unit that the decimals name.
  ///
  /// All three are the sender's claims: the currency may not exist and the decimals may not be its
  /// own. `nil` when the message lacks the element or it is no amount.
  @inlinable
  @inline(__always)
  public func amount(
    _ element: Element
  ) -> (currency: UInt16, exponent: UInt8, value: UInt64)? {
    guard let slot = slot(element), formats[Int(element.number)].content == .amount else {
      return nil
    }
    return amount(slot)
  }

  /// An amount as above whose value has twelve digits (DE 4, 5, 6), in one go; `nil` when the message
  /// lacks it.
  ///
  /// - Precondition: the element is defined so.
  @inlinable
  @inline(__always)
  public func twelveDigitAmount(
    _ element: Element
  ) -> (currency: UInt16, exponent: UInt8, value: UInt64)? {
    packed(element, digits: 16).map { digits in
      let currency = (digits >> 60) &* 100 &+ (digits >> 56 & 15) &* 10 &+ (digits >> 52 & 15)
      return (
        UInt16(truncatingIfNeeded: currency), UInt8(truncatingIfNeeded: digits >> 48 & 15),
        BCD.value(digits & 0xFFFF_FFFF_FFFF)
      )
    }
  }

  /// The two original amounts of DE 30, as `amount` gives them; `nil` when the message lacks it.
  public func originalAmount(
    _ part: Int
  ) -> (currency: UInt16, exponent: UInt8, value: UInt64)? {
    guard let slot = partSlot(.originalAmounts, part) else { return nil }
    return amount(slot)
  }

  /// The content of one part of a composite (DE 21, 27, 30, 43, 49, 74), without its length.
  ///
  /// `nil` when the message lacks it, and always for DE 113, whose parts are left to the parties.
  @_lifetime(copy self)
  public func part(_ element: Element, _ part: Int) -> RawSpan? {
    guard let slot = partSlot(element, part) else { return nil }
    return bytes.extracting(Int(slot.start)..<slot.end)
  }

  /// The value of a data object of the chip data (DE 55) by its tag, for example `0x9F26`.
  ///
  /// Objects inside templates are not looked at. The first one counts when a tag comes twice. `nil`
  /// when there is none, or when the chip data cannot be read that far.
  @_lifetime(copy self)
  public func chipValue(_ tag: UInt32) -> RawSpan? {
    guard let slot = slot(.chipData) else { return nil }
    let chipData = bytes.extracting(Int(slot.start)..<slot.end)
    var reader = TagReader(chipData)
    while let object = reader.next() {
      if object.tag == tag {
        let start = Int(slot.start) &+ object.value.lowerBound
        return bytes.extracting(start..<Int(slot.start) &+ object.value.upperBound)
      }
    }
    return nil
  }

  /// The number that a part of packed digits holds, or `nil` when there is none.
  ///
  /// DE 49 part 2 is the card verification value.
  public func unsigned(_ element: Element, part: Int) -> UInt64? {
    guard let slot = partSlot(element, part), slot.count <= 19,
      CompositeTable.formats(of: element.number, formats)[part].isPacked
    else { return nil }
    return number(at: Int(slot.start), digits: Int(slot.count))
  }

  @inline(__always)
  @inlinable
  func slot(_ element: Element) -> FieldSlot? {
    // There are as many slots as element numbers.
    has(element) ? slots[unchecked: Int(element.number)] : nil
  }

  private func partSlot(_ element: Element, _ part: Int) -> FieldSlot? {
    guard let slot = slot(element),
      formats[Int(element.number)].content == .composite
    else { return nil }
    var parts = CompositeParts(slot, element: element.number, formats)
    do throws(WireError) {
      try parts.begin(bytes)
      while let next = try parts.next(bytes) {
        if Int(next.part) == part { return next.slot }
      }
    } catch {
      return nil
    }
    return nil
  }

  @inline(__always)
  @inlinable
  func amount(
    _ slot: FieldSlot
  ) -> (currency: UInt16, exponent: UInt8, value: UInt64) {
    let start = Int(slot.start)
    // Three digits of the currency and that of the decimals, then the value, on a byte of its own.
    let head = WireReader.provenWord(bytes, start &- 6) & 0xFFFF
    let hundreds = (head >> 12) &* 100 &+ (head >> 8 & 15) &* 10 &+ (head >> 4 & 15)
    let value = number(at: start &+ 2, digits: Int(slot.count) &- 4)
    return (
      UInt16(truncatingIfNeeded: hundreds), UInt8(truncatingIfNeeded: head & 15), value
    )
  }

  @inline(__always)
  @inlinable
  func digit(at start: Int, _ position: Int) -> UInt8 {
    let pair = WireReader.byte(bytes, start &+ position >> 1)
    return position & 1 == 0 ? pair >> 4 : pair & 15
  }

  /// The number of at most 19 digits that begin at `start`.
  @inline(__always)
  @inlinable
  func number(at start: Int, digits: Int) -> UInt64 {
    guard digits &- 1 < 16, digits != 0 else { return longNumber(at: start, digits: digits) }
    let byteCount = (digits &+ 1) >> 1
    let word = WireReader.provenWord(bytes, start &+ byteCount &- 8)
    // From the highest half-byte on, so that neither what stands in front nor a filler stays.
    let content = word &<< UInt64(truncatingIfNeeded: 64 &- 8 &* byteCount)
    return BCD.value(content &>> UInt64(truncatingIfNeeded: 64 &- 4 &* digits))
  }

  @inline(never)
  @usableFromInline
  func longNumber(at start: Int, digits: Int) -> UInt64 {
    (0..<digits).reduce(0) { $0 &* 10 &+ UInt64(digit(at: start, $1)) }
  }
}
