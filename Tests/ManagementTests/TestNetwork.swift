import Authorization
import CardCrypto
import Ledger
import Synchronization
import Telemetry
import Testing

/// Sends authorizations straight to the ledger, as the ISO 8583 side would.
final class TestNetwork: OutcomeInbox {
  private let ledger: Ledger
  private let vault: PANVault
  private let waiting = Mutex<[UInt64: CheckedContinuation<AuthorizationOutcome, Never>]>([:])
  private let inbox = Mutex<InboxID?>(nil)
  private let next = Mutex<UInt64>(0)

  /// The name of the network that asks.
  static let name = "default"

  init(_ daemon: TestDaemon, key: VaultKey) throws {
    ledger = daemon.ledger
    vault = try PANVault(key: key)
    let id = ledger.register(self)
    inbox.withLock { $0 = id }
  }

  func deliver(_ outcomes: inout [AuthorizationOutcome]) {
    for index in outcomes.indices {
      let outcome = outcomes[index]
      waiting.withLock { $0.removeValue(forKey: outcome.ticket) }?.resume(returning: outcome)
    }
  }

  /// Asks for an amount on a card.
  func authorize(
    _ number: String,
    _ minorUnits: Int64,
    kind: AuthorizationRequest.Kind = .hold,
    category: UInt16 = 5411,
    expiry: CardExpiry? = nil,
    reference: UInt64? = nil,
    details: PaymentDetails? = nil
  ) async throws -> AuthorizationOutcome {
    let pan = try #require(PAN(text: number))
    let currency = try #require(Currency(code: "EUR"))
    let amount = try #require(Amount(minorUnits: minorUnits, currency: currency))
    let time = try #require(LocalTime(digits: 20_301_231_235_959))
    let ticket = next.withLock { next in
      next += 1
      return next
    }
    let request = AuthorizationRequest(
      kind: kind,
      key: DuplicateKey(localTime: time, high: ticket, low: 7),
      content: ContentDigest(ticket),
      network: ledger.register(network: Self.name),
      card: vault.token(for: pan),
      number: CardNumberFacts(pan),
      expiry: expiry,
      amount: amount,
      trace: MessageTrace(
        processingCode: 0x3030_3030_3030,
        stan: ticket,
        acquirer: 123_456,
        retrievalReference: FixedText(bytes: "REF\(reference ?? ticket)".utf8),
        terminal: FixedText(bytes: "TERM0001".utf8),
        merchantCategory: category
      ),
      details: details
    )
    let inbox = try #require(inbox.withLock { $0 })
    return await withCheckedContinuation { continuation in
      waiting.withLock { $0[ticket] = continuation }
      let queued = ledger.submit(
        request,
        to: inbox,
        ticket: ticket,
        deadline: MonotonicTime.now().advanced(by: .seconds(30))
      )
      precondition(queued, "the ledger took no request")
    }
  }

  /// Sends a later message about the payment that the nth request began, named by its key.
  func follow(
    _ number: String,
    _ first: UInt64,
    _ minorUnits: Int64,
    kind: AuthorizationRequest.Kind,
    _ purpose: PaymentPurpose,
    function: UInt16,
    reasonCode: UInt16 = 0
  ) async throws -> AuthorizationOutcome {
    let time = try #require(LocalTime(digits: 20_301_231_235_959))
    let original = OriginalReference(
      kind: .hold,
      stan: first,
      localTime: time,
      acquirer: 123_456,
      keys: [DuplicateKey(localTime: time, high: first, low: 7)]
    )
    return try await authorize(
      number,
      minorUnits,
      kind: kind,
      reference: first,
      details: PaymentDetails(
        purpose: purpose,
        functionCode: function,
        reasonCode: reasonCode,
        original: original
      )
    )
  }
}
