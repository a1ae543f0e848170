import Authorization
import Ledger
import Testing

/// A partner with one programme, its partner balance, and users with a balance and a card each.
struct TestWorld {
  let currency: Currency
  let funding: Funding
  let partner: PartnerID
  let program: ProgramID
  var users: [UserID] = []
  var balances: [BalanceID] = []
  var cardIDs: [CardID] = []
  var cards: [TestCard] = []
  let leadingNine: Int

  /// In a mixed world: cards not activated yet, cards that expired, and users without money.
  static func isInactive(_ card: Int) -> Bool { card % 10 == 7 }
  static func isExpired(_ card: Int) -> Bool { card % 10 == 8 }
  static func isEmpty(_ user: Int) -> Bool { user % 10 == 9 }

  /// Founds the world; every balance starts with `funds`, the partner's balance with `backing`.
  init(
    _ fixture: LedgerFixture,
    _ funding: Funding,
    currency code: String = "EUR",
    leadingNine: Int = 400_000_000,
    users count: Int = 1,
    cardsEach: Int = 1,
    backing: Int64,
    funds: Int64,
    expiry: UInt16 = 3012,
    isMixed: Bool = false,
    terms: ProgramTerms = ProgramTerms()
  ) async throws {
    let currency = try #require(Currency(code: code))
    self.currency = currency
    self.funding = funding
    self.leadingNine = leadingNine
    let name = "\(code)-\(leadingNine)"
    let range = BINRange(from: UInt32(leadingNine), to: UInt32(leadingNine + 99))
    let ids = try await fixture.importLines([
      .partner(reference: name, name: name),
      .program(
        reference: name,
        partner: name,
        ProgramDraft(
          partner: PartnerID(1),
          name: name,
          binRange: try #require(range),
          currency: currency,
          funding: funding,
          terms: terms
        )
      ),
      .partnerBalance(
        partner: name,
        funding == .deposit ? .deposit : .credit,
        currency,
        reload: backing == 0 ? nil : Amount(minorUnits: backing, currency: currency)
      ),
    ])
    partner = try #require(PartnerID(text: ids[0]))
    program = try #require(ProgramID(text: ids[1]))
    var lines: [ImportLine] = []
    for user in 0..<count {
      lines.append(
        .customer(
          reference: "\(name)-u\(user)",
          partner: name,
          CustomerProfile(externalID: "\(user)"),
          .strong
        )
      )
      lines.append(
        .balance(
          reference: "\(name)-b\(user)",
          customer: "\(name)-u\(user)",
          program: name,
          currency,
          reload: funds == 0 || (isMixed && Self.isEmpty(user))
            ? nil : Amount(minorUnits: funds, currency: currency)
        )
      )
      for number in 0..<cardsEach {
        let card = try TestCard(user * cardsEach + number, leadingNine: leadingNine)
        cards.append(card)
        lines.append(
          .card(
            reference: "\(name)-c\(user)-\(number)",
            balance: "\(name)-b\(user)",
            try card.material(
              expiry: isMixed && Self.isExpired(cards.count - 1) ? 2605 : expiry,
              status: isMixed && Self.isInactive(cards.count - 1) ? .inactive : .active
            )
          )
        )
      }
    }
    for id in try await fixture.importLines(lines) {
      if let user = UserID(text: id) { users.append(user) }
      if let balance = BalanceID(text: id) { balances.append(balance) }
      if let card = CardID(text: id) { cardIDs.append(card) }
    }
  }

  func amount(_ minorUnits: Int64) throws -> Amount {
    try #require(Amount(minorUnits: minorUnits, currency: currency))
  }

  func address(_ user: Int = 0) -> CustomerAddress {
    CustomerAddress(partner: partner, customer: users[user])
  }

  func balanceAddress(_ user: Int = 0) -> BalanceAddress {
    BalanceAddress(owner: address(user), balance: balances[user])
  }

  /// A card, as its holder's partner names it.
  func cardAddress(_ card: Int = 0) -> CardAddress {
    CardAddress(owner: address(card / (cards.count / users.count)), card: cardIDs[card])
  }

  var backingKind: ManagementCommand.PartnerBalanceKind { funding == .deposit ? .deposit : .credit }
}
