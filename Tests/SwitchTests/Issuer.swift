import Authorization
import CardCrypto
import Foundation
import ISO8583
import Ledger
import Switch
import Synchronization
import Telemetry
import Testing

/// A pipeline over a real ledger in a scratch directory, driven without sockets.
final class Issuer {
  let ledger: Ledger
  let vault: PANVault
  let directory: String
  private(set) var pipeline: AuthorizationPipeline
  let output = RecordingOutput()
  private let woken: DispatchSemaphore
  private let registry: MetricsRegistry
  private(set) var links: [UInt64: LinkRecord] = [:]
  let now = Mutex(Instant(microsecondsSinceEpoch: 1_795_343_415_000_000))

  /// The card of the vectors.
  static let pan = "4111111111111111"

  init(
    deposit: Int64 = 1_000_000,
    funds: Int64 = 100_000,
    requiresSignOn: Bool = false,
    echo: EchoSettings = EchoSettings(),
    institution: InstitutionID? = nil
  ) async throws {
    directory = FileManager.default.temporaryDirectory.path + "/switch-\(UUID().uuidString)"
    vault = try PANVault(key: VaultKey.random())
    let clock = Clock()
    var settings = Ledger.Settings(
      directory: directory,
      vaultFingerprint: vault.keyCheckValue.text
    )
    settings.clock = LedgerClock { clock.now }
    let registry = MetricsRegistry()
    ledger = try Ledger(settings, metrics: LedgerMetrics(registry: registry))
    let woken = DispatchSemaphore(value: 0)
    self.woken = woken
    var switchSettings = SwitchSettings(
      network: "test",
      ledger: ledger,
      vault: vault,
      metrics: SwitchMetrics(registry: registry)
    )
    switchSettings.clock = settings.clock
    switchSettings.requiresSignOn = requiresSignOn
    switchSettings.echo = echo
    switchSettings.institution = institution
    // A machine that is slow may not turn an approval into a refusal.
    switchSettings.answerWithin = .seconds(60)
    pipeline = AuthorizationPipeline(switchSettings) { woken.signal() }
    self.registry = registry
    open(1)
    open(2)
    try await found(deposit: deposit, funds: funds)
  }

  /// 2026-11-22 10:30:15 UTC, the time of the vectors.
  private final class Clock: Sendable {
    let now = Instant(microsecondsSinceEpoch: 1_795_343_415_000_000)
  }

  deinit {
    ledger.stop()
    try? FileManager.default.removeItem(atPath: directory)
  }

  /// Opens a link, as its listener would.
  func open(_ number: UInt64) {
    let record = LinkRecord(
      id: LinkID(number: number),
      listener: "test",
      peer: "127.0.0.1:1",
      opened: .now()
    )
    links[number] = record
    pipeline.linkOpened(record)
  }

  /// The value of a metric by its rendered name and labels.
  func metric(_ series: String) -> Int? {
    registry.render().split(separator: "\n").first { $0.hasPrefix(series + " ") }
      .flatMap { Int($0.dropFirst(series.count + 1)) }
  }

  private func found(deposit: Int64, funds: Int64) async throws {
    let euro = try #require(Currency(code: "EUR"))
    let range = try #require(BINRange(from: 411_111_000, to: 411_111_999))
    let pan = try #require(PAN(text: Self.pan))
    let sealed = try #require(SealedNumber(bytes: try vault.seal(pan).bytes))
    let draft = ProgramDraft(
      partner: PartnerID(1),
      name: "Acme EUR",
      binRange: range,
      currency: euro,
      funding: .deposit
    )
    let material = CardMaterial(
      token: vault.token(for: pan),
      sealedNumber: sealed,
      number: CardNumberFacts(pan),
      expiry: try #require(CardExpiry(yearMonth: 3012)),
      type: .virtual,
      status: .active
    )
    let outcome = try await ledger.perform(
      .importLines([
        .partner(reference: "p", name: "Acme"),
        .program(reference: "g", partner: "p", draft),
        .partnerBalance(
          partner: "p",
          .deposit,
          euro,
          reload: Amount(minorUnits: deposit, currency: euro)
        ),
        .customer(reference: "u", partner: "p", CustomerProfile(externalID: "1"), .strong),
        .balance(
          reference: "b",
          customer: "u",
          program: "g",
          euro,
          reload: Amount(minorUnits: funds, currency: euro)
        ),
        .card(reference: "c", balance: "b", material),
      ])
    )
    guard case .imported(let results) = outcome else {
      Issue.record("an import answers with results")
      return
    }
    #expect(results.map(\.status) == Array(repeating: .created, count: 6))
  }

