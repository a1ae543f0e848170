import Authorization

/// Which local times (DE 12) messages that the books hold were sent at: a message whose time no posted
/// message has is new, without a look into the tree.
///
/// A network's messages carry the present second, and what is posted is some seconds old, so nearly all
/// messages are known to be new from here. Where terminals of several time zones or with wrong clocks
/// share a second the tree is asked, as it would be without this.
struct PostedTimes {
  /// Of what was posted before, nothing is later than this; anything up to it may be there.
  private var horizon: UInt64
  /// The times behind the horizon at which something was posted.
  private var later: Set<UInt64> = []

  /// - Parameter newest: the latest time of any message in the books; `nil` for books without.
  init(newest: LocalTime?) { horizon = newest?.digits ?? 0 }

  /// Whether the books may hold a message of that time.
  @inline(__always)
  func mayHold(_ time: LocalTime) -> Bool {
    time.digits <= horizon || later.contains(time.digits)
  }

  /// Messages of these times were posted.
  mutating func add(_ times: Set<UInt64>) {
    later.formUnion(times.lazy.filter { [horizon] in $0 > horizon })
    guard later.count > LedgerLimits.postedTimes else { return }
    horizon = later.max() ?? horizon
    later.removeAll()
  }
}
