import ISO8583
import TestRandom
import Testing

/// What must hold for any message and any bytes; each test prints its seed.
struct PropertyTests {
  @Test func `any message packs and reads back equal`() throws {
    var random = SeededRandom("round trip")
    for _ in 0..<3_000 {
      let message = RandomMessages.message(&random)
      let packed = try message.packed()
      #expect(try Message(unpacking: packed) == message)
      #expect(try Message(unpacking: packed).packed() == packed)
    }
  }

  @Test func `a message with every element packs and reads back equal`() throws {
    var random = SeededRandom("all elements")
    for longest in [0, 30, 9999] {
      let message = RandomMessages.message(
        &random,
        elements: RandomMessages.elements,
        longest: longest
      )
      #expect(message.fields.count == 126)
      let packed = try message.packed()
      #expect(try Message(unpacking: packed) == message)
      let layout = try MessageLayout(parsing: packed.span.bytes)
      let view = MessageView(packed.span.bytes, layout)
      var builder = MessageBuilder()
      builder.begin(view.type, secondary: true)
      var end = 18
      for element in RandomMessages.elements {
        let range = try #require(layout.wireRange(element))
        #expect(range.lowerBound == end)
        end = range.upperBound
        builder.append(element, copying: view)
      }
      #expect(end == packed.count)
      #expect(builder.bytes == packed)
    }
  }

  @Test func `a message cut off anywhere is refused at the element that is cut`() throws {
    var random = SeededRandom("truncation")
    var messages = try Vectors.vectors().map { try Hexadecimal.bytes($0.hex) }
    for _ in 0..<60 { messages.append(try RandomMessages.message(&random).packed()) }
    for bytes in messages {
      let whole = try MessageLayout(parsing: bytes.span.bytes)
      var layout = MessageLayout()
      for count in 0..<bytes.count {
        let cut = bytes.span.bytes.extracting(first: count)
        do throws(WireError) {
          try MessageLayout.parse(cut, into: &layout)
          Issue.record("\(count) of \(bytes.count) bytes were accepted")
        } catch {
          #expect(error.reason == .truncated)
          #expect(error.offset <= count)
          guard let failing = Element(number: Int(error.element)) else { continue }
          #expect(try #require(whole.wireRange(failing)).upperBound > count)
          #expect(!layout.has(failing) && layout.announces(failing))
        }
      }
    }
  }

  @Test func `a flipped bit is refused or gives a message that packs to the same bytes`() throws {
    var layout = MessageLayout()
    for vector in try Vectors.vectors() {
      var bytes = try Hexadecimal.bytes(vector.hex)
      for bit in 0..<8 * bytes.count {
        bytes[bit / 8] ^= 0x80 >> UInt8(bit % 8)
        expectSound(bytes, &layout)
        bytes[bit / 8] ^= 0x80 >> UInt8(bit % 8)
      }
    }
  }

  @Test func `random and damaged bytes never trap and read the same twice`() throws {
    var random = SeededRandom("random bytes")
    let seeds = try Vectors.vectors().map { try Hexadecimal.bytes($0.hex) }
    var layout = MessageLayout()
    for round in 0..<200_000 {
      var bytes: [UInt8]
      if round.isMultiple(of: 2) {
        bytes = RandomMessages.bytes(Int.random(in: 0...48, using: &random), &random)
      } else {
        bytes = try #require(seeds.randomElement(using: &random))
        for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
          let place = Int.random(in: 0..<bytes.count, using: &random)
          switch Int.random(in: 0..<4, using: &random) {
          case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
          case 1: bytes.remove(at: place)
          case 2: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
          default: bytes.removeLast(Int.random(in: 0...bytes.count, using: &random))
          }
        }
      }
      expectSound(bytes, &layout)
    }
  }

  @Test func `chip data of any bytes is walked inside its bounds`() throws {
    var random = SeededRandom("chip data")
    for _ in 0..<20_000 {
      let bytes = RandomMessages.bytes(Int.random(in: 0...40, using: &random), &random)
      var reader = TagReader(bytes.span.bytes)
      var end = 0
      while let object = reader.next() {
        check(object.value.lowerBound > end && object.value.upperBound <= bytes.count, true)
        end = object.value.upperBound
      }
      check(reader.offset <= bytes.count, true)
      check(reader.isMalformed || reader.offset == bytes.count, true)
    }
  }

  /// Bytes are refused, or every element of them can be read inside their bounds.
  private func expectSound(_ bytes: [UInt8], _ layout: inout MessageLayout) {
    var isWhole = true
    do throws(WireError) {
      try MessageLayout.parse(bytes.span.bytes, into: &layout)
    } catch {
      isWhole = false
      if error.offset < 0 || error.offset > bytes.count { Issue.record("\(error)") }
      if error.description.isEmpty { Issue.record("an error without words") }
    }
    let view = MessageView(bytes.span.bytes, layout)
    for element in RandomMessages.elements where layout.announces(element) {
      guard let range = layout.wireRange(element) else { continue }
      if range.lowerBound < 0 || range.upperBound > bytes.count {
        Issue.record("\(element) lies outside the message")
      }
      _ = view.unsigned(element)
      _ = view.amount(element)
      _ = view.digit(element, 0)
      guard FieldTable.format(of: element).content == .composite else { continue }
      for part in 0...16 where view.unsigned(element, part: part) != nil { continue }
    }
    guard isWhole else { return }
    // Filler F and a redundant second bitmap are the only ways to say the same differently.
    do throws(WireError) {
      let message = try Message(unpacking: bytes)
      let again = try Message(unpacking: try message.packed())
      if again != message {
        Issue.record("a message does not read back: \(Hexadecimal.text(bytes))")
      }
    } catch {
      Issue.record("a message that was read is refused: \(error)")
    }
  }
}
