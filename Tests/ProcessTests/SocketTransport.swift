import ManagementClient
import Simulator

/// Scenario calls over the management socket.
struct SocketTransport: ManagementTransport {
  let client: ManagementClient

  func call(
    _ method: String,
    _ path: String,
    headers: [(name: String, value: String)],
    body: [UInt8]
  ) async throws -> (status: Int, body: [UInt8]) {
    let answer = try await client.send(
      ManagementRequest(method, path, headers: headers, body: body)
    )
    return (answer.status, answer.body)
  }
}
