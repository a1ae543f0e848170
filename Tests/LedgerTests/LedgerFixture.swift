import Authorization
import Foundation
import Telemetry
import Testing

@testable import Ledger

/// A ledger in a directory of its own that goes with it.
final class LedgerFixture {
  let path: String
  private let keepsDirectory: Bool
  let clock: TestClock
  private var running: Ledger?
  private(set) var inbox = CollectingInbox()
  private var inboxID: InboxID
  private var tickets: UInt64 = 0
  private var serial: UInt64 = 0
  private var requestKeys: UInt64 = 0
  /// Whose requests are submitted where they name no network; `nil` for nobody's.
  private let network: String?

  static let fingerprint = "test-vault"

  /// Opens a ledger; a new directory keeps its journal in what is asked for.
  init(
    path: String? = nil,
    clock: TestClock = TestClock(),
    journal: JournalKind? = nil,
    network: String? = nil
  ) throws {
    self.network = network
    self.path = path ?? Self.newPath()
    keepsDirectory = path != nil
    self.clock = clock
    let opened = try Self.open(self.path, clock) { $0.journal = journal }
    inboxID = opened.register(inbox)
    running = opened
  }

  var ledger: Ledger {
    guard let running else { preconditionFailure("the ledger is not open") }
    return running
  }

  deinit {
    running?.stop()
    if !keepsDirectory { try? FileManager.default.removeItem(atPath: path) }
  }

  static func newPath() -> String {
    FileManager.default.temporaryDirectory.path + "/holdfast-ledger-\(UUID().uuidString)"
  }

  static func open(
    _ path: String,
    _ clock: TestClock = TestClock(),
    fingerprint: String = fingerprint,
    configure: (inout Ledger.Settings) -> Void = { _ in }
  ) throws -> Ledger {
    var settings = Ledger.Settings(directory: path, vaultFingerprint: fingerprint)
    settings.clock = clock.ledgerClock
    settings.fault = { Issue.record("the ledger failed: \($0)") }
    configure(&settings)
    return try Ledger(settings, metrics: LedgerMetrics(registry: MetricsRegistry()))
  }

  /// Stops the ledger, lets `body` look at the files, and opens it again.
  func restart(_ body: () throws -> Void = {}) throws {
    running?.stop()
    // The old ledger must be gone before its files are opened again.
    running = nil
    try body()
    let reopened = try Self.open(path, clock)
    inbox = CollectingInbox()
    inboxID = reopened.register(inbox)
    running = reopened
  }

  // MARK: Requests

  func nextSerial() -> UInt64 {
    serial += 1
    return serial
  }

  /// Submits requests one after another and waits for all the outcomes, in the order of requests.
  @discardableResult
  func submit(_ requests: [AuthorizationRequest]) async throws -> [AuthorizationOutcome] {
    let first = tickets
    tickets += UInt64(requests.count)
    let deadline = MonotonicTime.now().advanced(by: .seconds(120))
    let network = network.map { ledger.register(network: $0) } ?? .none
    for (offset, request) in requests.enumerated() {
      var request = request
      if request.network == .none { request.network = network }
      let ticket = first + UInt64(offset)
      while !ledger.submit(request, to: inboxID, ticket: ticket, deadline: deadline) {
        guard ledger.isServing else { throw LedgerError.stopped }
        await Task.yield()
      }
    }
    let outcomes = await inbox.take(requests.count)
    return try (0..<requests.count).map { try #require(outcomes[first + UInt64($0)]) }
  }

  @discardableResult
  func submit(_ request: AuthorizationRequest) async throws -> AuthorizationOutcome {
    try #require(try await submit([request]).first)
  }

  /// A new message for a card.
  @discardableResult
  func authorize(
    _ card: TestCard,
    _ amount: Amount,
    kind: AuthorizationRequest.Kind = .hold
  ) async throws -> AuthorizationOutcome {
    try await submit(try card.request(nextSerial(), amount, kind: kind))
  }

  /// Sends a cut-over and waits for its outcome.
  func cutOver(_ cutOver: CutOver, of network: String) async throws -> ActionCode {
    let ticket = tickets
    tickets += 1
    let id = ledger.register(network: network)
    #expect(ledger.submit(cutOver, of: id, to: inboxID, ticket: ticket))
    return try #require(await inbox.take(1)[ticket]).actionCode
  }

  // MARK: Commands

  func nextIdentity(content: UInt64 = 1) -> RequestIdentity {
    requestKeys += 1
    return RequestIdentity(key: RequestKey(high: 77, low: requestKeys), content: content)
  }

  /// Executes a command that must not be refused.
  @discardableResult
  func accept(_ command: ManagementCommand) async throws -> CommandOutcome {
    let outcome = try await ledger.perform(command)
    if case .refused(let refusal) = outcome { Issue.record("refused: \(refusal)") }
    return outcome
  }

  /// Executes a command and says why it was refused, if it was.
  func refusal(
    _ command: ManagementCommand,
    _ identity: RequestIdentity? = nil
  ) async throws -> CommandRefusal? {
    guard case .refused(let refusal) = try await ledger.perform(command, identity: identity) else {
      return nil
    }
    return refusal
  }

  /// Imports lines of which none may be refused; their ids.
  @discardableResult
  func importLines(_ lines: [ImportLine]) async throws -> [String] {
    var ids: [String] = []
    for start in stride(from: 0, to: lines.count, by: LedgerLimits.importLinesPerCommand) {
      let part = Array(lines[start..<min(lines.count, start + LedgerLimits.importLinesPerCommand)])
      guard case .imported(let results) = try await ledger.perform(.importLines(part)) else {
        Issue.record("an import answers with its lines")
        return []
      }
      for result in results {
        #expect(result.status == .created)
        ids.append(try #require(result.id))
      }
    }
    return ids
  }

  // MARK: Reading

  func balance(_ id: BalanceID) async throws -> AccountRecord {
    try #require(try await ledger.read { (view) throws(LedgerError) in try view.balance(id) })
  }

  func partnerBalance(
    _ partner: PartnerID,
    _ kind: ManagementCommand.PartnerBalanceKind,
    _ currency: Currency
  ) async throws -> AccountRecord {
    let found = try await ledger.read { (view) throws(LedgerError) in
      try view.partnerBalance(partner, kind, currency)
    }
    return try #require(found).1
  }

  func card(_ id: CardID) async throws -> CardRecord {
    let found = try await ledger.read { (view) throws(LedgerError) in try view.card(id) }
    return try #require(found).0
  }

  /// The totals of a network's day in a currency; `nil` when it has none.
  func dayTotals(
    of network: String,
    on day: BusinessDay?,
    _ currency: Currency
  ) async throws -> DayTotals? {
    try await ledger.read { (view) throws(LedgerError) in
      try view.dayTotals(on: day, of: network).first?.totals.first { $0.currency == currency }?
        .totals
    }
  }

  func expectConsistent(_ location: SourceLocation = #_sourceLocation) async throws {
    let proof = try await ledger.prove()
    #expect(proof.isConsistent, "\(proof.differences)", sourceLocation: location)
    for currency in proof.currencies {
      #expect(currency.sum == .zero, sourceLocation: location)
    }
  }
}
