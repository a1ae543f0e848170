/// The business day of one network and the rules by which it moves (row A-007).
public struct BusinessDayState: Hashable, Sendable {
  /// How far a cut-over may go beyond the calendar: further is a mistake, and a day never goes back.
  public static let reach: Int64 = 31

  /// The day, once a cut-over has named one.
  private var current: BusinessDay?
  private var last: CutOver?

  /// The state before the first cut-over.
  public init() {}

  /// The state after a cut-over that began a day.
  public init(day: BusinessDay, begunBy cutOver: CutOver) {
    current = day
    last = cutOver
  }

  /// Whether the calendar has no say any longer.
  public var isCutOver: Bool { current != nil }

  /// The business day; the calendar's, in UTC, before the first cut-over.
  public func day(at now: Instant) -> BusinessDay { current ?? BusinessDay(of: now) }

  /// Begins the day that a cut-over names, else the next one.
  ///
  /// The same message sent again, known by DE 11 and DE 12, moves nothing, nor does the day that has
  /// begun already.
  ///
  /// - Returns: The day from now on; `nil`, and nothing has changed, for a day that is past or more than
  ///   `reach` days beyond the calendar's.
  public mutating func cutOver(_ cutOver: CutOver, at now: Instant) -> BusinessDay? {
    let present = day(at: now)
    if cutOver == last { return present }
    let next = cutOver.day ?? present.advanced(byDays: 1)
    guard next >= present, next <= BusinessDay(of: now).advanced(byDays: Self.reach) else {
      return nil
    }
    current = next
    last = cutOver
    return next
  }
}
