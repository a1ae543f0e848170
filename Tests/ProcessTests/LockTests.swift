import Authorization
import JSON
import Synchronization
import Testing

extension ProcessTests {
  /// A lock is in force from its answer on (row S-087), whatever connection asks.
  struct LockTests {
    @Test(.timeLimit(.minutes(2)), arguments: LockCode.allCases)
    func `no authorization after the answer to a lock is approved`(code: LockCode) async throws {
      let rounds = 20
      try await Daemon.run { daemon in
        // An irreversible lock takes a new card each round; the last user's card carries a load.
        let cards = code.isIrreversible ? rounds : 1
        let funds = [Int64](repeating: 100_000_000, count: cards + 1)
        let portfolio = try await Portfolio(in: daemon, deposit: 1_000_000_000, users: funds)
        let till = try Till(portfolio)
        let link = try Link(daemon.address)
        let isOver = Atomic<Bool>(false)
        let expected = DeclineReason(lock: code).actionCode(insufficientDeposit: .notEnoughMoney)

        async let traffic = onThread { [address = daemon.address] in
          let link = try Link(address)
          var count = 0
          while !isOver.load(ordering: .relaxed) {
            let batch = (0..<16).map {
              till.purchase(UInt64(1_000_000 + count + $0), user: cards, amount: 1)
            }
            guard try link.exchange(batch, window: 16).allSatisfy(\.isApproved) else {
              throw TestFailure("the load was refused")
            }
            count += batch.count
          }
          return count
        }
        do {
          for round in 0..<rounds {
            let user = code.isIrreversible ? round : 0
            let owner = portfolio.users[user]
            let path = "/secure/customers/\(owner.customer)/cards/\(owner.cards[0])"
            let first = UInt64(round * 10 + 1)
            let before = try link.exchange(till.purchase(first, user: user, amount: 100))
            #expect(before.action == 0)

            let headers = [("x-partner", portfolio.partner)]
            try await daemon.act("\(path)/lock", ["code": .integer(Int64(code.rawValue))], headers)
            let locked = try link.exchange(
              (1...4).map { till.purchase(first + $0, user: user, amount: 100) },
              window: 4
            )
            #expect(locked.map(\.action) == Array(repeating: expected.number, count: 4))

            guard !code.isIrreversible else { continue }
            try await daemon.act("\(path)/unlock", nil, headers)
            let after = try link.exchange(till.purchase(first + 5, user: user, amount: 100))
            #expect(after.action == 0)
          }
        } catch {
          isOver.store(true, ordering: .relaxed)
          throw error
        }
        isOver.store(true, ordering: .relaxed)
        let load = try await traffic
        #expect(load > 0)

        // Two approvals of 1.00 each round, or one on each card; nothing for what was refused.
        for user in 0..<cards {
          let held = try await portfolio.figures(of: user, in: daemon).held
          #expect(held == (code.isIrreversible ? 100 : Int64(200 * rounds)))
        }
        #expect(try await portfolio.figures(of: cards, in: daemon).held == Int64(load))
        expectAgreement(try await daemon.proofDifferences())
      }
    }
  }
}
