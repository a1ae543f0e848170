import Authorization
import HTTPTypes
import JSON
import Ledger
import ServiceLifecycle
import Telemetry

/// The ordered feed of events (rows N-3, A-076).
struct Events {
  let services: ManagementServices

  var routes: [Route] {
    [.get("/secure/events", list), .get("/admin/events", list)]
  }

  @Sendable private func list(_ call: Call) async throws(Problem) -> Reply {
    try call.query.allow("after", "limit", "type", "wait")
    let limit = try call.query.limit()
    let wait = try call.query.wait()
    let after = try call.query.eventNumber("after", latest: services.ledger.lastEvent)
    let filter = EventFilter(partner: call.partner, type: try call.query.eventType())
    var page = try await page(after: after, limit: limit, filter)
    let waits = page.events.isEmpty && wait > 0
    if waits {
      let presence = await call.peerPresence()
      let deadline = MonotonicTime.now().advanced(by: .seconds(wait))
      let first = page
      page = try await services.waitingForEvents { () async throws(Problem) in
        try await next(behind: first, limit: limit, filter, until: deadline, presence)
      }
    }
    var reply = Reply { writer in
      writer.member("data", each: page.events) { (writer, event) in
        writer.object { EventRow(event: event).write(to: &$0) }
      }
      writer.member("hasMore", page.hasMore)
      // Always there: a follower goes on from here, also past what it was not shown.
      writer.member("next", String(page.next))
    }
    reply.hasWaited = waits
    return reply
  }

  /// The first page with an event behind an empty one, or an empty one when the time is over, the
  /// caller has gone or the daemon stops.
  private func next(
    behind empty: EventPage,
    limit: Int,
    _ filter: EventFilter,
    until deadline: MonotonicTime,
    _ presence: PeerPresence?
  ) async throws(Problem) -> EventPage {
    var page = empty
    while page.events.isEmpty {
      let now = MonotonicTime.now()
      let isOver =
        now >= deadline || Task.isCancelled || Task.isShuttingDownGracefully
        || !services.ledger.isServing || presence?.hasLeft ?? false
      guard !isOver else { return page }
      if services.ledger.lastEvent > page.next {
        // Looking through events is work and waits for its turn; waiting is none.
        guard (try? await services.requestPacer.wait()) != nil else { return page }
        page = try await self.page(after: page.next, limit: limit, filter)
      } else {
        let left = deadline.nanoseconds(since: now)
        let look = UInt64(ManagementLimits.eventLookMilliseconds) * 1_000_000
        try? await Task.sleep(nanoseconds: min(left, look))
      }
    }
    return page
  }

  private func page(
    after: UInt64,
    limit: Int,
    _ filter: EventFilter
  ) async throws(Problem) -> EventPage {
    do throws(LedgerError) {
      return try await services.ledger.events(after: after, limit: limit, where: filter)
    } catch {
      throw services.problem(error)
    }
  }
}

extension Query {
  /// A place in the event feed, 0 when absent.
  fileprivate func eventNumber(
    _ name: String,
    latest: @autoclosure () -> UInt64
  ) throws(Problem) -> UInt64 {
    guard let text = self[name] else { return 0 }
    if text == "latest" { return latest() }
    guard text.utf8.count <= 20, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let number = UInt64(text)
    else { throw .invalidParameter(name, "it must be the seq of an event, 0, or latest") }
    return number
  }

  /// How long to wait for an event, in seconds.
  fileprivate func wait() throws(Problem) -> Int {
    guard let text = self["wait"] else { return 0 }
    guard text.utf8.count <= 2, let seconds = Int(text),
      (0...ManagementLimits.longestEventWait).contains(seconds)
    else {
      throw .invalidParameter("wait", "it must be 0 to \(ManagementLimits.longestEventWait)")
    }
    return seconds
  }

  fileprivate func eventType() throws(Problem) -> EventType? {
    guard let text = self["type"] else { return nil }
    guard let type = EventType(rawValue: text) else {
      throw .invalidParameter("type", "it must be a type of event, as authorization.approved")
    }
    return type
  }
}
