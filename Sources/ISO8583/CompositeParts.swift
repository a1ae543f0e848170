/// A walk over the parts of one composite, in order.
struct CompositeParts {
  private let element: UInt8
  private let end: Int
  private let formats: UnsafeBufferPointer<FieldFormat>
  /// Parts still to come, part 1 in the top bit.
  private var announced: UInt64 = 0
  private var position = 0
  /// Where the next part begins.
  private(set) var offset: Int
  /// Whether the content behind the bitmap is left to the parties.
  let isOpaque: Bool
  private let hasBitmap: Bool

  init(
    _ slot: FieldSlot,
    element: UInt8,
    _ table: UnsafePointer<FieldFormat> = FieldTable.formats
  ) {
    self.element = element
    offset = Int(slot.start)
    end = slot.end
    formats = CompositeTable.formats(of: element, table)
    isOpaque = element == 113
    hasBitmap = element == 43 || element == 49
  }

  /// Reads the bitmap, if the composite has one.
  ///
  /// An empty composite has neither bitmap nor parts.
  mutating func begin(_ bytes: RawSpan) throws(WireError) {
    guard hasBitmap || isOpaque, offset < end else { return }
    guard offset &+ 8 <= end else {
      throw WireError(element: element, reason: .truncated, offset: offset)
    }
    let bitmap = WireReader.word(bytes, offset)
    if isOpaque {
      guard bitmap >> 63 == 0 || offset &+ 16 <= end else {
        throw WireError(element: element, reason: .truncated, offset: offset)
      }
    } else {
      announced = bitmap
    }
    offset &+= 8
  }

  /// The next part, or `nil` after the last.
  @inline(__always)
  mutating func next(_ bytes: RawSpan) throws(WireError) -> (part: UInt8, slot: FieldSlot)? {
    let part: Int
    if hasBitmap {
      guard announced != 0 else { return nil }
      let bit = announced.leadingZeroBitCount
      announced &= ~(1 << UInt64(63 &- bit))
      part = bit &+ 1
    } else {
      guard position < formats.count else { return nil }
      part = position
      position &+= 1
    }
    let number = UInt8(truncatingIfNeeded: part)
    guard part < formats.count else {
      throw WireError(element: element, part: number, reason: .undefinedPart, offset: offset)
    }
    var slot = WireReader.quickRead(formats[part], bytes, at: offset, end: end)
    if slot.isNone {
      slot = try WireReader.read(
        formats[part],
        bytes,
        at: offset,
        end: end,
        element: element,
        part: number
      )
    }
    offset = slot.end
    return (number, slot)
  }
}
