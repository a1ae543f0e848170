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

  private(set) var report: LoadReport
  /// This second's part of the report.
  private(set) var interval = IntervalTally()
  /// The longest framed request, in bytes.
  let largestRequest: Int

  private let framing: LinkFraming
  private let mix: LoadMix
  private let cards: LoadCards
  private let mixTotal: UInt64
  private let affordable: [RequestTemplate?]
  private let unaffordable: [RequestTemplate?]
  private let firstTrace: UInt64
  private let linkCount: UInt64
  private var state: UInt64
  private var reader = AnswerReader()
  private var now = ClockDigits(epochSecond: 0)
  private var nowSecond: Int64 = 0

  /// A request that leaves so many nanoseconds after its time is late.
  private static let lateness: UInt64 = 1_000_000

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
    self.cards = cards
    self.mixTotal = plan.mix.total
    self.affordable = templates.affordable
    self.unaffordable = templates.unaffordable
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

  /// Forgets this second's part, to begin the next one.
  mutating func resetInterval() { interval.reset() }

  /// Writes requests that are due, one after the other, and notes them as waiting.
  ///
  /// - Parameters:
  ///   - limit: How many at most.
  ///   - target: Has room for `limit * largestRequest` bytes.
  ///   - link: The connection.
  ///   - schedule: Says when they are due.
  ///   - time: Now, in nanoseconds of the monotonic clock.
  ///   - wasHeldBack: Whether connections took nothing when they were due.
  /// - Returns: How many bytes and how many requests were written.
  mutating func composeDue(
    _ limit: Int,
    to target: UnsafeMutableRawPointer,
    link: inout Link,
    schedule: inout ArrivalSchedule,
    time: UInt64,
    wasHeldBack: Bool
  ) -> (bytes: Int, count: Int) {
    var written = 0
    var count = 0
    var late: UInt64 = 0
    while count < limit, schedule.next <= time {
      let intended = schedule.take()
      if time - intended > LoadEngine.lateness { late += 1 }
      written += composeOne(to: target + written, link: &link, intended: intended)
      count += 1
    }
    if wasHeldBack { report.heldBack += late } else { report.late += late }
    return (written, count)
  }

  /// Writes requests that are meant for now and notes them as waiting.
  ///
  /// - Parameters:
  ///   - count: How many.
  ///   - target: Has room for `count * largestRequest` bytes.
  ///   - link: The connection.
  ///   - time: Now, in nanoseconds of the monotonic clock.
  /// - Returns: How many bytes were written.
  mutating func composeNow(
    _ count: Int,
    to target: UnsafeMutableRawPointer,
    link: inout Link,
    time: UInt64
  ) -> Int {
    var written = 0
    for _ in 0..<count {
      written += composeOne(to: target + written, link: &link, intended: time)
    }
    return written
  }

  private mutating func composeOne(
    to target: UnsafeMutableRawPointer,
    link: inout Link,
    intended: UInt64
  ) -> Int {
    report.sent += 1
    interval.sent += 1
    let choice = random()
    let share = mixTotal == 1 ? 0 : choice >> 32 % mixTotal
    if share >= UInt64(mix.approvals) + UInt64(mix.declines),
      let sequence = link.repeatable.pop(),
      let slot = link.inFlight.waitAgain(sequence: sequence, intended: intended)
    {
      report.classes[RequestKind.repeatClass].sent += 1
      let first = ClockDigits(epochSecond: Int64(slot.second))
      let isMarked = choice & 1 == 0
      return write(
        slot,
        to: target,
        link: link,
        isRepeat: isMarked,
        transmission: isMarked ? now : first,
        local: first
      )
    }
    var kind = RequestKind.approval
    if share >= UInt64(mix.approvals), share < UInt64(mix.approvals) + UInt64(mix.declines) {
      kind = RequestKind.declines[Int(choice & 0xFFFF) % RequestKind.declines.count]
    }
    report.classes[Int(kind.rawValue)].sent += 1
    let slot = InFlightTable.Slot(
      sequence: link.nextSequence,
      intended: intended,
      card: UInt32(truncatingIfNeeded: random() % UInt64(cards.count)),
      second: UInt32(truncatingIfNeeded: nowSecond),
      kind: kind
    )
    link.nextSequence += 1
    link.inFlight.insert(slot)
    return write(slot, to: target, link: link, isRepeat: false, transmission: now, local: now)
  }

  @inline(__always)
  private func write(
    _ slot: InFlightTable.Slot,
    to target: UnsafeMutableRawPointer,
    link: Link,
    isRepeat: Bool,
    transmission: ClockDigits,
    local: ClockDigits
  ) -> Int {
    var card = cards[Int(slot.card)]
    switch slot.kind {
    case .approval, .insufficientFunds: break
    case .expiredCard: card = card.expired
    case .unknownCard: card = card.unissued
    }
    let templates = slot.kind == .insufficientFunds ? unaffordable : affordable
    guard let template = templates[Int(card.digits)] else {
      preconditionFailure("there is a template for every length among the cards")
    }
    template.write(
      to: target,
      card: card,
      trace: firstTrace + slot.sequence * linkCount + link.number,
      transmission: transmission,
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
      report.strays += 1
      return
    }
    let sequence = (answer.trace - firstTrace - link.number) / linkCount
    guard let slot = link.inFlight.take(sequence: sequence) else {
      report.strays += 1
      return
    }
    let latency = time > slot.intended ? time - slot.intended : 0
    report.answered += 1
    report.lastAnswer = time
    interval.answered += 1
    interval.latency.record(latency)
    if answer.code < 1000 {
      report.approved += 1
    } else {
      report.declined[answer.code, default: 0] += 1
    }
    let position = slot.isRepeat ? RequestKind.repeatClass : Int(slot.kind.rawValue)
    if answer.code == 9107 || answer.code == 9109 {
      report.refusedLatency.record(latency)
      report.classes[position].refused += 1
      interval.refused += 1
      return
    }
    report.acceptedLatency.record(latency)
    let isExpected = slot.isRepeat ? answer.code == slot.code : slot.kind.expects(answer.code)
    if !isExpected {
      report.classes[position].unexpected[answer.code, default: 0] += 1
    } else if slot.isRepeat, answer.approval != slot.approval {
      report.classes[position].otherApprovalCodes += 1
    } else {
      report.classes[position].expected += 1
    }
    if mix.repeats > 0, !slot.isRepeat {
      link.inFlight.remember(code: answer.code, approval: answer.approval, sequence: sequence)
      link.repeatable.push(sequence)
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
