import Authorization
import HTTPTypes
import JSON

/// The network's links: how they are, and messages to their peers (row E-49).
struct Links {
  let services: ManagementServices

  var routes: [Route] {
    [
      .get("/admin/links", list),
      .post("/admin/links/{linkId}/echo") { (call) async throws(Problem) in
        try await send(.echo, call)
      },
      .post("/admin/links/{linkId}/sign-on") { (call) async throws(Problem) in
        try await send(.signOn, call)
      },
      .post("/admin/links/{linkId}/sign-off") { (call) async throws(Problem) in
        try await send(.signOff, call)
      },
    ]
  }

  @Sendable private func list(_ call: Call) async throws(Problem) -> Reply {
    try call.query.allow("after", "limit")
    let limit = try call.query.limit()
    let after: NetworkLinkID? = try call.query.identifier("after")
    let links = services.networkLinks.list().filter { link in
      after.map { link.id > $0 } ?? true
    }
    return Page(found: Array(links.prefix(limit + 1)), limit: limit, cursor: \.id.text)
      .reply { $0.link($1) }
  }

  private func send(
    _ message: NetworkLinkMessage,
    _ call: Call
  ) async throws(Problem) -> Reply {
    try call.query.allow()
    try call.requireNoMembers()
    guard let id = call.parameters["linkId"].flatMap({ NetworkLinkID(text: $0) }) else {
      throw .linkNotFound
    }
    switch await services.networkLinks.send(message, to: id) {
    case .answered(let code, let time): return reply(isAnswered: true, code, time)
    case .unanswered(let time): return reply(isAnswered: false, nil, time)
    case .gone: throw .linkClosed
    case .busy: throw .linkBusy
    case .unknown: throw .linkNotFound
    }
  }

  private func reply(isAnswered: Bool, _ code: ActionCode?, _ time: Duration) -> Reply {
    let (seconds, attoseconds) = time.components
    return Reply { writer in
      writer.member("answered", isAnswered)
      writer.member("actionCode", code?.text)
      writer.member("microseconds", seconds * 1_000_000 + attoseconds / 1_000_000_000_000)
    }
  }
}

extension JSONWriter {
  /// Writes the members of a link.
  mutating func link(_ link: NetworkLink) {
    member("id", link.id.text)
    member("listener", link.listener)
    member("network", link.network)
    member("peer", link.peer)
    member("state", link.state.rawValue)
    member("connectedAt", link.connected.rfc3339)
    member("lastMessageAt", link.lastMessage?.rfc3339)
    member("received", link.received)
    member("answered", link.answered)
    member("inFlight", link.inFlight)
    member("echo") { writer in
      writer.member("lastSentAt", link.echoSent?.rfc3339)
      writer.member("lastAnsweredAt", link.echoAnswered?.rfc3339)
      writer.member("missed", link.echoMissed)
    }
    member("businessDay", link.businessDay.text)
  }
}

extension Problem {
  /// No link has the name.
  static let linkNotFound = Problem(
    .notFound,
    "LINK_NOT_FOUND",
    "No link has this id; links are named anew when they connect."
  )
  /// The link is no longer connected.
  static let linkClosed = Problem(
    .conflict,
    "LINK_CLOSED",
    "The link is no longer connected; its peer has to connect again."
  )
  /// Too much is under way.
  static let linkBusy = Problem(
    .serviceUnavailable,
    "LINK_BUSY",
    "Too many messages wait for answers on this link; try again.",
    isRetryable: true
  )
}
