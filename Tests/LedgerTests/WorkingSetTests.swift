import Authorization
import Foundation
import Testing

@testable import Ledger

/// The layers that the writer keeps over the books.
struct WorkingSetTests {
  private func withSet(_ body: (WorkingSet) throws -> Void) throws {
    let path = LedgerFixture.newPath()
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    let environment = try LMDBEnvironment(
      path: path,
      mapBytes: 1 << 24,
      tables: Schema.tableCount,
      durability: .full
    )
    let transaction = try environment.write()
    let schema = try Schema(transaction.access, create: true)
    try body(WorkingSet(base: BooksAccess(access: transaction.access, schema: schema)))
  }

  private func addPartner(_ set: WorkingSet, _ number: UInt64) throws {
    let time = Instant(microsecondsSinceEpoch: 0)
    let key = ReferenceKey(.importedPartner, "p\(number)")
    try set.apply(
      .partnerCreated(PartnerRecord(id: PartnerID(number), name: "p", created: time)),
      at: time
    )
    try set.apply(.referenceBound(key, ReferenceRecord(object: number)), at: time)
  }

  private func has(_ set: WorkingSet, _ number: UInt64) throws -> Bool {
    try set.reference(ReferenceKey(.importedPartner, "p\(number)")) != nil
  }

  @Test func `what is not posted stays, what is posted goes`() throws {
    try withSet { set in
      set.dropPosted(applied: 0)
      try addPartner(set, 1)
      // Decided and in no closed layer: it must not be dropped however often that is said.
      set.dropPosted(applied: 9)
      #expect(try has(set, 1))
      let layer = set.closeLayer(through: 1)
      #expect(set.closedThrough == 1)
      #expect(layer.partners.keys.map(\.number) == [1])
      try addPartner(set, 2)
      // Closed and not posted.
      set.dropPosted(applied: 0)
      #expect(try has(set, 1))
      #expect(try has(set, 2))
      #expect(layer.partners.count == 1)
      set.dropPosted(applied: 1)
      #expect(set.closedThrough == nil)
      #expect(try !has(set, 1))
      #expect(try has(set, 2))
      #expect(set.counters.partner == 3)
    }
  }

  @Test func `no message brings an account to the end of its numbers`() throws {
    try withSet { set in
      let time = Instant(microsecondsSinceEpoch: 0)
      let user = AccountID(.user, 1)
      for id in [user, AccountID(.settlement, Currency.euro)] {
        try set.apply(
          .accountOpened(
            id,
            AccountRecord(
              owner: 1,
              created: time,
              program: 0,
              currency: .euro,
              kind: try #require(id.kind)
            )
          ),
          at: time
        )
      }
      let executor = PaymentExecutor(set: set, catalog: Catalog(), now: time)
      func entry(held: Int64 = 0, booked: Int64 = 0) -> Effect {
        .entered(
          PaymentEntry(
            payment: AuthorizationID(1),
            number: 1,
            kind: .clearing,
            message: nil,
            balance: BalanceID(1),
            deposit: nil,
            amount: .zero(in: .euro),
            heldChange: Money(held),
            bookedChange: Money(booked),
            standing: PaymentStanding(state: .cleared),
            flags: [],
            decided: time,
            actionCode: .approved
          )
        )
      }
      let limit = LedgerLimits.bankLedgerMinorUnits
      #expect(try executor.staysWithinLimits([entry(held: limit), entry(booked: limit)]))
      #expect(try executor.staysWithinLimits([entry(booked: -limit)]))
      #expect(try !executor.staysWithinLimits([entry(held: limit + 1)]))
      #expect(try !executor.staysWithinLimits([entry(booked: limit + 1)]))
      #expect(try !executor.staysWithinLimits([entry(booked: -limit - 1)]))
    }
  }

