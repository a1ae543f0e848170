import Authorization
import Testing

struct LockCodeTests {
  @Test func `there are eight lock codes and four of them are for ever`() {
    #expect(LockCode.allCases.map(\.rawValue) == Array(1...8))
    #expect(LockCode.allCases.filter(\.isIrreversible).map(\.rawValue) == [1, 2, 5, 8])
    #expect(LockCode(rawValue: 0) == nil)
    #expect(LockCode(rawValue: 9) == nil)
  }

  @Test func `a lock is never weakened`() {
    for code in LockCode.allCases {
      #expect(code.mayReplace(nil))
      for current in LockCode.allCases {
        // Typed out: nothing replaces 1, 2, 5 and 8; everything else may change to another code.
        let expected = [3, 4, 6, 7].contains(current.rawValue) && code != current
        #expect(code.mayReplace(current) == expected, "\(code) over \(current)")
      }
    }
  }

  @Test func `each lock gives its own reason`() {
    let reasons = LockCode.allCases.map { DeclineReason(lock: $0) }
    #expect(Set(reasons).count == 8)
    #expect(
      reasons
        == DeclineReason.allCases.filter {
          (DeclineReason.cardLost.rawValue...DeclineReason.cardReplaced.rawValue)
            .contains($0.rawValue)
        }
    )
    #expect(Set(LockCode.allCases.map(\.reason)).count == 8)
  }
}
