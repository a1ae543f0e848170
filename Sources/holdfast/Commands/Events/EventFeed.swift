import Authorization
import JSON

/// The daemon's feed of events.
struct EventFeed: Sendable {
  /// A page of it.
  struct Page: Sendable {
    let events: [JSONValue]
    /// What to name as the place of the next page.
    let next: UInt64
    let hasMore: Bool
  }

  let session: Session
  let type: String?
  /// Whose events are shown; `nil` shows those of all partners.
  let partner: PartnerID?

  /// Asks for a page; waits so many seconds for the first event of it.
  func page(
    after place: EventPlaceArgument,
    limit: Int,
    waitSeconds: Int64
  ) async throws(CommandFailure) -> Page {
    let query = QueryText.of([
      ("after", place.text), ("limit", String(limit)), ("type", type),
      ("wait", waitSeconds > 0 ? String(waitSeconds) : nil),
    ])
    let path = (partner == nil ? "/admin/events" : "/secure/events") + query
    let answer = try await session.get(path, partner: partner)
    guard let events = answer["data"]?.elements, let hasMore = answer["hasMore"]?.boolean,
      let next = answer["next"]?.text.flatMap({ UInt64($0) })
    else { throw .badAnswer("The daemon's page of events is not one.") }
    if case .behind(let number) = place, next < number {
      throw .badAnswer("The daemon's feed of events goes back.")
    }
    return Page(events: events, next: next, hasMore: hasMore)
  }
}
