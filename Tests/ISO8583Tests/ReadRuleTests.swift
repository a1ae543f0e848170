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
