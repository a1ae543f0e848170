import Authorization
import Ledger
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
}
