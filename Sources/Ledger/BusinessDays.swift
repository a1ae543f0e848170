import Authorization

/// The business days of all networks, as the writer knows them: the newest of each, and which network
/// has which number in this process.
struct BusinessDays {
  /// The newest day of each network that ever had one.
  private var newest: [String: NetworkDay] = [:]
  /// The newest day of all.
  private var last = NetworkDayID.none
  /// The networks of this process, at their numbers.
  private var networks: [String] = [""]
  /// The days of the networks of this process, at their numbers.
  private var present: [NetworkDayID] = [.none]
  /// When the calendar moves one of these days.
  private var due = Instant(microsecondsSinceEpoch: .max)

  /// The day on which a network's message counts.
  @inline(__always)
  func day(of network: NetworkID) -> NetworkDayID { present[Int(network.number)] }

  /// How many networks there are in this process.
  var networkCount: Int { networks.count - 1 }

  /// Learns of a day that the books hold, or that has just begun; days come in their order.
  mutating func add(_ day: NetworkDay) {
    newest[day.network] = day
    last = max(last, day.id)
    if let network = networks.firstIndex(of: day.network), network > 0 { present[network] = day.id }
  }

  /// Whether a day has to be begun before the next message is decided.
  @inline(__always)
  func isDue(networks count: Int, at now: Instant) -> Bool { count != networkCount || now >= due }

  /// Takes up networks in the order of their numbers.
  /// - Parameters:
  ///   - names: all networks of this process.
  ///   - now: the instant of the batch.
  /// - Returns: the days that begin now by the calendar, to be made durable and given to `add`.
  mutating func begin(networks names: [String], at now: Instant) -> [NetworkDay] {
    for name in names.dropFirst(networkCount) {
      networks.append(name)
      present.append(newest[name]?.id ?? .none)
    }
    let today = BusinessDay(of: now)
    due = Instant(
      microsecondsSinceEpoch: today.advanced(byDays: 1).daysSinceEpoch * 86_400_000_000
    )
    var begun: [NetworkDay] = []
    for name in networks.dropFirst() where !state(of: name).isCutOver {
      // Stamps never go back, so neither does a day that the calendar gives.
      guard newest[name].map({ $0.day < today }) ?? true else { continue }
      begun.append(next(UInt16(begun.count), name, today, now, nil))
    }
    return begun
  }

  /// What a cut-over makes of a network's day.
  enum Change {
    /// It begins a day, or settles that the present one was meant.
    case begins(NetworkDay)
    /// It changes nothing.
    case nothing
    /// It names a day that cannot be.
    case refused
  }

  /// What a cut-over makes of a network's day; the networks must have been taken up.
  func change(_ cutOver: CutOver, of network: NetworkID, at now: Instant) -> Change {
    let name = networks[Int(network.number)]
    var state = state(of: name)
    let before = state
    guard let day = state.cutOver(cutOver, at: now) else { return .refused }
    guard let present = newest[name] else { return .begins(next(0, name, day, now, cutOver)) }
    if before.isCutOver, day == present.day { return .nothing }
    guard day == present.day else { return .begins(next(0, name, day, now, cutOver)) }
    var settled = present
    settled.cutOver = cutOver
    return .begins(settled)
  }

  /// The newest days, by network.
  var all: [String: NetworkDay] { newest }

  private func state(of network: String) -> BusinessDayState {
    guard let day = newest[network], let cutOver = day.cutOver else { return BusinessDayState() }
    return BusinessDayState(day: day.day, begunBy: cutOver)
  }

  private func next(
    _ offset: UInt16,
    _ network: String,
    _ day: BusinessDay,
    _ now: Instant,
    _ cutOver: CutOver?
  ) -> NetworkDay {
    let (number, isTooLarge) = last.number.addingReportingOverflow(1 + offset)
    // One network has 179 years.
    precondition(!isTooLarge, "the numbers of business days are used up")
    return NetworkDay(
      id: NetworkDayID(number),
      network: network,
      day: day,
      began: now,
      cutOver: cutOver
    )
  }
}
