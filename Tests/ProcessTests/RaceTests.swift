import ISO8583
import Simulator
import Testing

extension ProcessTests {
  /// Charge and lock are atomic and exact while many links ask at once (rows S-112, S-113, A-008).
  struct RaceTests {
    private static let links = 64
    private static let each = 12

    @Test(.timeLimit(.minutes(2)), arguments: [false, true])
    func `links that race for one balance get exactly what there is`(
      depositIsShorter: Bool
    ) async throws {
      let price: Int64 = 1_700
      // Enough for 401 purchases and a little over, which is no purchase.
      let short = 401 * price + 1_699
      let plenty: Int64 = 1_000_000_000
      try await Daemon.run { daemon in
        let portfolio = try await Portfolio(
          in: daemon,
          deposit: depositIsShorter ? short : plenty,
          users: [depositIsShorter ? plenty : short]
        )
        let answers = try await race(daemon, try Till(portfolio)) { _ in price }
        let approved = answers.filter(\.1.isApproved)
        #expect(approved.count == 401)
        #expect(answers.filter { !$0.1.isApproved }.allSatisfy { $0.1.action == 1016 })
        try await checkBooks(daemon, portfolio, answers)
      }
    }

    @Test(.timeLimit(.minutes(2)), arguments: [false, true])
    func `links that race with unequal amounts leave nothing that was refused`(
      depositIsShorter: Bool
    ) async throws {
      var generator = Seed.generator(of: "unequal amounts")
      let amounts = (0..<Self.links * Self.each).map { _ in
        Int64.random(in: 1...9_000, using: &generator)
      }
      let short: Int64 = 1_500_000
      try await Daemon.run { daemon in
        let portfolio = try await Portfolio(
          in: daemon,
          deposit: depositIsShorter ? short : short * 100,
          users: [depositIsShorter ? short * 100 : short]
        )
        let answers = try await race(daemon, try Till(portfolio)) { amounts[$0] }
        try await checkBooks(daemon, portfolio, answers)
        // Funds only shrink here, so what was refused must be more than what is left at the end.
        let left =
          try await depositIsShorter
          ? portfolio.depositFigures(in: daemon).available
          : portfolio.figures(of: 0, in: daemon).available
        let refused = answers.filter { !$0.1.isApproved }
        #expect(!refused.isEmpty)
        #expect(refused.allSatisfy { $0.0.amount > left })
      }
    }

    /// Sends everything from all links at once, all of it in flight.
    private func race(
      _ daemon: Daemon,
      _ till: Till,
      amount: @escaping @Sendable (Int) -> Int64
    ) async throws -> [(Purchase, Answer)] {
      let address = daemon.address
      return try await onThreads(Self.links) { link in
        let purchases = (0..<Self.each).map { number in
          let position = link * Self.each + number
          return till.purchase(UInt64(1 + position), amount: amount(position))
        }
        let connection = try Link(address)
        let answers = try connection.exchange(purchases, window: Self.each)
        return Array(zip(purchases, answers))
      }.flatMap { $0 }
    }

    private func checkBooks(
      _ daemon: Daemon,
      _ portfolio: Portfolio,
      _ answers: [(Purchase, Answer)]
    ) async throws {
      #expect(answers.count == Self.links * Self.each)
      var tally = Tally(portfolio)
      for (purchase, answer) in answers {
        tally.add(purchase, answer)
        try checkEchoes(purchase, answer)
      }
      expectAgreement(try await tally.differences(in: daemon))
      expectAgreement(try await daemon.proofDifferences())
    }

    private func checkEchoes(_ purchase: Purchase, _ answer: Answer) throws {
      let request = try Message(unpacking: purchase.bytes)
      let reply = try Message(unpacking: answer.bytes)
      let echoed: [Element] = [
        .pan, .processingCode, .amountTransaction, .stan, .localTime, .acquirer,
        .retrievalReference, .terminal, .merchant,
      ]
      for element in echoed {
        #expect(reply.fields[element] == request.fields[element], "\(element) of \(purchase.trace)")
      }
    }
  }
}
