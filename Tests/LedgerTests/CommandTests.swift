import Authorization
import Testing

@testable import Ledger

/// Each management command, what it answers and each of its refusals, and what is left after a
/// restart.
struct CommandTests {
  private let euro: Currency
  private let dollar: Currency

  init() throws {
    euro = try #require(Currency(code: "EUR"))
    dollar = try #require(Currency(code: "USD"))
  }

  private func cents(_ minorUnits: Int64) throws -> Amount {
    try #require(Amount(minorUnits: minorUnits, currency: euro))
  }

  private func draft(_ partner: PartnerID, _ from: UInt32, _ to: UInt32) throws -> ProgramDraft {
    ProgramDraft(
      partner: partner,
      name: "programme",
      binRange: try #require(BINRange(from: from, to: to)),
      currency: euro,
      funding: .deposit
    )
  }

  @Test func `partners and programmes come to be`() async throws {
    let fixture = try LedgerFixture()
    guard case .partner(let partner) = try await fixture.accept(.createPartner(name: "Acme")) else {
      Issue.record("a partner answers")
      return
    }
    #expect(partner.id.text == "prt_0000000000001")
    #expect(
      try await fixture.refusal(.createProgram(try draft(PartnerID(9), 1, 2))) == .partnerNotFound
    )
    try await fixture.accept(.createProgram(try draft(partner.id, 400_000_100, 400_000_199)))
    for (from, to) in [
      (400_000_100, 400_000_100), (400_000_199, 400_000_300), (400_000_000, 400_000_100),
      (400_000_000, 400_000_999), (400_000_150, 400_000_160),
    ] as [(UInt32, UInt32)] {
      #expect(
        try await fixture.refusal(.createProgram(try draft(partner.id, from, to)))
          == .binRangeOverlap
      )
    }
    try await fixture.accept(.createProgram(try draft(partner.id, 400_000_000, 400_000_099)))
    try await fixture.accept(.createProgram(try draft(partner.id, 400_000_200, 400_000_200)))
    try fixture.restart()
    #expect(
      try await fixture.refusal(.createProgram(try draft(partner.id, 400_000_050, 400_000_050)))
        == .binRangeOverlap
    )
    let programs = try await fixture.ledger.read { (view) throws(LedgerError) in
      try view.programs(after: nil, limit: 10)
    }
    #expect(programs.map(\.id.number) == [1, 2, 3])
    #expect(BINRange(from: 2, to: 1) == nil)
    #expect(BINRange(from: 1, to: 1_000_000_000) == nil)
  }

  @Test func `a partner has one balance of a kind in a currency`() async throws {
    let fixture = try LedgerFixture()
    try await fixture.accept(.createPartner(name: "Acme"))
    let partner = PartnerID(1)
    #expect(
      try await fixture.refusal(.openPartnerBalance(PartnerID(2), .deposit, euro))
        == .partnerNotFound
    )
    try await fixture.accept(.openPartnerBalance(partner, .deposit, euro))
    try await fixture.accept(.openPartnerBalance(partner, .credit, euro))
    try await fixture.accept(.openPartnerBalance(partner, .deposit, dollar))
    try fixture.restart()
    #expect(
      try await fixture.refusal(.openPartnerBalance(partner, .deposit, euro))
        == .partnerBalanceExists
    )
    let balances = try await fixture.ledger.read { (view) throws(LedgerError) in
      try view.partnerBalances(partner).map(\.0.number)
    }
    #expect(balances.sorted() == [1, 2, 3])
  }

  @Test func `a bank reference is booked once`() async throws {
    let fixture = try LedgerFixture()
    try await fixture.accept(.createPartner(name: "Acme"))
    try await fixture.accept(.createPartner(name: "Other"))
    for partner in [PartnerID(1), PartnerID(2)] {
      try await fixture.accept(.openPartnerBalance(partner, .deposit, euro))
    }
    func reload(_ partner: UInt64, _ amount: Int64, _ reference: String) throws -> ManagementCommand
    {
      .reloadPartnerBalance(
        PartnerID(partner),
        .deposit,
        try cents(amount),
        bankReference: reference
      )
    }
    try await fixture.accept(try reload(1, 500, "A"))
    #expect(try await fixture.refusal(try reload(1, 500, "A")) == .bankReferenceUsed)
    try fixture.restart()
    #expect(try await fixture.refusal(try reload(1, 700, "A")) == .bankReferenceUsed)
    // References are the partner's own.
    try await fixture.accept(try reload(2, 700, "A"))
    #expect(try await fixture.refusal(try reload(1, 0, "B")) == .amountInvalid)
    #expect(try await fixture.refusal(try reload(3, 1, "B")) == .partnerNotFound)
    #expect(
      try await fixture.refusal(
        .reloadPartnerBalance(PartnerID(1), .credit, try cents(1), bankReference: "B")
      ) == .partnerBalanceNotFound
    )
    // A refused reload does not use its reference up.
    try await fixture.accept(try reload(1, 1, "B"))
    #expect(
      try await fixture.partnerBalance(PartnerID(1), .deposit, euro).ledger == Money(501)
    )
    try await fixture.expectConsistent()
  }

  @Test func `a balance has an upper limit and sums stay far from the end`() async throws {
    let fixture = try LedgerFixture()
    try await fixture.accept(.createPartner(name: "Acme"))
    try await fixture.accept(.openPartnerBalance(PartnerID(1), .deposit, euro))
    let most = try cents(Amount.largestMinorUnits)
    var booked: Int64 = 0
    for number in 0..<20 {
      try await fixture.accept(
        .reloadPartnerBalance(PartnerID(1), .deposit, most, bankReference: "\(number)")
      )
      booked += most.minorUnits
    }
    #expect(booked < LedgerLimits.accountLedgerMinorUnits)
    let executor = Self.limits
    #expect(executor.account + most.minorUnits < Int64.max / 8)
    #expect(executor.bank + most.minorUnits < Int64.max)
    try await fixture.expectConsistent()
  }

  private static let limits = (
    account: LedgerLimits.accountLedgerMinorUnits, bank: LedgerLimits.bankLedgerMinorUnits
  )

  @Test func `a user is unique within the partner by each of three names`() async throws {
    let fixture = try LedgerFixture()
    try await fixture.accept(.createPartner(name: "Acme"))
    try await fixture.accept(.createPartner(name: "Other"))
    let partner = PartnerID(1)
    let first = CustomerProfile(externalID: "1", phone: "+48", email: "a@b")
    #expect(
      try await fixture.refusal(.createCustomer(PartnerID(3), first)) == .partnerNotFound
    )
    try await fixture.accept(.createCustomer(partner, first))
    for profile in [
      CustomerProfile(externalID: "1"), CustomerProfile(phone: "+48"),
      CustomerProfile(externalID: "2", email: "a@b"),
    ] {
      #expect(try await fixture.refusal(.createCustomer(partner, profile)) == .userExists)
    }
    try fixture.restart()
    #expect(try await fixture.refusal(.createCustomer(partner, first)) == .userExists)
    // Names are the partner's own, spaces do not mix, and a refused user took none of its names.
    try await fixture.accept(.createCustomer(PartnerID(2), first))
    try await fixture.accept(.createCustomer(partner, CustomerProfile(externalID: "a@b")))
    try await fixture.accept(.createCustomer(partner, CustomerProfile(externalID: "2")))
    try await fixture.accept(.createCustomer(partner, CustomerProfile()))
    try await fixture.accept(.createCustomer(partner, CustomerProfile()))
    let customers = try await fixture.ledger.read { (view) throws(LedgerError) in
      try view.customers(of: partner, after: nil, limit: 100)
    }
    #expect(customers.map(\.id.number) == [1, 3, 4, 5, 6])
  }

  @Test func `a balance needs a known user, a programme and its currency`() async throws {
    let fixture = try LedgerFixture()
    try await fixture.accept(.createPartner(name: "Acme"))
    try await fixture.accept(.createPartner(name: "Other"))
    let partner = PartnerID(1)
    try await fixture.accept(.createProgram(try draft(partner, 400_000_000, 400_000_099)))
    try await fixture.accept(.createProgram(try draft(PartnerID(2), 500_000_000, 500_000_099)))
    try await fixture.accept(.createCustomer(partner, CustomerProfile()))
    let user = CustomerAddress(partner: partner, customer: UserID(1))
    let open = ManagementCommand.openBalance(user, ProgramID(1), euro)
    #expect(try await fixture.refusal(open) == .kycRequired)
    for (status, level) in [
      (KYCStatus.accepted, KYCLevel.basic), (.inProgress, .strong), (.rejected, .strong),
      (.new, .strong),
    ] {
      try await fixture.accept(.setKYC(user, status, level, .partner))
      #expect(try await fixture.refusal(open) == .kycRequired)
    }
    try await fixture.accept(.setKYC(user, .accepted, .strong, .partner))
    #expect(
      try await fixture.refusal(.openBalance(user, ProgramID(1), dollar)) == .currencyNotSupported
    )
    for program in [UInt64(2), 3, 1 + 1 << 32, .max] {
      #expect(
        try await fixture.refusal(.openBalance(user, ProgramID(program), euro)) == .programNotFound
      )
    }
    for stranger in [
      CustomerAddress(partner: PartnerID(2), customer: UserID(1)),
      CustomerAddress(partner: partner, customer: UserID(2)),
      CustomerAddress(partner: nil, customer: UserID(.max)),
    ] {
      #expect(
        try await fixture.refusal(.openBalance(stranger, ProgramID(1), euro)) == .userNotFound
      )
      #expect(
        try await fixture.refusal(.setKYC(stranger, .accepted, .strong, .partner)) == .userNotFound
      )
    }
    try await fixture.accept(open)
    try await fixture.accept(open)
    try await fixture.accept(
      .openBalance(CustomerAddress(partner: nil, customer: UserID(1)), ProgramID(1), euro)
    )
    let balances = try await fixture.ledger.read { (view) throws(LedgerError) in
      try view.balances(of: UserID(1), after: BalanceID(1), limit: 100).map(\.0.number)
    }
    #expect(balances == [2, 3])
  }

  @Test func `a top-up is refused for each reason`() async throws {
    let fixture = try LedgerFixture()
    let world = try await TestWorld(fixture, .credit, users: 2, backing: 100, funds: 0)
    func topUp(_ amount: Amount, _ address: BalanceAddress? = nil) -> ManagementCommand {
      .reloadBalance(address ?? world.balanceAddress(), amount, reference: "r")
    }
    #expect(try await fixture.refusal(topUp(try cents(0))) == .amountInvalid)
    let dollars = try #require(Amount(minorUnits: 5, currency: dollar))
    #expect(try await fixture.refusal(topUp(dollars)) == .currencyMismatch)
    for address in [
      BalanceAddress(owner: world.address(1), balance: world.balances[0]),
      BalanceAddress(owner: world.address(0), balance: BalanceID(99)),
      BalanceAddress(owner: nil, balance: BalanceID(1 << 56 - 1)),
    ] {
      #expect(try await fixture.refusal(topUp(try cents(1), address)) == .balanceNotFound)
    }
    let stranger = BalanceAddress(
      owner: CustomerAddress(partner: PartnerID(9), customer: world.users[0]),
      balance: world.balances[0]
    )
    #expect(try await fixture.refusal(topUp(try cents(1), stranger)) == .userNotFound)
    // Row S-106.
    #expect(try await fixture.refusal(topUp(try cents(101))) == .insufficientPartnerFunds)
    try await fixture.accept(topUp(try cents(100)))
    #expect(try await fixture.refusal(topUp(try cents(1))) == .insufficientPartnerFunds)
    try fixture.restart()
    #expect(try await fixture.refusal(topUp(try cents(1))) == .insufficientPartnerFunds)
    #expect(try await fixture.balance(world.balances[0]).ledger == Money(100))
    let credit = try await fixture.partnerBalance(world.partner, .credit, euro)
    #expect(credit.ledger == .zero)
    try await fixture.expectConsistent()
  }

  @Test func `a credit programme without a credit balance has no funds`() async throws {
    let fixture = try LedgerFixture()
    try await fixture.accept(.createPartner(name: "Acme"))
    var terms = try draft(PartnerID(1), 1, 2)
    terms.funding = .credit
    terms.requiredKYCLevel = .none
    try await fixture.accept(.createProgram(terms))
    try await fixture.accept(.createCustomer(PartnerID(1), CustomerProfile()))
    let user = CustomerAddress(partner: nil, customer: UserID(1))
    // No level is asked for, and still the check must be accepted.
    #expect(try await fixture.refusal(.openBalance(user, ProgramID(1), euro)) == .kycRequired)
    try await fixture.accept(.setKYC(user, .accepted, .none, .platform))
    try await fixture.accept(.openBalance(user, ProgramID(1), euro))
    #expect(
      try await fixture.refusal(
        .reloadBalance(
          BalanceAddress(owner: nil, balance: BalanceID(1)),
          try cents(1),
          reference: "r"
        )
      ) == .insufficientPartnerFunds
    )
  }

  @Test func `a blocked balance takes money and gives none, a closed one neither`() async throws {
    let fixture = try LedgerFixture()
    let world = try await TestWorld(fixture, .deposit, users: 2, backing: 5_000, funds: 0)
    let address = world.balanceAddress()
    let topUp = ManagementCommand.reloadBalance(address, try cents(100), reference: "r")
    try await fixture.accept(.setBalanceState(address, .blocked))
    try await fixture.accept(.setBalanceState(address, .blocked))
    try await fixture.accept(topUp)
    try fixture.restart()
    let blocked = try await fixture.authorize(world.cards[0], try cents(10))
    #expect(blocked.reason == .balanceBlocked)
    #expect(blocked.actionCode.text == "1004")
    #expect(try await fixture.refusal(.setBalanceState(address, .closed)) == .balanceNotEmpty)
    try await fixture.accept(.setBalanceState(address, .active))
    try await fixture.authorize(world.cards[0], try cents(100), kind: .debit)
    try await fixture.accept(.setBalanceState(address, .closed))
    try fixture.restart()
    #expect(try await fixture.authorize(world.cards[0], try cents(10)).reason == .balanceClosed)
    #expect(try await fixture.refusal(topUp) == .balanceClosed)
    for state in [BalanceState.active, .blocked, .closed] {
      #expect(try await fixture.refusal(.setBalanceState(address, state)) == .balanceClosed)
    }
    try await fixture.expectConsistent()
  }

  @Test func `a held balance is not closed`() async throws {
    let fixture = try LedgerFixture()
    let world = try await TestWorld(fixture, .deposit, backing: 5_000, funds: 100)
    try await fixture.authorize(world.cards[0], try cents(100))
    #expect(
      try await fixture.refusal(.setBalanceState(world.balanceAddress(), .closed))
        == .balanceNotEmpty
    )
  }

  // MARK: Cards

  private func newCard(_ status: CardStatus) async throws -> (LedgerFixture, TestWorld, CardAddress)
  {
    let fixture = try LedgerFixture()
    let world = try await TestWorld(fixture, .deposit, users: 2, backing: 5_000, funds: 100)
    let card = try TestCard(50)
    let ids = try await fixture.importLines([
      .card(reference: "x", balance: "EUR-400000000-b0", try card.material(status: status))
    ])
    let id = try #require(CardID(text: ids[0]))
    return (fixture, world, CardAddress(owner: world.address(), card: id))
  }

  @Test func `a card is activated once`() async throws {
    let (fixture, _, address) = try await newCard(.inactive)
    let card = try TestCard(50)
    #expect(try await fixture.authorize(card, try cents(1)).reason == .cardNotActivated)
    try await fixture.accept(.activateCard(address))
    #expect(try await fixture.refusal(.activateCard(address)) == .cardAlreadyActive)
    try fixture.restart()
    #expect(try await fixture.refusal(.activateCard(address)) == .cardAlreadyActive)
    #expect(try await fixture.authorize(card, try cents(1)).reason == nil)
  }

  @Test func `lock 5 is not the state before activation`() async throws {
    let (fixture, _, address) = try await newCard(.inactive)
    try await fixture.accept(.lockCard(address, .inactive, .inside))
    #expect(try await fixture.refusal(.activateCard(address)) == .cardInactiveForEver)
    #expect(try await fixture.refusal(.unlockCard(address)) == .lockIrreversible)
  }

  @Test func `a removed card takes no command and no payment`() async throws {
    let (fixture, _, address) = try await newCard(.active)
    try await fixture.accept(.lockCard(address, .suspectedFraud, .inside))
    try await fixture.accept(.removeCard(address))
    try fixture.restart()
    for command in [
      ManagementCommand.removeCard(address), .lockCard(address, .lost, .inside),
      .unlockCard(address), .activateCard(address),
    ] {
      #expect(try await fixture.refusal(command) == .cardRemoved)
    }
    #expect(try await fixture.authorize(TestCard(50), try cents(1)).reason == .cardRemoved)
    try await fixture.expectConsistent()
  }

  @Test func `a lock is never weakened and the same lock again is no error`() async throws {
    let (fixture, world, address) = try await newCard(.active)
    #expect(try await fixture.refusal(.unlockCard(address)) == .cardNotLocked)
    try await fixture.accept(.lockCard(address, .pendingQuery, .inside))
    guard
      case .card(_, let first) = try await fixture.accept(
        .lockCard(address, .pendingQuery, .outside)
      )
    else {
      Issue.record("a lock answers with the card")
      return
    }
    #expect(try await fixture.card(address.card).lockOrigin == .inside)
    #expect(first.locked != nil)
    try await fixture.accept(.lockCard(address, .suspectedFraud, .outside))
    try await fixture.accept(.lockCard(address, .stolen, .outside))
    try await fixture.accept(.lockCard(address, .stolen, .inside))
    for code in LockCode.allCases where code != .stolen {
      #expect(try await fixture.refusal(.lockCard(address, code, .inside)) == .lockWeaker)
    }
    let strangers = [
      CardAddress(owner: world.address(1), card: address.card),
      CardAddress(owner: world.address(0), card: CardID(.max)),
    ]
    for stranger in strangers {
      #expect(try await fixture.refusal(.lockCard(stranger, .lost, .inside)) == .cardNotFound)
      #expect(try await fixture.refusal(.unlockCard(stranger)) == .cardNotFound)
      #expect(try await fixture.refusal(.activateCard(stranger)) == .cardNotFound)
      #expect(try await fixture.refusal(.removeCard(stranger)) == .cardNotFound)
    }
  }

  @Test func `each refusal has a code and a sentence of its own`() {
    #expect(Set(CommandRefusal.allCases.map(\.message)).count == CommandRefusal.allCases.count)
    #expect(Set(CommandRefusal.allCases.map(\.code)).count == CommandRefusal.allCases.count)
    #expect(CommandRefusal.allCases.map(\.rawValue) == Array(1...36))
  }
}
