import Simulator

extension MessageLink: MessageTransport {
  /// Sends a message and waits five seconds for its answer.
  public func exchange(_ message: [UInt8]) async throws -> [UInt8]? {
    try await exchange(message, milliseconds: 5_000)
  }

  /// Sends a message and waits half a second for an answer that should not come.
  public func notify(_ message: [UInt8]) async throws -> [UInt8]? {
    try await exchange(message, milliseconds: 500)
  }
}
