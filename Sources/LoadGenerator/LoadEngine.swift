import Histogram
import NIOCore

/// Writes requests and books answers: everything of a load run that is not a socket.
///
/// One value per event loop; composing and receiving allocate nothing once the tables have grown.
struct LoadEngine {
  /// What one connection knows.
  struct Link {
    /// Tells the connections of a run apart, from 0.
    let number: UInt64
    var inFlight = InFlightTable()
    var nextSequence: UInt64 = 0
    /// Requests answered last, which repeats may follow.
    var repeatable = RecentSequences()

    init(number: UInt64) { self.number = number }
  }

  /// A request's place in the schedule: its intended time is worked out from its index, so that
  /// lateness in one request never moves the next.
  struct Schedule {
    let start: UInt64
    let interval: Double

    @inline(__always)
    func intended(_ index: UInt64) -> UInt64 { start &+ UInt64(Double(index) * interval) }
  }

  private(set) var report: LoadReport
  /// The longest framed request, in bytes.
  let largestRequest: Int

  private let framing: LinkFraming
  private let mix: LoadMix
  private let cards: [LoadCards.Packed]
  private let approving: [RequestTemplate?]
  private let declining: [RequestTemplate?]
  private let firstTrace: UInt64
  private let linkCount: UInt64
  private var state: UInt64
  private var reader = AnswerReader()
  private var now = ClockDigits(epochSecond: 0)
  private var nowSecond: Int64 = 0

  init(
    plan: LoadPlan,
    cards: LoadCards,
    templates: LoadTemplates,
    worker: Int,
    report: LoadReport
  ) {
    self.report = report
    self.framing = plan.framing
    self.mix = plan.mix
    self.cards = cards.cards
    self.approving = templates.approving
    self.declining = templates.declining
    self.largestRequest = templates.largest
    self.firstTrace = LoadTemplates.firstTrace(plan)
    self.linkCount = UInt64(plan.connections)
    self.state = plan.seed &+ UInt64(worker) &* 0xD6E8_FEB8_6659_FD93
  }

  /// Tells the second of the wall clock that DE 7 and DE 12 show.
  mutating func setClock(epochSecond: Int64) {
    guard epochSecond != nowSecond else { return }
    nowSecond = epochSecond
    now = ClockDigits(epochSecond: epochSecond)
  }

  /// Writes requests one after the other and notes them as waiting.
  ///
  /// - Parameters:
  ///   - count: How many.
  ///   - target: Has room for `count * largestRequest` bytes.
  ///   - link: The connection.
  ///   - first: The index of the first in the schedule, or `nil` when all are meant for `time`.
  ///   - schedule: The run's schedule.
  ///   - time: Now, in nanoseconds of the monotonic clock.
  /// - Returns: How many bytes were written.
  mutating func compose(
    _ count: Int,
    to target: UnsafeMutableRawPointer,
    link: inout Link,
    first: UInt64?,
    schedule: Schedule,
    time: UInt64
  ) -> Int {
    var written = 0
    for offset in 0..<count {
      let intended = first.map { schedule.intended($0 + UInt64(offset)) } ?? time
      written += composeOne(to: target + written, link: &link, intended: intended)
    }
    report.sent += UInt64(count)
    return written
  }

  private mutating func composeOne(
    to target: UnsafeMutableRawPointer,
    link: inout Link,
    intended: UInt64
  ) -> Int {
    let kind = Int(random() % 100)
    if kind >= mix.approve + mix.decline, let sequence = link.repeatable.pop(),
      let slot = link.inFlight.waitAgain(sequence: sequence, intended: intended)
    {
      report.repeats += 1
      return write(
        approving,
        to: target,
        slot: slot,
        link: link,
        isRepeat: true,
        local: ClockDigits(epochSecond: Int64(slot.second))
      )
    }
    let sequence = link.nextSequence
    link.nextSequence += 1
    let card = UInt32(truncatingIfNeeded: random() % UInt64(cards.count))
    let second = UInt32(truncatingIfNeeded: nowSecond)
    link.inFlight.insert(sequence: sequence, intended: intended, card: card, second: second)
    let declines = kind >= mix.approve && kind < mix.approve + mix.decline
    return write(
      declines ? declining : approving,
      to: target,
      slot: InFlightTable.Slot(
        sequence: sequence,
        intended: intended,
        card: card,
        second: second,
        isWaiting: true
      ),
      link: link,
      isRepeat: false,
      local: now
    )
  }

  @inline(__always)
  private func write(
    _ templates: [RequestTemplate?],
    to target: UnsafeMutableRawPointer,
    slot: InFlightTable.Slot,
    link: Link,
    isRepeat: Bool,
    local: ClockDigits
  ) -> Int {
    let card = cards[Int(slot.card)]
    guard let template = templates[Int(card.digits)] else {
      preconditionFailure("there is a template for every length among the cards")
    }
    template.write(
      to: target,
      card: card,
      trace: firstTrace + slot.sequence * linkCount + link.number,
      transmission: now,
      local: local,
      isRepeat: isRepeat
    )
    return template.bytes.count
  }

  /// Books every whole answer in `bytes`.
  ///
  /// - Returns: How many bytes were used, or `nil` when they cannot be cut into messages.
  mutating func receive(
    _ bytes: UnsafeRawBufferPointer,
    link: inout Link,
    time: UInt64
  ) -> Int? {
    var used = 0
    while true {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[used...])
      switch framing.find(in: rest) {
      case .incomplete: return used
      case .nonsense: return nil
      case .frame(let start, let total):
        if total > start {
          book(UnsafeRawBufferPointer(rebasing: rest[start..<total]), link: &link, time: time)
        }
        used += total
      }
    }
  }

  private mutating func book(
    _ message: UnsafeRawBufferPointer,
    link: inout Link,
    time: UInt64
  ) {
    guard let answer = reader.read(message), answer.trace >= firstTrace + link.number else {
      report.unexpected += 1
      return
    }
    let sequence = (answer.trace - firstTrace - link.number) / linkCount
    guard let slot = link.inFlight.take(sequence: sequence) else {
      report.unexpected += 1
      return
    }
    report.answered += 1
    report.latency.record(time > slot.intended ? time - slot.intended : 0)
    if answer.code < 1000 {
      report.approved += 1
      if mix.repeat > 0 { link.repeatable.push(sequence) }
    } else {
      report.declined[answer.code, default: 0] += 1
    }
  }

  /// Notes requests whose time came but which never left.
  mutating func noteUnsent(_ count: UInt64) { report.unsent += count }

  /// Notes a connection that broke.
  mutating func noteBrokenConnection() { report.brokenConnections += 1 }

  /// SplitMix64, written out here so that it is inlined.
  @inline(__always)
  private mutating func random() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