  @Test func `nothing stays when everything is posted`() throws {
    try withSet { set in
      for number in UInt64(1)...5 {
        try addPartner(set, number)
        _ = set.closeLayer(through: number)
        #expect(set.count > 0)
        // A writer that waits for a smaller set gets no other wake-up than this one.
        set.dropPosted(applied: number)
        #expect(set.count == 0)
      }
      try addPartner(set, 6)
      set.dropPosted(applied: 5)
      #expect(try has(set, 6))
    }
  }

  @Test func `the newest layer hides the closed one, which does not change`() throws {
    try withSet { set in
      let time = Instant(microsecondsSinceEpoch: 0)
      let euro = try #require(Currency(code: "EUR"))
      let id = AccountID(.deposit, 1)
      let record = AccountRecord(
        owner: 1,
        created: time,
        program: 0,
        currency: euro,
        kind: .deposit
      )
      try set.apply(.accountOpened(id, record), at: time)
      let layer = set.closeLayer(through: 1)
      try set.apply(.balanceStateChanged(id, .blocked), at: time)
      #expect(try set.account(id)?.state == .blocked)
      #expect(layer.accounts[id]?.state == .active)
      set.dropPosted(applied: 1)
      #expect(try set.account(id)?.state == .blocked)
    }
  }

  @Test func `an effect that fits no account is refused, not guessed`() throws {
    try withSet { set in
      let time = Instant(microsecondsSinceEpoch: 0)
      let euro = try #require(Currency(code: "EUR"))
      let amount = try #require(Amount(minorUnits: 1, currency: euro))
      let transfer = Transfer(
        from: AccountID(.bank, euro),
        to: AccountID(.user, 1),
        amount: amount,
        reason: .userReload,
        reference: ""
      )
      #expect(throws: LedgerError.self) { try set.apply(.transferred(transfer), at: time) }
      #expect(throws: LedgerError.self) {
        try set.apply(.balanceStateChanged(AccountID(.user, 1), .blocked), at: time)
      }
    }
  }

  @Test func `a reload stops at the limit of the account and of the currency`() throws {
    try withSet { set in
      let time = Instant(microsecondsSinceEpoch: 0)
      let euro = try #require(Currency(code: "EUR"))
      let partner = PartnerRecord(id: PartnerID(1), name: "p", created: time)
      try set.apply(.partnerCreated(partner), at: time)
      var record = AccountRecord(
        owner: 1,
        created: time,
        program: 0,
        currency: euro,
        kind: .deposit
      )
      record.ledger = Money(LedgerLimits.accountLedgerMinorUnits - 10)
      try set.apply(.accountOpened(AccountID(.deposit, 1), record), at: time)
      let name = ReferenceKey.partnerBalance(PartnerID(1), .deposit, euro)
      try set.apply(.referenceBound(name, ReferenceRecord(object: 1)), at: time)

      func refusal(_ minorUnits: Int64) throws -> CommandRefusal? {
        let amount = try #require(Amount(minorUnits: minorUnits, currency: euro))
        let executor = CommandExecutor(set: set, catalog: Catalog(), now: time)
        let command = ManagementCommand.reloadPartnerBalance(
          PartnerID(1),
          .deposit,
          amount,
          bankReference: "r"
        )
        let verdict = Result { try executor.execute(command) }
        guard case .failure(let error) = verdict else { return nil }
        guard case CommandFault.refused(let refusal) = error else { throw error }
        return refusal
      }
      #expect(try refusal(10) == nil)
      #expect(try refusal(11) == .balanceLimitExceeded)
      #expect(try refusal(Amount.largestMinorUnits) == .balanceLimitExceeded)

      var bank = AccountRecord(owner: 0, created: time, program: 0, currency: euro, kind: .bank)
      bank.ledger = Money(5 - LedgerLimits.bankLedgerMinorUnits)
      try set.apply(.accountOpened(AccountID(.bank, euro), bank), at: time)
      #expect(try refusal(5) == nil)
      #expect(try refusal(6) == .balanceLimitExceeded)
    }
  }
}
