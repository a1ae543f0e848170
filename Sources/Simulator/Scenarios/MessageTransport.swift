/// Carries one message to the issuer and its answer back.
public protocol MessageTransport: Sendable {
  /// Sends a message, without framing, and waits for its answer.
  ///
  /// - Returns: The answer, or `nil` when none came in time.
  /// - Throws: When the issuer cannot be reached or the connection broke.
  func exchange(_ message: [UInt8]) async throws -> [UInt8]?

  /// Sends a message that asks for no answer, and waits a moment for one all the same.
  ///
  /// - Returns: The answer, or `nil` when none came.
  /// - Throws: When the issuer cannot be reached or the connection broke.
  func notify(_ message: [UInt8]) async throws -> [UInt8]?
}

extension MessageTransport {
  /// Waits as for any other message.
  public func notify(_ message: [UInt8]) async throws -> [UInt8]? { try await exchange(message) }
}
