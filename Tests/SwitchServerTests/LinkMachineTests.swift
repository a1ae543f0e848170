import Telemetry
import Testing

@testable import SwitchServer

struct LinkMachineTests {
  /// One line of a transcript: what happens, at which millisecond, and what must be done.
  private struct Step {
    var event: LinkEvent
    var milliseconds: Int64
    var action: LinkAction

    init(_ milliseconds: Int64, _ event: LinkEvent, _ action: LinkAction = .none) {
      self.event = event
      self.milliseconds = milliseconds
      self.action = action
    }
  }

  private static let limits = LinkLimits(
    maximumInFlight: 4,
    maximumQueuedBytes: 1000,
    maximumBufferedBytes: 500,
    maximumKeepAlivesPerSecond: 3,
    halfFrameTimeout: .seconds(1),
    idleTimeout: .seconds(10),
    stallTimeout: .seconds(2),
    drainTimeout: .seconds(5),
    lingerTimeout: .milliseconds(500)
  )

  private static func time(_ milliseconds: Int64) -> MonotonicTime {
    MonotonicTime(nanoseconds: 1_000_000_000_000).advanced(by: .milliseconds(milliseconds))
  }

  /// Plays a transcript and gives the machine's phase at its end.
  @discardableResult
  private static func play(
    _ steps: [Step],
    limits: LinkLimits = limits,
    sourceLocation: SourceLocation = #_sourceLocation
  ) -> (phase: LinkPhase, mayRead: Bool, mayTakeFrame: Bool) {
    var machine = LinkMachine(limits: limits, openedAt: time(0))
    for (index, step) in steps.enumerated() {
      let action = machine.on(step.event, at: time(step.milliseconds))
      #expect(action == step.action, "step \(index): \(step)", sourceLocation: sourceLocation)
    }
    return (machine.phase, machine.mayRead, machine.mayTakeFrame)
  }

  @Test func `frames are taken and settled without anything else to do`() {
    let end = Self.play([
      Step(0, .received(bufferedBytes: 100)), Step(0, .frame), Step(0, .frame),
      Step(0, .decoded(remainingBytes: 0)), Step(1, .settled), Step(2, .settled), Step(3, .tick),
    ])
    #expect(end.phase == .open)
    #expect(end.mayRead)
  }

  @Test func `at the in-flight limit reading stops until a quarter is settled`() {
    var steps = (0..<4).map { _ in Step(0, .frame) }
    #expect(!Self.play(steps).mayTakeFrame)
    #expect(!Self.play(steps).mayRead)
    steps.append(Step(1, .settled, .resume))
    #expect(Self.play(steps).mayRead)
    var wide = Self.limits
    wide.maximumInFlight = 8
    Self.play(
      (0..<8).map { _ in Step(0, .frame) } + [Step(1, .settled), Step(2, .settled, .resume)],
      limits: wide
    )
    var single = Self.limits
    single.maximumInFlight = 1
    let end = Self.play([Step(0, .frame), Step(1, .settled, .resume)], limits: single)
    #expect(end.mayTakeFrame)
  }

  @Test func `unread answers stop reading and then close the link`() {
    var steps = [Step(0, .frame), Step(10, .writability(false))]
    #expect(!Self.play(steps).mayRead)
    let recovered = Self.play(steps + [Step(1000, .writability(true), .resume), Step(2100, .tick)])
    #expect(recovered.mayRead)
    steps += [
      Step(11, .writability(false)), Step(2009, .tick), Step(2010, .tick, .close(.notReading)),
    ]
    #expect(Self.play(steps).phase == .closed(.notReading))
  }

  @Test func `reading goes on only when neither limit holds it back`() {
    let full = (0..<4).map { _ in Step(0, .frame) }
    Self.play(
      full + [
        Step(1, .writability(false)), Step(2, .settled), Step(3, .writability(true), .resume),
      ]
    )
    Self.play(
      full + [
        Step(1, .writability(false)), Step(2, .writability(true)), Step(3, .settled, .resume),
      ]
    )
  }

  @Test func `more queued answers than allowed close the link`() {
    Self.play([
      Step(0, .writability(false)), Step(0, .queued(bytes: 1000)),
      Step(0, .queued(bytes: 1001), .close(.outputLimit)),
    ])
  }

