/// Writes the lines of a dump; first decides what to hide in the whole message, then shows.
struct DumpComposer {
  private let bytes: [UInt8]
  private let layout: MessageLayout
  private let error: WireError?
  private var mask: RedactionMask
  private(set) var lines: [DumpLine] = []
  /// Bytes of one line that are shown; the rest is only counted.
  private static let shownBytes = 64

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    mask = RedactionMask(bytes)
    var layout = MessageLayout()
    do throws(WireError) {
      try MessageLayout.parse(bytes.span.bytes, into: &layout)
      error = nil
    } catch {
      self.error = error
    }
    self.layout = layout
    decide()
    show()
  }

  var failure: WireError? { error }
  var type: MessageType? { error?.element == 0 ? nil : layout.type }
  var elements: [Element] { announced.filter { layout.has($0) } }

  private var announced: [Element] {
    FieldTable.all.compactMap { Element(number: Int($0.number)) }.filter { layout.announces($0) }
  }

  /// Where reading stopped: behind the last element that was read.
  private var unread: Int {
    if error?.element == 0 { return 0 }
    if error?.element == 1 { return min(2, bytes.count) }
    let head = bytes.count > 2 && bytes[2] & 0x80 != 0 ? 18 : 10
    return elements.last.flatMap { layout.contentRange($0)?.upperBound } ?? min(head, bytes.count)
  }

  // MARK: What to hide

  private mutating func decide() {
    for element in elements {
      guard let slot = layout.slot(element) else { continue }
      let row = FieldTable.row(of: element)
      if row.structure == .bitmap || row.structure == .sequence {
        for (part, slot) in parts(element, slot) {
          decide(part.redaction, part.format, part.meaning, slot)
        }
      } else {
        decide(row.redaction, row.format, row.meaning, slot)
      }
    }
    if error != nil {
      let start = unread
      if let failing = error.flatMap({ Element(number: Int($0.element)) }), !layout.has(failing) {
        let row = FieldTable.row(of: failing)
        if row.redaction != .shown, row.redaction != .searched {
          let content = start + Int(row.format.prefix)
          let end = content + row.format.byteCount(of: Int(row.format.maximum))
          mask.hide(min(content, bytes.count)..<min(end, bytes.count))
        }
      }
      mask.search(start..<bytes.count, isText: false)
      // Elements before the fault may not be what they seem either, unless a card number was found
      // where it should be.
      if mask.known.isEmpty { mask.searchPrefixed() }
      mask.searchCharacters(0..<bytes.count)
    }
    mask.hideKnown()
  }

  private mutating func decide(
    _ redaction: Redaction,
    _ format: FieldFormat,
    _ meaning: Meaning,
    _ slot: FieldSlot
  ) {
    let range = Int(slot.start)..<slot.end
    switch redaction {
    case .hidden:
      mask.hide(range)
    case .cardNumber:
      mask.hideCardNumber(packed: range, digits: Int(slot.count))
      mask.known.append(digits(slot))
    case .track:
      mask.hideTrack(range)
      if let start = range.first(where: { (0x30...0x39).contains(bytes[$0]) }),
        let number = mask.digitRun(from: start, in: range)
      {
        mask.known.append(number)
      }
    case .account:
      mask.hide(range.lowerBound..<(range.count > 8 ? range.upperBound - 4 : range.upperBound))
    case .chip:
      decideChip(range)
    case .shown, .searched:
      guard range.count >= 7, meaning != .posDataCode else { return }
      if format.isPacked {
        let digits = digits(slot)
        let isPlausible =
          meaning == .amount
          ? MeaningText.isPlausibleAmount(digits) : MeaningText.text(digits, meaning) != nil
        if !isPlausible { mask.search(range, isText: false) }
      } else if meaning == .messageErrors, MeaningText.isMessageErrors(bytes[range]) {
        // Zeros and numbers of elements run on like a card number, and groups of this form hold none.
        return
      } else {
        // Fees are long runs of digits by their form; lines of text are searched strictly once more.
        mask.search(range, isText: format.content == .text, strict: meaning != .fees)
      }
    }
  }

  private mutating func decideChip(_ range: Range<Int>) {
    let (objects, rest) = ChipObject.objects(bytes, in: range)
    for (index, object) in objects.enumerated() {
      let tag = ChipTag(object.tag)
      if !tag.isKnown || tag.couldBeginCardNumber {
        searchAround(object.head.lowerBound..<object.value.upperBound, range)
      }
      let next = index + 1 < objects.count ? objects[index + 1] : nil
      if object.isParent(of: next) { continue }
      switch tag.redaction {
      case .hidden:
        mask.hide(object.value)
      case .cardNumber:
        let digits = mask.packedRun(object.value)
        let isPadded = bytes[object.value].dropFirst((digits.count + 1) / 2).allSatisfy {
          $0 == 0xFF
        }
        if isPadded, digits.count >= 13 {
          mask.hideCardNumber(packed: object.value, digits: digits.count)
          mask.known.append(digits)
        } else {
          mask.hide(object.value)
        }
      case .track:
        mask.hidePackedTrack(object.value)
        mask.known.append(mask.packedRun(object.value))
      default:
        if object.value.count >= 7 { mask.search(object.value, isText: false) }
      }
    }
    // What cannot be read as objects may be the middle of track data.
    if let rest {
      searchAround(rest, range)
      mask.hide(min(rest.lowerBound + 4, rest.upperBound)..<rest.upperBound)
    }
  }

  /// Searches what may be no data objects at all: a card number by itself reads as a tag, a length
  /// and a part of a value, so the neighbourhood is searched as one.
  private mutating func searchAround(_ part: Range<Int>, _ chipData: Range<Int>) {
    let start = max(chipData.lowerBound, part.lowerBound - 10)
    let end = min(chipData.upperBound, part.upperBound + 10)
    mask.search(start..<end, isText: false)
  }

  // MARK: What to show

  private mutating func show() {
    if error?.element != 0 {
      line(0..<2, "MTI", "Message type", "\(layout.type.text), \(CodeWords.describe(layout.type))")
    }
    if error.map({ $0.element >= 2 }) ?? true {
      let head = bytes[2] & 0x80 != 0 ? 18 : 10
      let list = announced.map { String($0.number) }.joined(separator: ", ")
      line(
        2..<head,
        "bitmap",
        head == 18 ? "Bitmaps" : "Bitmap",
        list.isEmpty ? "no elements" : "elements \(list)"
      )
    }
    for element in elements {
      guard let slot = layout.slot(element) else { continue }
      show(element, slot)
    }
    guard let error else { return }
    let missing = announced.filter { !layout.has($0) && $0.number != error.element }
    let failing = Element(number: Int(error.element)).flatMap { layout.has($0) ? nil : $0 }
    line(
      unread..<bytes.count,
      failing.map { $0.description } ?? "-",
      failing.map { FieldTable.row(of: $0).name }
        ?? (error.reason == .trailingBytes ? "Left over" : "Not read"),
      "<- \(error)"
    )
    if !missing.isEmpty {
      let list = missing.map { String($0.number) }.joined(separator: ", ")
      remark(bytes.count, "not reached: elements \(list)", depth: 0)
    }
  }

  private mutating func show(_ element: Element, _ slot: FieldSlot) {
    let row = FieldTable.row(of: element)
    let wire = Int(slot.start) - Int(row.format.prefix)..<slot.end
    let label = element.description
    if row.structure == .sequence || row.structure == .bitmap {
      let parts = parts(element, slot)
      let first = parts.first.map { Int($0.slot.start) - Int($0.part.format.prefix) } ?? slot.end
      line(wire.lowerBound..<first, label, row.name, parts.isEmpty ? "empty" : "")
      for (part, slot) in parts {
        line(
          Int(slot.start) - Int(part.format.prefix)..<slot.end,
          "\(element.number).\(part.number)",
          part.name,
          value(part.format, part.meaning, slot),
          depth: 1
        )
      }
    } else if row.redaction == .chip {
      line(wire.lowerBound..<Int(slot.start), label, row.name, slot.count == 0 ? "empty" : "")
      showChip(Int(slot.start)..<slot.end)
    } else {
      let holdsNoNumber =
        row.meaning == .messageErrors
        && MeaningText.isMessageErrors(bytes[Int(slot.start)..<slot.end])
      line(
        wire,
        label,
        row.name,
        value(row.format, row.meaning, slot),
        isSearched: !holdsNoNumber
      )
      for remark in remarks(row.meaning, slot) { self.remark(slot.end, remark, depth: 1) }
    }
  }

  private mutating func showChip(_ range: Range<Int>) {
    let (objects, rest) = ChipObject.objects(bytes, in: range)
    for (index, object) in objects.enumerated() {
      let next = index + 1 < objects.count ? objects[index + 1] : nil
      let isParent = object.isParent(of: next)
      line(
        object.head.lowerBound..<(isParent ? object.head : object.value).upperBound,
        String(object.tag, radix: 16, uppercase: true),
        ChipTag(object.tag).name,
        isParent ? "" : chipValue(object),
        depth: object.depth
      )
    }
    if let rest { line(rest, "-", "Not a data object", "", depth: 1) }
  }

  private func chipValue(_ object: ChipObject) -> String {
    guard !mask.hidesAny(object.value) else { return masked(object.value) }
    let digits = mask.packedRun(object.value)
    let isPacked = digits.count == 2 * object.value.count
    switch object.tag {
    case 0x9F02, 0x9F03:
      return isPacked ? "\(MeaningText.plain(digits)) in minor units" : ""
    case 0x5F2A:
      let number = digits.reduce(UInt16(0)) { $0 &* 10 &+ UInt16($1) }
      return isPacked ? CurrencyNames.currency(number)?.code ?? "unknown currency" : ""
    case 0x9A:
      return isPacked && digits.count == 6
        ? MeaningText.text([2, 0] + digits, .date) ?? "not a date" : ""
    case 0x9F27:
      switch bytes[object.value].first.map({ $0 & 0xC0 }) {
      case 0x80: return "ARQC: on-line authorization asked"
      case 0x40: return "TC: approved off-line"
      case 0x00: return "AAC: declined"
      default: return ""
      }
    case 0x9F36:
      return object.value.count == 2
        ? String(Int(bytes[object.value.lowerBound]) << 8 | Int(bytes[object.value.lowerBound + 1]))
        : ""
    case 0x50, 0x8A, 0x9F1C, 0x9F1E, 0x9F16:
      return "'\(printable(object.value))'"
    default:
      return ""
    }
  }

  private func value(_ format: FieldFormat, _ meaning: Meaning, _ slot: FieldSlot) -> String {
    let range = Int(slot.start)..<slot.end
    if slot.count == 0 { return "empty" }
    if format.isPacked {
      let digits = digits(slot)
      guard !mask.hidesAny(range) else {
        return String(
          decoding: digits.enumerated().map { position, digit in
            mask.isHidden(nibble: 2 * range.lowerBound + position) ? 0x2A : digit + 0x30
          },
          as: UTF8.self
        )
      }
      if let words = MeaningText.text(digits, meaning) { return words }
      let plain = MeaningText.plain(digits)
      switch meaning {
      case .amount: return "\(plain), not a known currency"
      case .plain, .country: return plain
      default: return "\(plain), not well formed"
      }
    }
    if format.content == .text || format.content == .characterNumeric {
      let text = "'\(printable(range))'"
      if meaning == .processingCode, let words = CodeWords.processingCode(printable(range)) {
        return "\(text), \(words)"
      }
      return text
    }
    if mask.hidesAny(range) { return masked(range) }
    if meaning == .posDataCode { return "four words of flags, lowest bit first" }
    return range.count > Self.shownBytes ? "\(range.count) bytes" : ""
  }

  private func remarks(_ meaning: Meaning, _ slot: FieldSlot) -> [String] {
    let range = Int(slot.start)..<slot.end
    guard !mask.hidesAny(range) else { return [] }
    switch meaning {
    case .posDataCode: return CodeWords.posDataCode(Array(bytes[range]))
    case .additionalAmounts: return MeaningText.additionalAmounts(printable(range))
    case .fees: return MeaningText.fees(printable(range))
    case .messageErrors: return MeaningText.messageErrors(printable(range))
    default: return []
    }
  }

  private func masked(_ range: Range<Int>) -> String { "hidden, \(range.count) bytes" }

  /// Text as it may be shown: one character for each byte, a dot for those without a sign.
  private func printable(_ range: Range<Int>) -> String {
    var text = String.UnicodeScalarView()
    for offset in range {
      let byte = bytes[offset]
      let isHidden = mask.hidesAny(offset..<offset + 1)
      let isSign = byte >= 0x20 && byte < 0x7F || byte >= 0xA1 && byte != 0xAD
      text.append(isHidden ? "*" : isSign ? Unicode.Scalar(byte) : ".")
    }
    return String(text)
  }

  private func digits(_ slot: FieldSlot) -> [UInt8] {
    (0..<Int(slot.count)).map { position in
      let pair = bytes[Int(slot.start) + position / 2]
      return position & 1 == 0 ? pair >> 4 : pair & 15
    }
  }

  private func parts(
    _ element: Element,
    _ slot: FieldSlot
  ) -> [(part: PartDescription, slot: FieldSlot)] {
    let descriptions = FieldTable.row(of: element).parts
    var found: [(part: PartDescription, slot: FieldSlot)] = []
    var parts = CompositeParts(slot, element: element.number)
    do throws(WireError) {
      try parts.begin(bytes.span.bytes)
      while let next = try parts.next(bytes.span.bytes) {
        guard let part = descriptions.first(where: { $0.number == next.part }) else { continue }
        found.append((part, next.slot))
      }
    } catch {
      return found
    }
    return found
  }

  private mutating func line(
    _ range: Range<Int>,
    _ label: String,
    _ name: String,
    _ value: String,
    depth: Int = 0,
    isSearched: Bool = true
  ) {
    lines.append(
      DumpLine(
        offset: range.lowerBound,
        length: range.count,
        label: label,
        name: name,
        bytes: hexadecimal(range),
        value: isSearched ? CardNumberScan.masked(value) : value,
        depth: depth
      )
    )
  }

  private mutating func remark(_ offset: Int, _ text: String, depth: Int) {
    lines.append(
      DumpLine(
        offset: offset,
        length: 0,
        label: "",
        name: "",
        bytes: "",
        value: CardNumberScan.masked(text),
        depth: depth
      )
    )
  }

  private func hexadecimal(_ range: Range<Int>) -> String {
    var text: [UInt8] = []
    for offset in range.prefix(Self.shownBytes) {
      if !text.isEmpty { text.append(0x20) }
      let byte = bytes[offset]
      text.append(mask.isHidden(nibble: 2 * offset) ? 0x2A : WireText.hexadecimalDigit(byte >> 4))
      text.append(
        mask.isHidden(nibble: 2 * offset + 1) ? 0x2A : WireText.hexadecimalDigit(byte & 15)
      )
    }
    let more = range.count - Self.shownBytes
    return String(decoding: text, as: UTF8.self) + (more > 0 ? " +\(more)" : "")
  }
}
