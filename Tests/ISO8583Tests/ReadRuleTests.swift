import TestRandom
import Testing

@testable import ISO8583

/// The short reading by rules against the long one that names faults.
struct ReadRuleTests {
  /// What a message is read to: its elements' contents, or the fault.
  private enum Reading: Equatable {
    case elements([Int: Range<Int>], [Int: Int])
    case fault(WireError)
  }

  @Test func `rules accept what the long reading accepts, and nothing else`() throws {
    var random = SeededRandom("rules")
    var faults = 0
    for round in 0..<20_000 {
      var bytes = try RandomMessages.message(&random, longest: 20).packed()
      let start = bytes[2] >> 7 == 1 ? 18 : 10
      // A third stays as it is; bitmaps stay, so that damage reaches the elements.
      for _ in 0..<round % 3 where bytes.count > start {
        let place = Int.random(in: start..<bytes.count, using: &random)
        bytes[place] = UInt8.random(in: 0...255, using: &random)
      }
      let quick = Self.quick(bytes)
      #expect(quick == Self.long(bytes), "\(bytes)")
      if case .fault = quick { faults += 1 }
    }
    #expect((2000..<13_000).contains(faults))
  }

  @Test func `elements are copied as they stand, in runs or alone`() throws {
    var random = SeededRandom("copies")
    for _ in 0..<3000 {
      let bytes = try RandomMessages.message(&random, longest: 20).packed()
      let layout = try MessageLayout(parsing: bytes.span.bytes)
      let view = MessageView(bytes.span.bytes, layout)
      let chosen = RandomMessages.elements.filter { _ in Bool.random(using: &random) }
      let set = chosen.reduce(ElementSet()) { $0 | ElementSet($1) }
      var expected: [UInt8] = []
      for element in chosen {
        if let range = layout.wireRange(element) { expected += bytes[range] }
      }
      let copied = withUnsafeTemporaryAllocation(
        byteCount: bytes.count + MessageView.copyReserve,
        alignment: 8
      ) { room -> [UInt8] in
        guard let base = room.baseAddress else { return [] }
        return Array(room[..<view.copy(set, to: base)])
      }
      #expect(copied == expected)
    }
  }

  @Test func `every length in front is read as the long reading does`() {
    let content = [UInt8](repeating: 0x12, count: 120)
    for element: Element in [.pan, .acquirer, .track2, .merchant, .chipData, .transportData] {
      var message: [UInt8] = [0x21, 0x00] + [UInt8](repeating: 0, count: 8)
      message[2 + Int(element.number - 1) / 8] = 0x80 >> ((element.number - 1) & 7)
      for length in UInt16.min...(FieldTable.format(of: element).prefix == 1 ? 0xFF : 0x2FF) {
        let prefix =
          FieldTable.format(of: element).prefix == 1
          ? [UInt8(length)] : [UInt8(length >> 8), UInt8(length & 0xFF)]
        let bytes = message + prefix + content
        // Exactly as long as stated, where digits state something, and with bytes behind it.
        let end = BCD.pair(UInt8(length & 0xFF)).map { pair in
          let format = FieldTable.format(of: element)
          return message.count + prefix.count + format.byteCount(of: Int(length >> 8) * 100 + pair)
        }
        for bytes in [bytes, Array(bytes.prefix(end ?? bytes.count))] {
          #expect(Self.quick(bytes) == Self.long(bytes), "\(element), length \(length)")
        }
      }
    }
  }

  @Test func `elements are copied in front of a gap and behind it`() throws {
    var random = SeededRandom("gaps")
    for _ in 0..<3000 {
      let bytes = try RandomMessages.message(&random, longest: 20).packed()
      let layout = try MessageLayout(parsing: bytes.span.bytes)
      let view = MessageView(bytes.span.bytes, layout)
      let chosen = RandomMessages.elements.filter { _ in Bool.random(using: &random) }
      let front = chosen.filter { $0.number <= 38 }
      let back = chosen.filter { $0.number > 38 }
      let noted = RandomMessages.elements.filter { $0.number <= 38 }.randomElement(using: &random)
      let expected = [front, back].map { elements in
        elements.flatMap { element in layout.wireRange(element).map { Array(bytes[$0]) } ?? [] }
      }
      let gap = Int.random(in: 0...20, using: &random)
      try withUnsafeTemporaryAllocation(
        byteCount: bytes.count + gap + MessageView.copyReserve,
        alignment: 8
      ) { room in
        let base = try #require(room.baseAddress)
        let element = try #require(noted)
        let places = view.copy(Self.set(front), gap: gap, Self.set(back), noting: element, to: base)
        #expect(Array(room[..<places.gap]) == expected[0])
        #expect(Array(room[(places.gap + gap)..<places.end]) == expected[1])
        if front.contains(element), let content = layout.contentRange(element) {
          #expect(Array(room[places.noted..<places.noted + content.count]) == Array(bytes[content]))
        } else {
          #expect(places.noted == 0)
        }
      }
    }
  }

  private static func set(_ elements: [Element]) -> ElementSet {
    elements.reduce(ElementSet()) { $0 | ElementSet($1) }
  }

  private static func quick(_ bytes: [UInt8]) -> Reading {
    do throws(WireError) {
      let layout = try MessageLayout(parsing: bytes.span.bytes)
      var ranges: [Int: Range<Int>] = [:]
      var counts: [Int: Int] = [:]
      for element in RandomMessages.elements {
        ranges[Int(element.number)] = layout.contentRange(element)
        counts[Int(element.number)] = layout.slot(element).map { Int($0.count) }
      }
      return .elements(ranges, counts)
    } catch {
      return .fault(error)
    }
  }

  private static func long(_ bytes: [UInt8]) -> Reading {
    let message = bytes.span.bytes
    let hasSecondary = bytes[2] >> 7 == 1
    var offset = hasSecondary ? 18 : 10
    var ranges: [Int: Range<Int>] = [:]
    var counts: [Int: Int] = [:]
    var last: UInt8 = 1
    do throws(WireError) {
      for number in 2...(hasSecondary ? 128 : 64)
      where bytes[2 + (number - 1) / 8] >> UInt8(7 - (number - 1) & 7) & 1 == 1 {
        let element = UInt8(number)
        let slot = try WireReader.read(
          FieldTable.formats[number],
          message,
          at: offset,
          end: bytes.count,
          element: element,
          part: nil
        )
        if FieldTable.formats[number].content == .composite {
          try WireReader.checkComposite(message, slot, element: element)
        }
        ranges[number] = Int(slot.start)..<slot.end
        counts[number] = Int(slot.count)
        offset = slot.end
        last = element
      }
      guard offset == bytes.count else {
        throw WireError(element: last, reason: .trailingBytes, offset: offset)
      }
    } catch {
      return .fault(error)
    }
    return .elements(ranges, counts)
  }
}
