import Authorization
import CThreads
import Cryptography
import HTTPTypes
import Hummingbird
import JSON
import Ledger
import Logging
import NIOCore
import Telemetry

/// Takes a request to its resource and turns whatever comes out into an answer.
struct ManagementResponder: HTTPResponder {
  /// What the server hands to a request.
  struct Context: InitializableFromSource {
    /// The request's connection.
    let channel: any Channel

    init(source: ApplicationRequestContextSource) { channel = source.channel }
  }

  let routes: RouteTable
  let services: ManagementServices
  /// Answers by class of status; five fixed names, so that callers cannot make new series.
  private let answers: [Counter]
  private let latency: LatencyHistogram

  init(routes: RouteTable, services: ManagementServices) {
    self.routes = routes
    self.services = services
    answers = (1...5).map {
      services.metrics.counter(
        "holdfast_management_requests_total",
        help: "Management requests answered, by status.",
        labels: ["status": "\($0)xx"]
      )
    }
    latency = services.metrics.histogram(
      "holdfast_management_request_seconds",
      help: "Time from a management request's header to its answer."
    )
  }

  func respond(to request: Request, context: Context) async throws -> Response {
    // Also for each thread of the shared pool that comes here: nothing else runs on them.
    thread_stay_behind(ManagementLimits.nice)
    let started = MonotonicTime.now()
    try await services.requestPacer.wait()
    let requestID = Self.requestID(request.headers[.requestID])
    var pattern = "none"
    var response: Response
    var hasWaited = false
    do {
      let reply = try await reply(to: request, on: context.channel, requestID, &pattern)
      hasWaited = reply.hasWaited
      response = Response(
        status: reply.status,
        headers: [.contentType: reply.contentType],
        body: reply.body
      )
      if reply.status == .noContent { response.headers = [:] }
    } catch let problem as Problem {
      var writer = JSONWriter()
      problem.write(to: &writer, requestID: requestID)
      response = Response(
        status: problem.status,
        headers: [.contentType: "application/json"],
        body: ResponseBody(byteBuffer: writer.buffer)
      )
      if let allow = problem.allow { response.headers[.allow] = allow }
    }
    response.headers[.requestID] = requestID
    if request.method == .head { response = response.createHeadResponse() }
    let finished = MonotonicTime.now()
    if !hasWaited { latency.record(from: started, to: finished) }
    answers[max(1, min(5, response.status.code / 100)) - 1].add()
    services.logger.log(
      level: request.method == .get ? .debug : .info,
      "management request",
      metadata: [
        "method": "\(Self.methodName(request.method))", "route": "\(pattern)",
        "status": "\(response.status.code)", "requestId": "\(requestID)",
        "microseconds": "\(finished.nanoseconds(since: started) / 1000)",
      ]
    )
    return response
  }

  private func reply(
    to request: Request,
    on channel: any Channel,
    _ requestID: String,
    _ pattern: inout String
  ) async throws -> Reply {
    // A browser sends this header; no program of ours does. Pages on the web must not reach the
    // daemon through the browser of somebody who works on its machine.
    guard request.headers[.origin] == nil else {
      throw Problem(
        .forbidden,
        "ORIGIN_REFUSED",
        "Requests from web pages are not accepted.",
        field: "Origin"
      )
    }
    let target = request.head.path ?? ""
    let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let path = parts.first ?? ""
    let (route, parameters) = try routes.find(request.method, path)
    pattern = route.pattern
    let query = try Query(parts.count > 1 ? parts[1] : nil)
    let partner = try await partner(of: request, route)
    var body: [UInt8] = []
    if case .plain = route.action { body = try await collect(request) }
    let call = Call(
      head: request.head,
      path: path,
      parameters: parameters,
      query: query,
      partner: partner,
      body: body,
      requestID: requestID,
      channel: channel
    )
    switch route.action {
    case .plain(let action): return try await action(call)
    case .streaming(let action): return try await action(call, request.body)
    }
  }

  /// The partner that a call under `/secure` acts for.
  private func partner(
    of request: Request,
    _ route: Route
  ) async throws(Problem) -> PartnerID? {
    guard route.components.first == .text("secure"), let text = request.headers[.partner] else {
      return nil
    }
    guard let id = PartnerID(text: text), try await services.isPartner(id) else {
      var problem = Problem(CommandRefusal.partnerNotFound)
      problem.field = "X-Partner"
      throw problem
    }
    return id
  }

  private func collect(_ request: Request) async throws -> [UInt8] {
    let limit = services.limits.bodyBytes
    let tooLarge = Problem(
      .contentTooLarge,
      "BODY_TOO_LARGE",
      "The body has more than \(limit) bytes."
    )
    if let length = request.headers[.contentLength] {
      guard let length = Int(length), length <= limit else { throw tooLarge }
    }
    var body: [UInt8] = []
    for try await part in request.body {
      guard body.count + part.readableBytes <= limit else { throw tooLarge }
      body.append(contentsOf: part.readableBytesView)
    }
    return body
  }

  /// The caller's name for a request where it is harmless to repeat, otherwise a new one.
  private static func requestID(_ sent: String?) -> String {
    if let sent, (1...64).contains(sent.utf8.count), sent.utf8.allSatisfy(isNameByte) {
      return sent
    }
    let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
    return "req_"
      + String(
        decoding: SecureRandom.bytes(20).map { alphabet[Int($0 & 31)] },
        as: UTF8.self
      )
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "_"),
      UInt8(ascii: "."):
      true
    default: false
    }
  }

  /// Methods are free text on the wire, and a log holds no text of strangers.
  private static func methodName(_ method: HTTPRequest.Method) -> String {
    let known: [HTTPRequest.Method] = [.get, .post, .put, .delete, .patch, .head, .options]
    return known.contains(method) ? method.rawValue : "OTHER"
  }
}
