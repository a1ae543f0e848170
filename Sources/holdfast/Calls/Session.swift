import Authorization
import JSON
import ManagementClient

/// The calls of one command to the daemon.
struct Session: Sendable {
  private let client: ManagementClient

  /// Calls over a client.
  init(_ client: ManagementClient) { self.client = client }

  /// Reads.
  func get(_ path: String, partner: PartnerID? = nil) async throws(CommandFailure) -> JSONValue {
    try Self.document(
      try await send(ManagementRequest("GET", path, headers: Self.headers(partner)), key: nil)
    )
  }

  /// Reads text of another type than JSON, or a state that a status carries: any answer will do.
  func answer(_ path: String) async throws(CommandFailure) -> ManagementResponse {
    try await send(ManagementRequest("GET", path), key: nil)
  }

  /// Changes something, under an idempotency key: when the connection breaks, the same call is sent
  /// once more, and the daemon does the work once whatever reached it.
  func change(
    _ method: String,
    _ path: String,
    _ body: JSONValue? = nil,
    partner: PartnerID? = nil,
    key: IdempotencyOptions
  ) async throws(CommandFailure) -> JSONValue {
    var headers = Self.headers(partner)
    headers.append(("X-Idempotency-Key", key.value))
    if body != nil { headers.append(("Content-Type", "application/json")) }
    let request = ManagementRequest(
      method,
      path,
      headers: headers,
      body: body.map { Array($0.compact.utf8) } ?? []
    )
    let response: ManagementResponse
    do throws(CommandFailure) {
      response = try await send(request, key: key.value)
    } catch .noAnswer(let first, _) where Self.mayHaveArrived(first) {
      do throws(CommandFailure) {
        response = try await send(request, key: key.value)
      } catch .noAnswer(let second, let key) {
        // The first call may have been carried out, whatever kept the second from arriving.
        throw .noAnswer(Self.mayHaveArrived(second) ? second : first, key: key)
      }
    }
    return try Self.document(response)
  }

  /// Asks for something that is not remembered and must not be asked twice by itself.
  func act(_ path: String) async throws(CommandFailure) -> JSONValue {
    try Self.document(try await send(ManagementRequest("POST", path), key: nil))
  }

  /// Asks for something that counts each time it is asked, and is never sent twice.
  func changeOnce(
    _ method: String,
    _ path: String,
    _ body: JSONValue
  ) async throws(CommandFailure) -> JSONValue {
    let request = ManagementRequest(
      method,
      path,
      headers: [("Content-Type", "application/json")],
      body: Array(body.compact.utf8)
    )
    return try Self.document(try await send(request, key: nil))
  }

  /// Streams lines there and results back.
  func stream(
    _ path: String,
    body: @escaping @Sendable (BodyWriter) async throws -> Void,
    line: @escaping @Sendable ([UInt8]) async throws -> Void
  ) async throws(CommandFailure) {
    let request = ManagementRequest(
      "POST",
      path,
      headers: [("Content-Type", "application/x-ndjson")]
    )
    let response: ManagementResponse
    do throws(ManagementClientError) {
      response = try await client.stream(request, body: body, line: line)
    } catch {
      throw .noAnswer(error, key: nil)
    }
    guard response.isSuccess else {
      throw .refused(Problem(status: response.status, body: response.body))
    }
  }

  /// Closes the connections.
  func close() async { await client.shutdown() }

  private func send(
    _ request: ManagementRequest,
    key: String?
  ) async throws(CommandFailure) -> ManagementResponse {
    do throws(ManagementClientError) {
      return try await client.send(request)
    } catch {
      throw .noAnswer(error, key: key)
    }
  }

  private static func mayHaveArrived(_ error: ManagementClientError) -> Bool {
    switch error {
    case .connectionLost, .timedOut: true
    default: false
    }
  }

  private static func headers(_ partner: PartnerID?) -> [(name: String, value: String)] {
    partner.map { [("X-Partner", $0.text)] } ?? []
  }

  private static func document(
    _ response: ManagementResponse
  ) throws(CommandFailure) -> JSONValue {
    guard response.isSuccess else {
      throw .refused(Problem(status: response.status, body: response.body))
    }
    guard !response.body.isEmpty else { return .object([]) }
    do throws(JSONSyntaxError) {
      return try JSONValue(parsing: response.body)
    } catch {
      throw .badAnswer("The daemon's answer is not JSON: \(error).")
    }
  }
}
