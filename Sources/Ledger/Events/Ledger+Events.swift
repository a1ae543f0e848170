import Synchronization

extension Ledger {
  /// The last durable event, 0 while there is none: one load, so that those who wait for news may look
  /// often.
  public var lastEvent: UInt64 { writer.lastEvent.load(ordering: .acquiring) }

  /// Reads events in order, out of the journal.
  ///
  /// Costs the writer nothing, but for events about objects that are so new that the books do not have
  /// them yet. What one call looks at is bounded, so that a page may have fewer events than asked for,
  /// even none, and yet more behind it.
  ///
  /// - Parameters:
  ///   - after: the event before the first one; 0 begins with the first of all.
  ///   - limit: how many at most, 1 or more; beyond `LedgerLimits.eventsPerPage` it counts as that.
  ///   - filter: which ones.
  /// - Returns: the events; none when `after` is the last one or later.
  /// - Throws: `LedgerError`.
  public func events(
    after: UInt64,
    limit: Int,
    where filter: EventFilter = EventFilter()
  ) async throws(LedgerError) -> EventPage {
    let last = lastEvent
    guard after < last else { return EventPage(events: [], next: after, hasMore: false) }
    let limit = min(max(limit, 1), LedgerLimits.eventsPerPage)
    let reader = EventReader(journal: journal, type: filter.type)
    var page = EventPage(events: [], next: after, hasMore: true)
    var budget = LedgerLimits.eventsPerRead
    while page.events.count < limit, page.next < last, budget > 0 {
      let wanted = limit - page.events.count
      let (found, read) = try reader.read(
        after: page.next,
        through: last,
        // Of what is read for one partner, most may be others'.
        limit: filter.partner == nil ? wanted : LedgerLimits.eventsPerPage,
        budget: budget
      )
      let shown = try await resolve(found, filter)
      page.events += shown.prefix(wanted)
      let next = shown.count > wanted ? shown[wanted - 1].number : read
      // A read may have passed entries without events too.
      budget -= Int(next - page.next) + LedgerLimits.entriesWithoutEvents
      page.next = next
    }
    page.hasMore = page.next < last
    return page
  }

  private func resolve(
    _ found: [EventReader.Found],
    _ filter: EventFilter
  ) async throws(LedgerError) -> [LedgerEvent] {
    let posted = try glance { (books) throws(LedgerError) in
      try Self.resolve(found, filter, NewestBooks(posted: books, newest: nil))
    }
    if let posted { return posted }
    // Something is newer than the books: what is known is asked of the writer, as by any other read.
    let newest = try await read { (view) throws(LedgerError) in
      try Self.resolve(found, filter, view.books)
    }
    guard let newest else { throw .damaged("an event is about an object that is not in the books") }
    return newest
  }

  /// The events that are shown; `nil` when the books do not know all of their objects.
  private static func resolve(
    _ found: [EventReader.Found],
    _ filter: EventFilter,
    _ books: NewestBooks
  ) throws(LedgerError) -> [LedgerEvent]? {
    var resolver = EventResolver(books: books, partner: filter.partner)
    var events: [LedgerEvent] = []
    var isComplete = true
    events.reserveCapacity(found.count)
    for event in found {
      switch try resolver.resolve(event) {
      case .event(let event): events.append(event)
      case .hidden: break
      // Looked at to the end all the same: a read learns of all that is missing in one round.
      case .unknown: isComplete = false
      }
    }
    return isComplete ? events : nil
  }
}
