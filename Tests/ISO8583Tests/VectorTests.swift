import ISO8583
import Testing

/// The dialect's worked messages, read and written both ways.
struct VectorTests {
  @Test func `every vector reads as its values and packs to its bytes`() throws {
    let vectors = try Vectors.vectors()
    #expect(vectors.count == 13)
    for vector in vectors {
      let bytes = try Hexadecimal.bytes(vector.hex)
      let message = try Message(unpacking: bytes)
      #expect(message == (try vector.message()), "\(vector.name)")
      #expect(try message.packed() == bytes, "\(vector.name)")
    }
  }

  @Test func `a builder that copies every element gives the same bytes`() throws {
    var builder = MessageBuilder()
    for vector in try Vectors.vectors() {
      let bytes = try Hexadecimal.bytes(vector.hex)
      let layout = try MessageLayout(parsing: bytes.span.bytes)
      let view = MessageView(bytes.span.bytes, layout)
      let present = (2...128).compactMap { Element(number: $0) }.filter { layout.has($0) }
      builder.begin(view.type, secondary: present.contains { $0.number > 64 })
      for element in present { builder.append(element, copying: view) }
      #expect(builder.bytes == bytes, "\(vector.name)")
    }
  }

  @Test func `every malformed message does what the dialect asks`() throws {
    let cases = try Vectors.malformed()
    #expect(cases.count == 18)
    for malformed in cases {
      let bytes = try Hexadecimal.bytes(malformed.hex)
      let isRefused: Bool
      do throws(WireError) {
        _ = try MessageLayout(parsing: bytes.span.bytes)
        isRefused = false
      } catch {
        isRefused = true
      }
      switch malformed.expect {
      case "reject", "not-a-message":
        #expect(isRefused, "\(malformed.name): \(malformed.why)")
      default:
        #expect(!isRefused, "\(malformed.name): \(malformed.why)")
      }
    }
  }
}
