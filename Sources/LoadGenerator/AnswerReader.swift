import ISO8583

/// Finds trace number and action code in answers.
///
/// Answers of one kind have one layout, so the layout is worked out once per kind and then only
/// compared: bitmap, length, and the length bytes of the elements in front of the action code.
struct AnswerReader {
  struct Answer {
    let trace: UInt64
    let code: UInt16
    /// A hash of DE 38; 0 without one.
    let approval: UInt32
  }

  private struct Shape {
    let head: UInt64
    let count: Int
    let lengths: [(offset: Int, value: UInt8)]
    let trace: Int
    let code: Int
    /// Where DE 38 stands, or -1.
    let approval: Int
  }

  private var shapes: [Shape] = []
  private static let mostShapes = 8

  /// The two numbers, or `nil` when the bytes are no answer with both.
  @inline(__always)
  mutating func read(_ bytes: UnsafeRawBufferPointer) -> Answer? {
    guard bytes.count > 10 else { return nil }
    let head = bytes.loadUnaligned(fromByteOffset: 2, as: UInt64.self)
    for shape in shapes where shape.head == head && shape.count == bytes.count {
      guard shape.lengths.allSatisfy({ bytes[$0.offset] == $0.value }) else { continue }
      return AnswerReader.answer(bytes, shape)
    }
    return learn(bytes, head: head)
  }

  private mutating func learn(_ bytes: UnsafeRawBufferPointer, head: UInt64) -> Answer? {
    var layout = MessageLayout()
    guard (try? MessageLayout.parse(bytes.bytes, into: &layout)) != nil,
      let trace = layout.contentRange(.stan), let code = layout.contentRange(.actionCode)
    else { return nil }
    let approval = layout.contentRange(.approvalCode).map(\.lowerBound) ?? -1
    var lengths: [(offset: Int, value: UInt8)] = []
    var isSimple = bytes[2] & 0x80 == 0
    for number in 2..<39 {
      guard let element = Element(number: number), let content = layout.contentRange(element),
        let wire = layout.wireRange(element), wire.lowerBound < content.lowerBound
      else { continue }
      if content.lowerBound - wire.lowerBound > 1 { isSimple = false }
      lengths.append((wire.lowerBound, bytes[wire.lowerBound]))
    }
    let shape = Shape(
      head: head,
      count: bytes.count,
      lengths: lengths,
      trace: trace.lowerBound,
      code: code.lowerBound,
      approval: approval
    )
    if isSimple, shapes.count < AnswerReader.mostShapes { shapes.append(shape) }
    return AnswerReader.answer(bytes, shape)
  }

  @inline(__always)
  private static func answer(_ bytes: UnsafeRawBufferPointer, _ shape: Shape) -> Answer? {
    var number: UInt64 = 0
    for index in shape.trace..<shape.trace + 6 {
      let byte = bytes[index]
      number = number * 100 + UInt64(byte >> 4) * 10 + UInt64(byte & 15)
    }
    let high = UInt16(bytes[shape.code])
    let low = UInt16(bytes[shape.code + 1])
    let value = (high >> 4) * 1000 + (high & 15) * 100 + (low >> 4) * 10 + (low & 15)
    guard value < 10_000 else { return nil }
    var approval: UInt32 = 0
    if shape.approval >= 0 {
      // FNV-1a: a few digits, told apart well enough to notice another decision.
      approval = 2_166_136_261
      for index in shape.approval..<shape.approval + 6 {
        approval = (approval ^ UInt32(bytes[index])) &* 16_777_619
      }
    }
    return Answer(trace: number, code: value, approval: approval)
  }
}
