/// Carries one call to the management side.
public protocol ManagementTransport: Sendable {
  /// Makes a call and waits for its answer.
  ///
  /// - Parameters:
  ///   - method: The HTTP method.
  ///   - path: Path and query.
  ///   - headers: Header fields beyond those that HTTP itself needs.
  ///   - body: The body; empty for none.
  /// - Returns: Status and body of the answer, whatever the status.
  /// - Throws: When no answer came.
  func call(
    _ method: String,
    _ path: String,
    headers: [(name: String, value: String)],
    body: [UInt8]
  ) async throws -> (status: Int, body: [UInt8])
}
