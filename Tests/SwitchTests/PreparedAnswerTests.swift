import Authorization
import Ledger
import Testing

@testable import Switch

struct PreparedAnswerTests {
  @Test func `an approval code is written as its characters, with spaces behind the last wanted`() {
    for number in UInt64(1)...20_000 {
      let code = ApprovalCode(AuthorizationID(number))
      for count in [1, 3, 5, 6] where count == 6 || number < 200 {
        let expected = (0..<6).map { $0 < count ? code.character(at: $0) : UInt8(ascii: " ") }
        let word = PreparedAnswer.characters(of: code, count: count)
        #expect((0..<6).map { UInt8(truncatingIfNeeded: word >> UInt64(40 - 8 * $0)) } == expected)
      }
    }
  }
}
