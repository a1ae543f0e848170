import Authorization
import CardCrypto
import ISO8583
import Switch
import Synchronization
import Telemetry
import Testing

@testable import Ledger

/// Outcomes on their way from the writer to the event loop.
struct OutcomeDeliveryTests {
  /// Takes requests and delivers outcomes when it is told to.
  private final class ManualAuthorizer: Authorizer {
    private struct State {
      var inbox: (any OutcomeInbox)?
      var tickets: [UInt64] = []
    }

    private let state = Mutex(State())

    func register(_ inbox: any OutcomeInbox) -> InboxID {
      state.withLock { $0.inbox = inbox }
      return InboxID(index: 0)
    }

    func register(network name: String) -> NetworkID { .none }

    func submit(
      moving request: UnsafeMutablePointer<AuthorizationRequest>,
      to inbox: InboxID,
      ticket: UInt64,
      deadline: MonotonicTime
    ) -> Bool {
      request.deinitialize(count: 1)
      state.withLock { $0.tickets.append(ticket) }
      return true
    }

    func submit(
      _ cutOver: CutOver,
      of network: NetworkID,
      to inbox: InboxID,
      ticket: UInt64
    ) -> Bool { false }

    /// Delivers approvals of the oldest requests as one batch; what is left of the batch.
    func deliver(_ count: Int) -> [AuthorizationOutcome] {
      let (inbox, tickets) = state.withLock { state in
        defer { state.tickets.removeFirst(count) }
        return (state.inbox, Array(state.tickets.prefix(count)))
      }
      var outcomes = tickets.map {
        AuthorizationOutcome(
          ticket: $0,
          origin: .decided,
          actionCode: .approved,
          approvalCode: ApprovalCode(AuthorizationID($0)),
          authorization: AuthorizationID($0),
          decided: Instant(microsecondsSinceEpoch: 1_795_343_415_000_000)
        )
      }
      inbox?.deliver(&outcomes)
      return outcomes
    }
  }

  @Test func `batches that come before the loop looks are all answered, in order and once`() throws
  {
    let authorizer = ManualAuthorizer()
    let wakes = Atomic(0)
    let pipeline = AuthorizationPipeline(
      SwitchSettings(
        network: "test",
        ledger: authorizer,
        vault: try PANVault(key: .random()),
        metrics: SwitchMetrics(registry: MetricsRegistry())
      )
    ) { wakes.wrappingAdd(1, ordering: .relaxed) }
    let output = RecordingOutput()
    var next = 1
    // Batches between two looks; the arrays change hands and are used again from round to round.
    for batches in [[1], [2, 3], [1, 1, 4], [5], [2, 2]] {
      output.clear()
      let first = next
      for _ in 0..<batches.reduce(0, +) {
        let bytes = try Message.purchase(stan: next).packed()
        let disposition = bytes.withUnsafeBytes {
          pipeline.accept(
            $0,
            header: .none,
            from: LinkID(number: 1),
            at: .now(),
            into: output
          )
        }
        #expect(disposition == .pending)
        next += 1
      }
      for count in batches { #expect(authorizer.deliver(count).isEmpty) }
      pipeline.collect(into: output)
      pipeline.collect(into: output)
      let traces = try output.answers.map { try Message(unpacking: $0)[.stan].flatMap { Int($0) } }
      #expect(traces == Array(first..<next))
    }
    #expect(wakes.load(ordering: .relaxed) == 9)
  }
}
