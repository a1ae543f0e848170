import JSON
import ManagementClient

extension Daemon {
  /// A call that must succeed, with header fields of its own.
  func act(
    _ path: String,
    _ body: JSONValue?,
    _ headers: [(name: String, value: String)]
  ) async throws {
    let response = try await management.send(
      ManagementRequest("POST", path, headers: headers, body: body?.bytes ?? [])
    )
    guard response.isSuccess else {
      throw TestFailure("POST \(path) gave \(response.status): \(response.text)")
    }
  }
}
