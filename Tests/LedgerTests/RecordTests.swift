import Authorization
import Cryptography
import Testing

@testable import Ledger

/// The stored forms: sizes for ever, every value back as it was, damage refused.
struct RecordTests {
  @Test func `records keep their sizes`() {
    #expect(AccountRecord.byteCount == 48)
    #expect(AuthorizationRecord.byteCount == 216)
    #expect(CardRecord.byteCount == 32)
    #expect(CardDetailRecord.byteCount == 112)
    #expect(DuplicateRecord.byteCount == 16)
    #expect(ReferenceRecord.byteCount == 16)
    #expect(TotalRecord.byteCount == 16)
  }

  // MARK: Random values

  private func currency(_ random: inout SeededRandom) -> Currency {
    while true {
      if let currency = Currency(number: UInt16.random(in: 1...999, using: &random)) {
        return currency
      }
    }
  }

  private func amount(_ random: inout SeededRandom) throws -> Amount {
    let most = random.chance(10) ? Amount.largestMinorUnits : 1 << UInt64(random.next() % 40)
    return try #require(
      Amount(
        minorUnits: Int64.random(in: 0...min(most, Amount.largestMinorUnits), using: &random),
        currency: currency(&random)
      )
    )
  }

  private func instant(_ random: inout SeededRandom) -> Instant {
    Instant(microsecondsSinceEpoch: Int64.random(in: 1...(.max / 2), using: &random))
  }

  private func text(_ random: inout SeededRandom) -> String {
    let characters: [Character] = ["a", "Z", "0", " ", "é", "ß", "漢", "🂡", "\"", "\\", "\0", "\n"]
    return String((0..<Int.random(in: 0...50, using: &random)).map { _ in random.pick(characters) })
  }

  private func optional<Value>(
    _ random: inout SeededRandom,
    _ value: (inout SeededRandom) throws -> Value
  ) rethrows -> Value? {
    random.chance(50) ? try value(&random) : nil
  }

  private func expiry(_ random: inout SeededRandom) throws -> CardExpiry {
    try #require(
      CardExpiry(
        yearMonth: UInt16.random(in: 0...99, using: &random) * 100
          + UInt16.random(in: 1...12, using: &random)
      )
    )
  }

  private func facts(_ random: inout SeededRandom) -> CardNumberFacts {
    CardNumberFacts(
      count: UInt8.random(in: 14...19, using: &random),
      firstSix: UInt32.random(in: 0...999_999, using: &random),
      lastFour: UInt16.random(in: 0...9_999, using: &random)
    )
  }

  private func account(_ random: inout SeededRandom) -> AccountRecord {
    var record = AccountRecord(
      owner: random.next(),
      created: instant(&random),
      program: UInt32(truncatingIfNeeded: random.next()),
      currency: currency(&random),
      kind: random.pick(AccountKind.allCases)
    )
    record.ledger = Money(Int64(bitPattern: random.next()))
    record.held = Money(Int64(bitPattern: random.next()))
    record.newestAuthorization = random.next()
    record.state = random.pick([BalanceState.active, .blocked, .closed])
    return record
  }

  private func card(_ random: inout SeededRandom) throws -> CardRecord {
    CardRecord(
      card: CardID(random.next()),
      balance: BalanceID(random.next()),
      program: UInt32(truncatingIfNeeded: random.next()),
      expiry: try expiry(&random),
      status: random.pick([CardStatus.active, .inactive, .removed]),
      lock: optional(&random) { $0.pick(LockCode.allCases) },
      lockOrigin: random.pick([LockOrigin.inside, .outside]),
      type: random.pick([CardType.virtual, .physical])
    )
  }

  private func detail(_ random: inout SeededRandom) throws -> CardDetailRecord {
    let sealed = (0..<48).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    return CardDetailRecord(
      token: PANToken(high: random.next(), low: random.next()),
      user: UserID(random.next()),
      created: instant(&random),
      locked: optional(&random) { instant(&$0) },
      number: facts(&random),
      sealedNumber: try #require(SealedNumber(bytes: sealed)),
      lockRequester: FixedText(high: random.next(), low: random.next())
    )
  }

  private func authorization(_ random: inout SeededRandom) throws -> AuthorizationRecord {
    let day = UInt64.random(in: 20_260_101...20_260_128, using: &random)
    return AuthorizationRecord(
      id: AuthorizationID(random.next()),
      card: optional(&random) { CardID($0.next() | 1) },
      balance: optional(&random) { BalanceID($0.next() >> 8 | 1) },
      deposit: optional(&random) { PartnerBalanceID($0.next() >> 8 | 1) },
      previous: optional(&random) { AuthorizationID($0.next() | 1) },
      amount: try amount(&random),
      held: Money(Int64(bitPattern: random.next())),
      decided: instant(&random),
      key: DuplicateKey(
        localTime: try #require(LocalTime(digits: day * 1_000_000 + 123_456)),
        high: random.next(),
        low: random.next()
      ),
      content: ContentDigest(random.next()),
      trace: MessageTrace(
        processingCode: random.next() >> 16,
        stan: random.next() % 1_000_000_000_000,
        acquirer: random.next() % 100_000_000_000,
        retrievalReference: FixedText(high: random.next(), low: random.next()),
        terminal: FixedText(high: random.next(), low: random.next()),
        merchantCategory: UInt16.random(in: 0...9_999, using: &random)
      ),
      kind: random.pick(AuthorizationRequest.Kind.allCases),
      state: random.pick(AuthorizationState.allCases),
      reason: optional(&random) { $0.pick(DeclineReason.allCases) },
      number: facts(&random),
      actionCode: ActionCode(UInt16.random(in: 0...9_999, using: &random)),
      program: UInt32(truncatingIfNeeded: random.next()),
      expires: optional(&random) { second(&$0) },
      userAvailable: Money(Int64(bitPattern: random.next())),
      depositAvailable: Money(Int64(bitPattern: random.next())),
      failedChecks: DeclineReasonSet(bits: random.next()),
      flags: PaymentFlags(rawValue: UInt32(truncatingIfNeeded: random.next())),
      entryCount: UInt16(truncatingIfNeeded: random.next()),
      askedExpiry: random.chance(50) ? CardExpiry(yearMonth: 3012) : nil,
      day: NetworkDayID(UInt16(truncatingIfNeeded: random.next()))
    )
  }

  private func second(_ random: inout SeededRandom) -> Instant {
    Instant(secondsSinceEpoch: UInt32.random(in: 1...(.max), using: &random))
  }

  private func duplicateKey(_ random: inout SeededRandom) throws -> DuplicateKey {
    DuplicateKey(
      localTime: try #require(LocalTime(digits: 20_260_615_120_000)),
      high: random.next(),
      low: random.next()
    )
  }

  private func paymentEntry(_ random: inout SeededRandom) throws -> PaymentEntry {
    let message = PaymentEntry.Message(
      kind: random.pick(AuthorizationRequest.Kind.allCases),
      key: try duplicateKey(&random),
      content: ContentDigest(random.next()),
      stan: random.next() % 1_000_000_000_000,
      functionCode: UInt16.random(in: 0...999, using: &random),
      reasonCode: UInt16.random(in: 0...9_999, using: &random),
      amount: random.chance(50) ? try amount(&random) : nil,
      cashBack: random.chance(50) ? try amount(&random) : nil,
      surcharge: random.chance(50) ? try amount(&random) : nil
    )
    let approved = random.chance(50) ? try amount(&random) : nil
    var entry = PaymentEntry(
      payment: AuthorizationID(random.next()),
      number: UInt16(truncatingIfNeeded: random.next()),
      kind: random.pick([.authorization, .increment, .clearing, .reversal, .expiry, .release]),
      message: optional(&random) { _ in message },
      balance: optional(&random) { BalanceID($0.next() >> 8 | 1) },
      deposit: optional(&random) { PartnerBalanceID($0.next() >> 8 | 1) },
      amount: try amount(&random),
      heldChange: Money(Int64(bitPattern: random.next())),
      bookedChange: Money(Int64(bitPattern: random.next())),
      standing: PaymentStanding(
        state: random.pick(AuthorizationState.allCases),
        held: Money(Int64(bitPattern: random.next())),
        booked: Money(Int64(bitPattern: random.next()))
      ),
      expires: optional(&random) { second(&$0) },
      flags: PaymentFlags(rawValue: UInt32(truncatingIfNeeded: random.next())),
      decided: instant(&random),
      actionCode: ActionCode(UInt16.random(in: 0...9_999, using: &random)),
      reason: optional(&random) { $0.pick(DeclineReason.allCases) }
    )
    entry.approved = approved
    entry.balances = optional(&random) {
      PaymentEntry.Balances(
        currency: currency(&$0),
        ledger: Money(Int64(bitPattern: $0.next())),
        available: Money(Int64(bitPattern: $0.next()))
      )
    }
    entry.undoes = optional(&random) { UInt16(truncatingIfNeeded: $0.next()) }
    entry.note = optional(&random) { text(&$0) }
    return entry
  }

  private func setting(_ random: inout SeededRandom) throws -> (SettingKey, SettingRecord) {
    let group = MerchantGroup(
      name: text(&random),
      categories: [UInt16.random(in: 0...99, using: &random)...9_999],
      holdDays: UInt16.random(in: 1...365, using: &random),
      leastHold: random.chance(50) ? try amount(&random) : nil,
      mostAmount: random.chance(50) ? try amount(&random) : nil,
      toleranceBasisPoints: UInt16(truncatingIfNeeded: random.next()),
      remainder: random.pick([.release, .keep]),
      remainderDays: UInt16(truncatingIfNeeded: random.next())
    )
    switch random.next() % 3 {
    case 0: return (.merchantGroup(group.name), .merchantGroup(group))
    case 1: return (.merchantGroup(group.name), .removed)
    default:
      let dollar = try #require(Currency(code: "USD"))
      let rate = try #require(
        ExchangeRate(
          from: dollar,
          to: .euro,
          rateMillionths: UInt64.random(
            in: 1...ExchangeRate.largestMillionths,
            using: &random
          ),
          markUpBasisPoints: UInt16(truncatingIfNeeded: random.next()),
          holdBufferBasisPoints: UInt16(truncatingIfNeeded: random.next())
        )
      )
      return (.exchangeRate(from: dollar, to: .euro), .exchangeRate(rate))
    }
  }

  private func partner(_ random: inout SeededRandom) -> PartnerRecord {
    PartnerRecord(id: PartnerID(random.next()), name: text(&random), created: instant(&random))
  }

  private func program(_ random: inout SeededRandom) throws -> ProgramRecord {
    let from = UInt32.random(in: 0...999_999_999, using: &random)
    return ProgramRecord(
      id: ProgramID(random.next()),
      partner: PartnerID(random.next()),
      name: text(&random),
      binRange: try #require(
        BINRange(from: from, to: UInt32.random(in: from...999_999_999, using: &random))
      ),
      currency: currency(&random),
      funding: random.pick([Funding.deposit, .credit]),
      remoteURL: optional(&random) { text(&$0) },
      insufficientDepositCode: ActionCode(UInt16.random(in: 0...9_999, using: &random)),
      requiredKYCLevel: random.pick(KYCLevel.allCases),
      terms: ProgramTerms(
        acceptsPartialApproval: random.chance(50),
        cashBackLimit: optional(&random) { Money(Int64($0.next() >> 1)) },
        permitsSurcharge: random.chance(50)
      ),
      created: instant(&random)
    )
  }

  private func customer(_ random: inout SeededRandom) -> CustomerRecord {
    CustomerRecord(
      id: UserID(random.next()),
      partner: PartnerID(random.next()),
      profile: CustomerProfile(
        externalID: optional(&random) { text(&$0) },
        firstName: optional(&random) { text(&$0) },
        lastName: optional(&random) { text(&$0) },
        phone: optional(&random) { text(&$0) },
        email: optional(&random) { text(&$0) }
      ),
      kycStatus: random.pick(KYCStatus.allCases),
      kycLevel: random.pick(KYCLevel.allCases),
      kycSource: optional(&random) { $0.pick(KYCSource.allCases) },
      created: instant(&random)
    )
  }

  private func outcome(_ random: inout SeededRandom) throws -> CommandOutcome {
    switch random.next() % 8 {
    case 0: .partner(partner(&random))
    case 1: .program(try program(&random))
    case 2: .customer(customer(&random))
    case 3: .account(AccountID(word: random.next()), account(&random))
    case 4: .card(try card(&random), try detail(&random))
    case 5: .authorization(try authorization(&random))
    case 6: .removed
    default: .refused(random.pick(CommandRefusal.allCases))
    }
  }

  /// One effect of each kind.
  private func effects(_ random: inout SeededRandom) throws -> [Effect] {
    let (setting, record) = try setting(&random)
    return [
      .founded(vaultFingerprint: text(&random)), .partnerCreated(partner(&random)),
      .programCreated(try program(&random)),
      .customerStored(customer(&random), random.pick([.created, .kyc])),
      .accountOpened(AccountID(word: random.next()), account(&random)),
      .balanceStateChanged(AccountID(word: random.next()), random.pick([.active, .closed])),
      .cardIssued(try card(&random), try detail(&random)),
      .cardChanged(
        CardChange(
          card: CardID(random.next()),
          token: PANToken(high: random.next(), low: random.next()),
          act: random.pick([.activated, .locked, .unlocked, .removed]),
          status: random.pick([.active, .inactive, .removed]),
          lock: optional(&random) { $0.pick(LockCode.allCases) },
          lockOrigin: random.pick([.inside, .outside]),
          locked: optional(&random) { instant(&$0) },
          requester: FixedText(high: random.next(), low: random.next())
        )
      ),
      .transferred(
        Transfer(
          from: AccountID(word: random.next()),
          to: AccountID(word: random.next()),
          amount: try amount(&random),
          reason: random.pick([.partnerReload, .userReload]),
          reference: text(&random)
        )
      ), .authorized(try authorization(&random)),
      .referenceBound(
        ReferenceKey(.bankReference, owner: random.next(), text(&random)),
        ReferenceRecord(object: random.next(), content: random.next())
      ),
      .requestAnswered(
        RequestKey(high: random.next(), low: random.next()),
        RequestRecord(content: random.next(), outcome: try outcome(&random))
      ), .entered(try paymentEntry(&random)),
      .originalAwaited(try duplicateKey(&random), AuthorizationID(random.next())),
      .messageAnswered(
        try duplicateKey(&random),
        ContentDigest(random.next()),
        ActionCode(UInt16.random(in: 0...9_999, using: &random))
      ), .settingChanged(setting, record),
      .expiriesSwept(hour: UInt32(truncatingIfNeeded: random.next())),
    ]
  }

  /// An entry's bytes.
  private func entry(_ effects: [Effect], _ sequence: UInt64 = 7) -> [UInt8] {
    // A small start, so that growing is tested too.
    let builder = JournalEntryBuilder(capacity: 128)
    builder.begin(firstEvent: 11)
    for effect in effects { effect.append(to: builder) }
    let time = Instant(microsecondsSinceEpoch: 42)
    return Array(builder.seal(sequence: sequence, time: time, previous: .zero).bytes)
  }

  private func read(_ bytes: [UInt8], _ sequence: UInt64 = 7) throws -> [Effect] {
    var effects: [Effect] = []
    try bytes.withKey { (bytes) throws(LedgerError) in
      let entry = try JournalEntry(verifying: bytes, at: sequence)
      try entry.forEachEffect { effects.append($0) }
    }
    return effects
  }

  // MARK: Round trips

  @Test func `every record and effect comes back as it was`() throws {
    var random = SeededRandom(test: "RecordTests")
    for _ in 0..<500 {
      let account = account(&random)
      #expect(
        try account.withBytes { (bytes) throws(LedgerError) in try AccountRecord(stored: bytes) }
          == account
      )
      let card = try card(&random)
      #expect(
        try card.withBytes { (bytes) throws(LedgerError) in try CardRecord(stored: bytes) } == card
      )
      let detail = try detail(&random)
      #expect(
        try detail.withBytes { (bytes) throws(LedgerError) in try CardDetailRecord(stored: bytes) }
          == detail
      )
      let record = try authorization(&random)
      #expect(
        try record.withBytes { (bytes) throws(LedgerError) in
          try AuthorizationRecord(stored: bytes)
        } == record
      )
      let customer = customer(&random)
      #expect(
        try customer.storedBytes.withKey { (bytes) throws(LedgerError) in
          try CustomerRecord(stored: bytes)
        } == customer
      )
      let program = try program(&random)
      #expect(
        try program.storedBytes.withKey { (bytes) throws(LedgerError) in
          try ProgramRecord(stored: bytes)
        } == program
      )
      let written = try effects(&random)
      #expect(Set(written.map(\.kind)) == Set(1...17))
      let back = try read(entry(written))
      // Equal text of every member, whatever the effect holds.
      #expect(back.map { "\($0)" } == written.map { "\($0)" })
      #expect(entry(back) == entry(written))
    }
  }

  @Test func `what became of a message fits one word`() throws {
    var random = SeededRandom(test: "RecordTests targets")
    for _ in 0..<1_000 {
      let id = AuthorizationID(random.next() >> 16)
      let number = UInt16.random(in: 0...MessageTarget.mostEntries, using: &random)
      let code = ActionCode(UInt16.random(in: 0...9_999, using: &random))
      for target in [
        MessageTarget.payment(id), .entry(id, number), .reversedBeforehand(id),
        .answered(code, at: second(&random)),
      ] {
        #expect(try MessageTarget(word: target.word) == target)
      }
    }
  }

  @Test func `the stored state of the books comes back as it was`() throws {
    let state = BooksState(
      applied: 7,
      hash: Digest256(word0: 1, word1: 2, word2: 3, word3: 4),
      time: Instant(microsecondsSinceEpoch: 5),
      counters: Counters(
        partner: 1,
        program: 2,
        partnerBalance: 3,
        user: 4,
        balance: 5,
        card: 6,
        authorization: 7,
        sweptHour: 8
      ),
      vaultFingerprint: "fingerprint"
    )
    let back = try state.storedBytes.withKey { (bytes) throws(LedgerError) in
      try BooksState(stored: bytes)
    }
    #expect(back == state)
  }

  // MARK: Damage

  @Test func `no changed byte of a record traps, and none opens a lock`() throws {
    var random = SeededRandom(test: "RecordTests damage")
    var refused = 0
    for _ in 0..<30 {
      var locked = try card(&random)
      locked.lock = .stolen
      let stored = try locked.withBytes { Array($0) }
      for offset in stored.indices {
        for value in [0x00, 0x01, 0x09, 0x7F, 0x80, 0xFF] as [UInt8] {
          var bytes = stored
          bytes[offset] = value
          let back = try? bytes.withKey { (bytes) throws(LedgerError) in
            try CardRecord(stored: bytes)
          }
          if back == nil { refused += 1 }
          // Zero is the one byte that says "not locked".
          if let back, back.lock == nil { #expect(offset == 23 && value == 0) }
        }
      }
      let others = [
        try account(&random).withBytes { Array($0) },
        try authorization(&random).withBytes { Array($0) },
        try detail(&random).withBytes { Array($0) },
      ]
      for (kind, stored) in others.enumerated() {
        for offset in stored.indices {
          var bytes = stored
          bytes[offset] = 0xEE
          do {
            try bytes.withKey { (bytes) throws(LedgerError) in
              switch kind {
              case 0: _ = try AccountRecord(stored: bytes)
              case 1: _ = try AuthorizationRecord(stored: bytes)
              default: _ = try CardDetailRecord(stored: bytes)
              }
            }
          } catch {
            refused += 1
          }
        }
      }
    }
    #expect(refused > 500)
  }

  @Test func `a record of another size is refused`() throws {
    for count in [0, 1, 15, 17, 31, 33, 47, 49, 95, 97, 175, 177] {
      let bytes = [UInt8](repeating: 0, count: count)
      try bytes.withKey { (bytes) throws(LedgerError) in
        #expect(throws: LedgerError.self) { try AccountRecord(stored: bytes) }
        #expect(throws: LedgerError.self) { try AuthorizationRecord(stored: bytes) }
        #expect(throws: LedgerError.self) { try CardRecord(stored: bytes) }
        #expect(throws: LedgerError.self) { try CardDetailRecord(stored: bytes) }
        #expect(throws: LedgerError.self) { try DuplicateRecord(stored: bytes) }
        #expect(throws: LedgerError.self) { try BooksState(stored: bytes) }
      }
    }
  }

  @Test func `every changed bit of an entry is found`() throws {
    var random = SeededRandom(test: "RecordTests entries")
    let stored = entry(try effects(&random))
    #expect(try read(stored).count == 17)
    for offset in stored.indices {
      var bytes = stored
      bytes[offset] ^= 1 << UInt8(random.next() % 8)
      #expect(throws: LedgerError.self) { try read(bytes) }
    }
    for count in stride(from: 0, to: stored.count, by: 7) {
      #expect(throws: LedgerError.self) { try read(Array(stored.prefix(count))) }
    }
    #expect(throws: LedgerError.self) { try read(stored + [0]) }
    #expect(throws: LedgerError.self) { try read(stored, 8) }
  }

  @Test func `an entry that lies under a right checksum is still refused`() throws {
    var random = SeededRandom(test: "RecordTests lies")
    let stored = entry(try effects(&random))
    func resealed(_ edit: (inout [UInt8]) -> Void) -> [UInt8] {
      var body = Array(stored.dropLast(32))
      edit(&body)
      return body + body.withUnsafeBytes { SHA256.digest(of: $0) }.withBytes { Array($0) }
    }
    #expect(throws: Never.self) { try read(resealed { _ in }) }
    #expect(throws: LedgerError.self) { try read(resealed { $0[24] &+= 1 }) }
    #expect(throws: LedgerError.self) { try read(resealed { $0[72] = 99 }) }
    #expect(throws: LedgerError.self) { try read(resealed { $0[74] = 0xFF }) }
    #expect(throws: LedgerError.self) { try read(resealed { $0[4] = 1 }) }
    // Random bytes in place of the effects: refused or read, never a trap.
    for _ in 0..<2_000 {
      let bytes = resealed { body in
        for _ in 0..<Int.random(in: 1...6, using: &random) {
          body[Int.random(in: JournalEntryLayout.headerBytes..<body.count, using: &random)] =
            UInt8(truncatingIfNeeded: random.next())
        }
      }
      _ = try? read(bytes)
    }
  }

  @Test func `keys sort as their values do and fit the store`() throws {
    let time = try #require(LocalTime(digits: 20_260_615_120_000))
    let later = try #require(LocalTime(digits: 20_260_615_120_001))
    let keys = [
      DuplicateKey(localTime: time, high: 1, low: .max),
      DuplicateKey(localTime: time, high: 2, low: 0),
      DuplicateKey(localTime: later, high: 0, low: 0),
    ]
    let stored = try keys.map { try $0.withStoredBytes { Array($0) } }
    #expect(keys.sorted() == keys)
    #expect(stored.allSatisfy { $0.count == 24 })
    #expect(zip(stored, stored.dropFirst()).allSatisfy { $0.lexicographicallyPrecedes($1) })
    let longest = String(repeating: "漢", count: LedgerLimits.textBytes / 3)
    #expect(ReferenceKey(.customerEmail, owner: .max, longest).bytes.count <= 511)
    #expect(
      ReferenceKey(.customerEmail, owner: 1, "x") != ReferenceKey(.customerPhone, owner: 1, "x")
    )
    #expect(
      MemberKey(list: .cardsOfBalance, owner: 1, member: .max)
        < MemberKey(list: .cardsOfBalance, owner: 2, member: 0)
    )
  }
}
