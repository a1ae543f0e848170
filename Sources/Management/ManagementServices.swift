import Authorization
import CardCrypto
import HTTPTypes
import Ledger
import Logging
import Synchronization
import Telemetry

/// What the resources work with.
final class ManagementServices: Sendable {
  let ledger: Ledger
  let vault: PANVault
  let metrics: MetricsRegistry
  let logger: Logger
  let links: @Sendable () -> LinkReadiness
  let networkLinks: any NetworkLinks
  let version: String
  let started: Instant
  let limits: ManagementLimits
  /// The turns of requests, and of lines of imports, while authorizations come.
  let requestPacer: Pacer
  let importPacer: Pacer
  /// The clock that can be set forward; `nil` on the machine's.
  let virtualClock: VirtualClock?
  let holdExpiry: HoldExpiry
  let proofThread = BlockingThread(name: "holdfast-proof")
  private let isProving = Mutex(false)
  private let waitingEventReaders = Mutex(0)
  /// Partners that were found once: they never go away, so they need not be looked up again.
  private let knownPartners = Mutex<Set<PartnerID>>([])

  init(
    ledger: Ledger,
    vault: PANVault,
    metrics: MetricsRegistry,
    logger: Logger,
    version: String,
    started: Instant,
    limits: ManagementLimits,
    virtualClock: VirtualClock? = nil,
    holdExpiry: HoldExpiry? = nil,
    links: @escaping @Sendable () -> LinkReadiness,
    networkLinks: any NetworkLinks = NoNetworkLinks()
  ) {
    self.ledger = ledger
    self.vault = vault
    self.metrics = metrics
    self.logger = logger
    self.version = version
    self.started = started
    self.limits = limits
    self.virtualClock = virtualClock
    self.holdExpiry = holdExpiry ?? HoldExpiry(ledger: ledger)
    self.links = links
    self.networkLinks = networkLinks
    requestPacer = Pacer(
      ledger.traffic,
      perSecond: limits.sharedRequestsPerSecond,
      burst: limits.sharedRequestsAtOnce
    )
    importPacer = Pacer(
      ledger.traffic,
      perSecond: limits.sharedImportLinesPerSecond,
      burst: limits.sharedImportLinesAtOnce
    )
  }

  /// Reads the books; at least as new as every answer given so far.
  func read<Value>(
    _ body: (BooksView) throws(LedgerError) -> Value
  ) async throws(Problem) -> Value {
    do throws(LedgerError) {
      return try await ledger.read(body)
    } catch {
      throw problem(error)
    }
  }

  /// Reads something that may not be there.
  func find<Value>(
    orElse refusal: CommandRefusal,
    _ body: (BooksView) throws(LedgerError) -> Value?
  ) async throws(Problem) -> Value {
    guard let value = try await read(body) else { throw Problem(refusal) }
    return value
  }

  /// Executes a command; a refusal becomes a problem.
  func perform(
    _ command: ManagementCommand,
    _ identity: RequestIdentity?
  ) async throws(Problem) -> CommandOutcome {
    let outcome: CommandOutcome
    do throws(LedgerError) {
      outcome = try await ledger.perform(command, identity: identity)
    } catch {
      throw problem(error)
    }
    if case .refused(let refusal) = outcome { throw Problem(refusal) }
    return outcome
  }

  /// What a fault is in HTTP; what callers are not told goes to the log.
  func problem(_ error: LedgerError) -> Problem {
    let problem = Problem(error)
    if problem.status.code >= 500, error != .busy, error != .stopped {
      logger.error("The ledger failed.", metadata: ["fault": "\(error)"])
    }
    return problem
  }

  /// Whether a partner exists.
  func isPartner(_ id: PartnerID) async throws(Problem) -> Bool {
    if knownPartners.withLock({ $0.contains(id) }) { return true }
    let exists = try await read { (view) throws(LedgerError) in try view.partner(id) != nil }
    if exists { knownPartners.withLock { _ = $0.insert(id) } }
    return exists
  }

  /// Does something as one of the readers that wait for events, whose number is bounded.
  func waitingForEvents<Value>(
    _ body: () async throws(Problem) -> Value
  ) async throws(Problem) -> Value {
    let isLet = waitingEventReaders.withLock { count in
      guard count < limits.waitingEventReaders else { return false }
      count += 1
      return true
    }
    guard isLet else { throw .tooManyWaiting }
    defer { waitingEventReaders.withLock { $0 -= 1 } }
    return try await body()
  }

  /// Runs the proof on its own thread; one at a time, since each reads everything there is.
  func prove() async throws(Problem) -> Proof {
    let isFirst = isProving.withLock { isProving in
      defer { isProving = true }
      return !isProving
    }
    guard isFirst else { throw .proofRunning }
    defer { isProving.withLock { $0 = false } }
    let ledger = ledger
    let result = await withTaskExecutorPreference(proofThread) {
      () async -> Result<Proof, LedgerError> in
      do throws(LedgerError) { return .success(try await ledger.prove()) } catch {
        return .failure(error)
      }
    }
    do throws(LedgerError) { return try result.get() } catch { throw problem(error) }
  }
}

extension CommandOutcome {
  /// The partner that a command answered with; another kind is a broken invariant and traps.
  var partner: PartnerRecord {
    guard case .partner(let record) = self else { Self.mismatch() }
    return record
  }

  /// The programme that a command answered with.
  var program: ProgramRecord {
    guard case .program(let record) = self else { Self.mismatch() }
    return record
  }

  /// The user that a command answered with.
  var customer: CustomerRecord {
    guard case .customer(let record) = self else { Self.mismatch() }
    return record
  }

  /// The balance that a command answered with.
  var account: (id: AccountID, record: AccountRecord) {
    guard case .account(let id, let record) = self else { Self.mismatch() }
    return (id, record)
  }

  /// The card that a command answered with.
  var card: (CardRecord, CardDetailRecord) {
    guard case .card(let card, let detail) = self else { Self.mismatch() }
    return (card, detail)
  }

  /// The payment that a command answered with.
  var authorization: AuthorizationRecord {
    guard case .authorization(let record) = self else { Self.mismatch() }
    return record
  }

  /// The merchant group that a command answered with.
  var merchantGroup: MerchantGroup {
    guard case .merchantGroup(let group) = self else { Self.mismatch() }
    return group
  }

  /// The rate that a command answered with.
  var exchangeRate: ExchangeRate {
    guard case .exchangeRate(let rate) = self else { Self.mismatch() }
    return rate
  }

  /// What a trial came to.
  var trial: DryRun {
    guard case .tried(let trial) = self else { Self.mismatch() }
    return trial
  }

  private static func mismatch() -> Never {
    preconditionFailure("a command answered with another kind of object than it makes")
  }
}
