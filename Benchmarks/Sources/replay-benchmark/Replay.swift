import Authorization
import CardCrypto
import Cryptography
import ISO8583
import NIOCore
import Telemetry

@testable import Ledger
@testable import Switch
@testable import SwitchServer

/// The messages, the cards and the loops of the measurements.
final class Replay {
  /// Enough that neither card nor message is in the processor's cache because of its last use.
  static let cards = 10_000
  /// What one read of the network's gives at most.
  private static let chunkBytes = 65_536

  private let purchases: Purchases
  private let chunks: [ByteBuffer]
  private let ledger: TableLedger
  private let mapping: RequestMapping
  private let pipeline: AuthorizationPipeline
  private let sink = FrameSink()
  // Unchecked, as the switch has it.
  @exclusivity(unchecked) private var answer = PreparedAnswer()
  /// Behind pointers, as the switch keeps it: a property would be guarded at each use.
  private let layout: UnsafeMutablePointer<MessageLayout>
  private let requests: UnsafeMutablePointer<AuthorizationRequest>
  private let record: AuthorizationRecord
  private var nextChunk = 0

  init(messages: Int) throws {
    purchases = Purchases(count: messages, cards: Self.cards)
    let bytes = purchases.bytes
    chunks = stride(from: 0, to: bytes.count, by: Self.chunkBytes).map {
      ByteBuffer(bytes: bytes[$0..<min($0 + Self.chunkBytes, bytes.count)])
    }
    let vault = try PANVault(key: VaultKey(SecretBytes(count: 32) { _ in }))
    let ledger = try TableLedger(cards: Self.cards, vault: vault)
    self.ledger = ledger
    mapping = RequestMapping(vault: vault, network: "network")
    pipeline = AuthorizationPipeline(
      SwitchSettings(
        network: "network",
        ledger: ledger,
        vault: vault,
        metrics: SwitchMetrics(registry: MetricsRegistry())
      )
    ) {}
    let first = purchases.message(0)
    layout = .allocate(capacity: 1)
    layout.initialize(to: MessageLayout())
    try MessageLayout.parse(bytes.span.bytes.extracting(first), into: &layout.pointee)
    requests = .allocate(capacity: 1)
    try mapping.map(
      MessageView(bytes.span.bytes.extracting(first), at: layout),
      .hold,
      into: requests
    )
    record = ledger.record(of: requests.pointee)
  }

  private static func kind(of message: borrowing MessageView) -> AuthorizationRequest.Kind {
    message.type.messageClass == .authorization ? .hold : .debit
  }

  /// Does a step for a number of messages.
  func run(_ step: Step, _ count: Int) throws {
    switch step {
    case .frame: frame(count)
    case .parse: try forEachParsed(count) { _, _ in }
    case .map:
      try forEachParsed(count) { message, _ in
        try mapping.map(message, Self.kind(of: message), into: requests)
      }
    case .decide: for _ in 0..<count { _ = ledger.record(of: requests.pointee) }
    case .effect: encode(count, isSealed: false)
    case .seal: encode(count, isSealed: true)
    case .answer: try forEachParsed(count) { message, index in answer(message, index) }
    case .whole: try whole(count, isSealed: false)
    case .sealed: try whole(count, isSealed: true)
    }
  }

  private func encode(_ count: Int, isSealed: Bool) {
    var left = count
    while left > 0 {
      ledger.beginEntry()
      for _ in 0..<min(left, 512) { ledger.encode(record) }
      if isSealed { ledger.seal() }
      left -= 512
    }
  }

  @inline(__always)
  private func forEachParsed(
    _ count: Int,
    _ body: (borrowing MessageView, Int) throws -> Void
  ) throws {
    let purchases = purchases
    let bytes = purchases.bytes.span.bytes
    var place = 0
    for index in 0..<count {
      let message = bytes.extracting(unchecked: purchases.message(place))
      place = place + 1 == purchases.count ? 0 : place + 1
      try MessageLayout.parse(message, into: &layout.pointee)
      try body(MessageView(message, at: layout), index)
    }
  }

  private func answer(_ message: borrowing MessageView, _ index: Int) {
    guard let response = message.type.response else { return }
    answer.prepare(message, byteCount: 352, ReplyPlan(message, response))
    let bytes = answer.complete(
      .approved,
      ApprovalCode(AuthorizationID(UInt64(index))),
      sent: 0x11_22_10_30_15
    )
    sink.answer(LinkID(number: 1), .none, bytes)
    if index & 127 == 127 { sink.flush() }
  }

  /// The next read of the network's; begins again behind the last.
  private func receive(_ decoder: inout FrameDecoder) {
    decoder.receive(chunks[nextChunk])
    nextChunk = nextChunk + 1 == chunks.count ? 0 : nextChunk + 1
  }

  /// Begins with the first bytes of the link.
  private func startOver() -> FrameDecoder {
    nextChunk = 0
    return FrameDecoder(framing: .nac2, hasTPDU: false, maximumFrameBytes: 16_384)
  }

  private func frame(_ count: Int) {
    var decoder = startOver()
    var left = count
    while left > 0 {
      receive(&decoder)
      while left > 0, case .frame(_, let place)? = try? decoder.next() {
        _ = decoder.message(at: place)
        left -= 1
      }
      decoder.release()
    }
  }

  private func whole(_ count: Int, isSealed: Bool) throws {
    let link = LinkID(number: 1)
    var decoder = startOver()
    let before = (approved: ledger.approved, answered: sink.answered)
    var left = count
    while left > 0 {
      receive(&decoder)
      let now = MonotonicTime.now()
      while left > 0, case .frame(let header, let place)? = try? decoder.next() {
        let message = decoder.message(at: place)
        _ = pipeline.accept(message, header: header, from: link, at: now, into: sink)
        left -= 1
      }
      decoder.release()
      ledger.decideBatch(isSealed: isSealed)
      pipeline.collect(into: sink)
      sink.flush()
    }
    let approved = ledger.approved - before.approved
    let answered = sink.answered - before.answered
    guard approved == count, answered == count else {
      throw ReplayError.notAnswered(approved: approved, answered: answered, of: count)
    }
  }
}