  @Test func `more bytes ahead than allowed close the link`() {
    Self.play([
      Step(0, .received(bufferedBytes: 500)),
      Step(0, .received(bufferedBytes: 501), .close(.inputLimit)),
    ])
  }

  @Test func `a half frame is timed from its first byte, not its last`() {
    Self.play([
      Step(0, .received(bufferedBytes: 1)), Step(0, .decoded(remainingBytes: 1)),
      Step(900, .received(bufferedBytes: 2)), Step(900, .decoded(remainingBytes: 2)),
      Step(999, .tick), Step(1000, .tick, .flush),
    ])
  }

  @Test func `a completed frame ends the wait, and the next half frame has its own`() {
    Self.play([
      Step(0, .decoded(remainingBytes: 3)), Step(900, .frame),
      Step(900, .decoded(remainingBytes: 1)), Step(1000, .tick), Step(1899, .tick),
      Step(1900, .tick), Step(1901, .settled, .flush),
    ])
  }

  @Test func `a peer that does not answer is given what is in flight before its link ends`() {
    let end = Self.play([
      Step(0, .frame), Step(1, .unanswered), Step(2, .settled, .flush), Step(3, .unanswered),
    ])
    #expect(end.phase.closeReason == .echoMissed)
    #expect(Self.play([Step(0, .unanswered, .flush)]).phase.closeReason == .echoMissed)
  }

  @Test func `a link listens while it takes frames, and anew after it was held back`() {
    var machine = LinkMachine(limits: Self.limits, openedAt: Self.time(0))
    let since = machine.listening
    #expect(since == Self.time(0))
    for (event, milliseconds, action, listening) in [
      (LinkEvent.writability(false), 100, LinkAction.none, MonotonicTime?.none),
      (.writability(true), 300, .resume, Self.time(300)),
      (.stop, 400, .flush, nil),
    ] {
      let taken = machine.on(event, at: Self.time(Int64(milliseconds)))
      let now = machine.listening
      #expect(taken == action)
      #expect(now == listening)
    }
  }

  @Test func `time in which reading was held back does not count against the peer`() {
    Self.play([
      Step(0, .frame), Step(0, .decoded(remainingBytes: 3)), Step(500, .writability(false)),
      Step(1500, .tick), Step(1600, .writability(true), .resume), Step(2599, .tick),
      Step(2600, .tick), Step(2601, .settled, .flush),
    ])
  }

  @Test func `a silent link is closed, one with a frame in flight is not`() {
    Self.play([Step(9999, .tick), Step(10_000, .tick, .flush)])
    Self.play([Step(0, .frame), Step(60_000, .tick)])
    Self.play([
      Step(5000, .received(bufferedBytes: 2)), Step(5000, .keepAlive, .answerKeepAlive),
      Step(14_999, .tick), Step(15_000, .tick, .flush),
    ])
    var patient = Self.limits
    patient.idleTimeout = .zero
    Self.play([Step(1_000_000, .tick)], limits: patient)
  }

  @Test func `keep-alives are answered up to their rate`() {
    let three = (0..<3).map { _ in Step(0, .keepAlive, .answerKeepAlive) }
    Self.play(three + [Step(999, .keepAlive, .flush)])
    Self.play(three + [Step(1000, .keepAlive, .answerKeepAlive)])
  }

  @Test func `after a fault what is in flight is answered and then the link ends`() {
    let end = Self.play([
      Step(0, .frame), Step(0, .frame), Step(0, .fault(.frameTooLong)), Step(1, .settled),
      Step(2, .settled, .flush), Step(3, .flushed, .closeOutput),
      Step(4, .inputClosed, .close(.frameTooLong)),
    ])
    #expect(end.phase == .closed(.frameTooLong))
  }

  @Test func `a peer that stays after our end is left after a while`() {
    let steps = [Step(0, .fault(.badLength), .flush), Step(1, .flushed, .closeOutput)]
    #expect(Self.play(steps).mayRead)
    Self.play(steps + [Step(500, .tick), Step(501, .tick, .close(.badLength))])
  }