  /// Sends frames and waits for the answers of those that are decided.
  func exchange(_ frames: [[UInt8]], on link: UInt64 = 1) -> [FrameDisposition] {
    output.clear()
    var pending = 0
    let dispositions = frames.map { frame in
      let disposition = frame.withUnsafeBytes {
        pipeline.accept(
          $0,
          header: .none,
          from: LinkID(number: link),
          at: .now(),
          into: output
        )
      }
      if disposition == .pending { pending += 1 }
      return disposition
    }
    let target = output.answers.count + pending
    while output.answers.count < target {
      guard woken.wait(timeout: .now() + .seconds(60)) == .success else {
        Issue.record("no answer within a minute")
        break
      }
      pipeline.collect(into: output)
    }
    return dispositions
  }

  /// Sends one message and returns its answer.
  func answer(to bytes: [UInt8], on link: UInt64 = 1) throws -> [UInt8] {
    _ = exchange([bytes], on: link)
    return try #require(output.answers.first)
  }

  /// Sends one message and returns its answer as elements.
  func answer(to message: Message, on link: UInt64 = 1) throws -> Message {
    try Message(unpacking: try answer(to: try message.packed(), on: link))
  }
}

/// Keeps answers in the order in which they were given.
final class RecordingOutput: FrameOutput {
  private(set) var answers: [[UInt8]] = []

  func clear() { answers = [] }

  func answer(_ link: LinkID, _ header: FrameHeader, _ message: UnsafeRawBufferPointer) {
    answers.append(Array(message))
  }

  func withdraw(_ link: LinkID) {}

  /// What was sent that answers nothing, with the link that it was sent on.
  private(set) var sent: [(link: LinkID, bytes: [UInt8])] = []

  func send(_ link: LinkID, _ header: FrameHeader, _ message: UnsafeRawBufferPointer) {
    sent.append((link, Array(message)))
  }
}

extension Message {
  /// An element as text.
  subscript(_ element: Element) -> String? {
    get {
      switch fields[element] {
      case .text(let text): text
      case .binary(let bytes): bytes.map { String(format: "%02X", $0) }.joined()
      case .composite, nil: nil
      }
    }
    set { fields[element] = newValue.map { .text($0) } }
  }

  /// A network management message with a function code.
  static func management(_ function: String) throws -> Message {
    var message = Message(type: try #require(MessageType(text: "2804")), fields: [:])
    message[.transmissionTime] = "1122103300"
    message[.stan] = "000000000901"
    message[.localTime] = "20261122103300"
    message[.functionCode] = function
    message[.forwarder] = "98765432100"
    return message
  }

  /// A purchase of EUR 10.00 with every mandatory element.
  static func purchase(stan: Int) throws -> Message {
    var message = Message(type: try #require(MessageType(text: "2100")), fields: [:])
    message[.pan] = Issuer.pan
    message[.processingCode] = "000000"
    message[.amountTransaction] = "9782000000001000"
    message[.transmissionTime] = "1122103015"
    message[.stan] = String(format: "%012d", stan)
    message[.localTime] = "20261122113015"
    message[.expirationDate] = "3012"
    message.fields[.posDataCode] = .binary([0x20] + Array(repeating: 0, count: 15))
    message[.functionCode] = "100"
    message[.merchantCategory] = "5411"
    message[.acquirer] = "12345678901"
    message[.retrievalReference] = String(format: "R%011d", stan)
    message[.terminal] = "TERM0001        "
    message[.merchant] = "MERCHANT0000001"
    return message
  }
}
