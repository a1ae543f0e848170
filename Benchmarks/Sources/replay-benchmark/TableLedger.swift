import Authorization
import CardCrypto
import Cryptography
import Switch
import Telemetry

@testable import Ledger

/// The ledger's writer without its disk: cards in a table of this process, decisions as the writer
/// makes them, effects encoded as its journal has them.
///
/// Used by one thread. A look-up in LMDB and the commit are not in it; they are the ledger's cost.
final class TableLedger: Authorizer, @unchecked Sendable {
  private struct Card {
    var snapshot: CardSnapshot
    var id: CardID
    var newest: UInt64 = 0
  }

  /// By the token's low bits, which are as good as a hash; the next free place takes what finds its
  /// own taken.
  private let places: UnsafeMutablePointer<(token: PANToken, card: Int)>
  private let placeMask: Int
  private let cards: UnsafeMutablePointer<Card>
  private var inbox: (any OutcomeInbox)?
  private struct Queued: ~Copyable {
    var request: AuthorizationRequest
    var ticket: UInt64
  }

  /// What waits: memory of its own, where the ledger's queue has the same.
  private let waiting = UnsafeMutablePointer<Queued>.allocate(capacity: 4096)
  // Unchecked, so that what is measured is the switch: no access spans a call of another.
  @exclusivity(unchecked) private var waitingCount = 0
  @exclusivity(unchecked) private var outcomes: [AuthorizationOutcome] = []
  private let entry = JournalEntryBuilder()
  @exclusivity(unchecked) private var lastAuthorization: UInt64 = 0
  private var sequence: UInt64 = 0
  private var hash = Digest256.zero
  /// 2026-11-22 10:30:15 UTC.
  private let now = Instant(microsecondsSinceEpoch: 1_795_343_415_000_000)
  @exclusivity(unchecked) private(set) var approved = 0

  init(cards count: Int, vault: PANVault) throws(ReplayError) {
    guard let euro = Currency(number: 978), let expiry = CardExpiry(yearMonth: 3012) else {
      throw .notPrepared("a currency or a date of the cards")
    }
    let funds = FundsSnapshot(
      currency: euro,
      state: .active,
      ledger: Money(100_000_000_000),
      held: .zero
    )
    let snapshot = CardSnapshot(
      status: .active,
      lock: nil,
      expiry: expiry,
      balance: funds,
      deposit: funds
    )
    cards = .allocate(capacity: count)
    var capacity = 1024
    while capacity < 4 * count { capacity *= 2 }
    placeMask = capacity - 1
    places = .allocate(capacity: capacity)
    places.initialize(repeating: (PANToken(high: 0, low: 0), -1), count: capacity)
    for card in 0..<count {
      guard let pan = PAN(digits: Purchases.digits(ofCard: card)) else {
        throw .notPrepared("a card number")
      }
      let token = vault.token(for: pan)
      var place = Int(truncatingIfNeeded: token.low) & placeMask
      while places[place].card >= 0 { place = (place + 1) & placeMask }
      places[place] = (token, card)
      (cards + card).initialize(to: Card(snapshot: snapshot, id: CardID(UInt64(card + 1))))
    }
    outcomes.reserveCapacity(4096)
  }

  func register(_ inbox: any OutcomeInbox) -> InboxID {
    self.inbox = inbox
    return InboxID(index: 0)
  }

  func submit(
    moving request: UnsafeMutablePointer<AuthorizationRequest>,
    to inbox: InboxID,
    ticket: UInt64,
    deadline: MonotonicTime
  ) -> Bool {
    guard waitingCount < 4096 else {
      request.deinitialize(count: 1)
      return false
    }
    (waiting + waitingCount).initialize(to: Queued(request: request.move(), ticket: ticket))
    waitingCount &+= 1
    return true
  }

  func register(network name: String) -> NetworkID { .none }

  /// Takes no cut-over: the replay has none.
  func submit(
    _ cutOver: CutOver,
    of network: NetworkID,
    to inbox: InboxID,
    ticket: UInt64
  ) -> Bool { false }

  /// Decides all that waits as one batch and delivers it, sealed into the chain on demand.
  func decideBatch(isSealed: Bool) {
    guard waitingCount > 0 else { return }
    // In a local variable: each use of a property would be guarded against overlapping access.
    var outcomes: [AuthorizationOutcome] = []
    swap(&outcomes, &self.outcomes)
    entry.begin(firstEvent: 1)
    for index in 0..<waitingCount {
      let queued = (waiting + index).move()
      let record = record(of: queued.request)
      encode(record)
      outcomes.append(
        AuthorizationOutcome(
          ticket: queued.ticket,
          origin: .decided,
          actionCode: record.actionCode,
          reason: record.reason,
          approvalCode: record.approvalCode,
          authorization: record.id,
          decided: record.decided
        )
      )
    }
    if isSealed { seal() }
    inbox?.deliver(&outcomes)
    waitingCount = 0
    outcomes.removeAll(keepingCapacity: true)
    swap(&outcomes, &self.outcomes)
  }

  /// Starts an entry.
  func beginEntry() { entry.begin(firstEvent: 1) }

  /// Adds the effect of a decision to the entry.
  func encode(_ record: AuthorizationRecord) { entry.append(record) }

  /// Closes the entry and chains it to the one before.
  func seal() {
    sequence += 1
    hash = entry.seal(sequence: sequence, time: now, previous: hash).hash
  }

  private func place(of token: PANToken) -> Int? {
    var place = Int(truncatingIfNeeded: token.low) & placeMask
    while places[place].card >= 0 {
      if places[place].token == token { return places[place].card }
      place = (place + 1) & placeMask
    }
    return nil
  }

  /// Finds the card, decides, takes the money and makes the record.
  @inline(__always)
  func record(of request: AuthorizationRequest) -> AuthorizationRecord {
    let place = self.place(of: request.card)
    let card = place.map { cards[$0] }
    let snapshot = AuthorizationSnapshot(isInBINRange: true, card: card?.snapshot)
    let decision = Authorization.decide(request, snapshot, now: now)
    lastAuthorization += 1
    var record = AuthorizationRecord(
      id: AuthorizationID(lastAuthorization),
      card: card?.id,
      balance: card.map { BalanceID($0.id.number) },
      deposit: nil,
      previous: card.flatMap { $0.newest == 0 ? nil : AuthorizationID($0.newest) },
      amount: request.amount,
      held: .zero,
      decided: now,
      key: request.key,
      content: request.content,
      trace: request.trace,
      kind: request.kind,
      state: .declined,
      reason: nil,
      number: request.number,
      actionCode: .approved,
      program: 1
    )
    switch decision {
    case .approved:
      approved += 1
      record.deposit = PartnerBalanceID(1)
      record.state = request.kind == .hold ? .authorized : .cleared
      if request.kind == .hold { record.held = request.amount.money }
    case .approvedInPart:
      preconditionFailure("no purchase here takes less than it asks")
    case .declined(let reason):
      record.reason = reason
      record.actionCode = reason.actionCode(insufficientDeposit: .notEnoughMoney)
    }
    if let place {
      cards[place].newest = lastAuthorization
      cards[place].snapshot.balance.held += record.held
    }
    return record
  }
}