  @Test func `answers that never come are waited for within bounds`() {
    Self.play([
      Step(0, .frame), Step(0, .unreadable), Step(4999, .tick),
      Step(5000, .tick, .close(.unreadable)),
    ])
  }

  @Test func `answers that cannot be written are waited for within bounds`() {
    Self.play([
      Step(0, .stop, .flush), Step(1, .writability(false)), Step(4999, .tick),
      Step(5000, .tick, .close(.stopped)),
    ])
  }

  @Test func `a peer that closes its side is answered completely`() {
    Self.play([
      Step(0, .frame), Step(1, .inputClosed, .resume), Step(1, .decoded(remainingBytes: 0)),
      Step(2, .settled, .flush), Step(3, .flushed, .close(.peerClosed)),
    ])
  }

  @Test func `frames held back when the peer closes its side are still taken`() {
    Self.play(
      (0..<4).map { _ in Step(0, .frame) } + [
        Step(1, .inputClosed), Step(2, .settled, .resume), Step(2, .frame),
        Step(3, .settled, .resume), Step(3, .decoded(remainingBytes: 0)), Step(4, .settled),
        Step(5, .settled), Step(6, .settled, .flush), Step(7, .flushed, .close(.peerClosed)),
      ]
    )
  }

  @Test func `half a frame is not waited for when the peer has closed its side`() {
    Self.play([
      Step(0, .decoded(remainingBytes: 9)), Step(1, .inputClosed, .resume),
      Step(1, .decoded(remainingBytes: 9), .flush), Step(2, .flushed, .close(.peerClosed)),
    ])
  }

  @Test func `stopping answers what is in flight and takes no more`() {
    let steps = [Step(0, .frame), Step(1, .stop), Step(1, .stop)]
    #expect(!Self.play(steps).mayTakeFrame)
    #expect(!Self.play(steps).mayRead)
    Self.play(steps + [Step(2, .settled, .flush), Step(3, .flushed, .closeOutput)])
  }

  @Test func `a broken connection ends everything at once`() {
    let end = Self.play([
      Step(0, .frame), Step(1, .disconnected, .close(.connectionError)), Step(2, .settled),
      Step(2, .frame), Step(2, .tick), Step(2, .flushed), Step(2, .disconnected),
    ])
    #expect(end.phase == .closed(.connectionError))
    #expect(!end.mayTakeFrame && !end.mayRead)
    Self.play([
      Step(0, .frame), Step(0, .fault(.badLength)), Step(1, .disconnected, .close(.badLength)),
    ])
  }

  @Test func `no run of events makes a link take a frame beyond its limit`() {
    let seed = UInt64.random(in: .min ... .max)
    var random = SeededGenerator(seed: seed)
    for _ in 0..<500 {
      var machine = LinkMachine(limits: Self.limits, openedAt: Self.time(0))
      var milliseconds: Int64 = 0
      var ends = 0
      for _ in 0..<200 {
        milliseconds += Int64.random(in: 0...400, using: &random)
        let event: LinkEvent
        switch Int.random(in: 0..<12, using: &random) {
        case 0...4:
          guard machine.mayTakeFrame else { continue }
          event = .frame
        case 5...7:
          guard machine.inFlight > 0 else { continue }
          event = .settled
        case 8: event = .writability(Bool.random(using: &random))
        case 9: event = .tick
        case 10: event = .received(bufferedBytes: Int.random(in: 0...300, using: &random))
        default:
          let rare = [
            LinkEvent.inputClosed, .stop, .flushed, .decoded(remainingBytes: 0), .keepAlive,
          ]
          event = rare.randomElement(using: &random) ?? .tick
        }
        if case .close = machine.on(event, at: Self.time(milliseconds)) { ends += 1 }
        #expect(machine.inFlight <= Self.limits.maximumInFlight, "seed \(seed)")
        #expect(machine.inFlight >= 0)
      }
      // Whatever happened, a link that is told to stop is gone once its time is over.
      for wait: Int64 in [0, 6000, 6000] {
        milliseconds += wait
        let event = wait == 0 ? LinkEvent.stop : .tick
        if case .close = machine.on(event, at: Self.time(milliseconds)) { ends += 1 }
      }
      #expect(ends == 1, "seed \(seed)")
    }
  }
}
