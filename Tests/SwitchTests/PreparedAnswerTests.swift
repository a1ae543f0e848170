import Authorization
import ISO8583
import Ledger
import TestRandom
import Testing

@testable import Switch

struct PreparedAnswerTests {
  @Test func `an approval code is written as its characters, with spaces behind the last wanted`() {
    for number in UInt64(1)...20_000 {
      let code = ApprovalCode(AuthorizationID(number))
      for count in [1, 3, 5, 6] where count == 6 || number < 200 {
        let characters: [UInt8] = (0..<6).map { code.character(at: $0) }
        let expected = characters.prefix(count) + [UInt8](repeating: 0x20, count: 6 - count)
        let word = PreparedAnswer.characters(of: code, count: count)
        let written: [UInt8] = (0..<6).map { position in
          let shift = UInt64(40 - 8 * position)
          return UInt8(truncatingIfNeeded: word >> shift)
        }
        #expect(written == Array(expected))
      }
    }
  }

  @Test func `an action code is written as its digits`() {
    for number in UInt16(0)...9999 {
      let packed = PreparedAnswer.packed(ActionCode(number))
      #expect(String(packed, radix: 16) == String(number))
    }
  }

  /// The elements that an answer may repeat, those that it never does, and what decides about the form.
  private static let elements: [Element] = [
    .pan, .processingCode, .amountTransaction, .amountReconciliation, .amountBilling,
    .transmissionTime, .amountBillingFee, .stan, .localTime, .expirationDate, .lifeCycle,
    .posDataCode, .functionCode, .acquirer, .forwarder, .track2, .retrievalReference,
    .terminal, .merchant, .transportData, .displayData, .dataRecord, .destination, .originator,
    .echoedData,
  ]

  @Test func `an answer written in one go is the one written in parts`() throws {
    var random = SeededRandom("PreparedAnswerTests")
    var whole = PreparedAnswer()
    var parts = PreparedAnswer()
    let codes: [UInt16] = [0x2100, 0x2200, 0x2300, 0x2400, 0x2804]
    for _ in 0..<5000 {
      let code = try #require(codes.randomElement(using: &random))
      let type = try #require(MessageType(code: code))
      let share = Int.random(in: 0...100, using: &random)
      let chosen = Self.elements.filter { _ in Int.random(in: 0..<100, using: &random) < share }
      let bytes = Self.message(type, chosen, &random)
      let layout = try MessageLayout(parsing: bytes.span.bytes)
      let view = MessageView(bytes.span.bytes, layout)
      let plan = ReplyPlan(view, try #require(type.response))
      whole.prepare(view, byteCount: bytes.count, plan)
      parts.prepareInParts(view, byteCount: bytes.count, plan, errors: nil)
      let action = ActionCode(.random(in: 0...9999, using: &random))
      let approval =
        Bool.random(using: &random) ? ApprovalCode(AuthorizationID(random.next() >> 1)) : nil
      let sent: UInt64 = 0x11_22_10_30_15
      #expect(
        Array(whole.complete(action, approval, sent: sent))
          == Array(parts.complete(action, approval, sent: sent)),
        "\(type), \(chosen)"
      )
    }
  }

  private static func message(
    _ type: MessageType,
    _ elements: [Element],
    _ random: inout SeededRandom
  ) -> [UInt8] {
    var builder = MessageBuilder()
    builder.begin(type, secondary: elements.contains { $0.number > 64 })
    for element in elements {
      let format = FieldTable.format(of: element)
      let maximum = Int(format.maximum)
      let count = format.isFixed ? maximum : Int.random(in: 0...min(maximum, 40), using: &random)
      if format.isPacked {
        builder.append(element, digits: (0..<count).map { _ in .random(in: 0...9, using: &random) })
      } else {
        let bytes = (0..<count).map { _ in UInt8.random(in: 0x30...0x39, using: &random) }
        builder.append(element, bytes: bytes.span.bytes)
      }
    }
    return builder.bytes
  }
}
