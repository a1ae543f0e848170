/// Why a call to the management side brought no answer.
///
/// An answer that refuses the call is no error of this type: it is a `ManagementResponse`.
public enum ManagementClientError: Error, Hashable, Sendable {
  /// Nothing accepts connections at the address; the command line tools leave with status 69.
  case unreachable(ManagementEndpoint, reason: String)
  /// The answer did not come within the time limit, in milliseconds.
  case timedOut(ManagementEndpoint, milliseconds: Int64)
  /// The connection broke before the answer was complete; whether the call was carried out is
  /// unknown, so only a call with an idempotency key may simply be sent again.
  case connectionLost(ManagementEndpoint, reason: String)
  /// The answer, or one line of it, is longer than the limit in bytes.
  case responseTooLarge(limit: Int)
  /// The call cannot be written as HTTP: a method, path or header field holds forbidden characters.
  case invalidRequest
  /// The source of a streamed body failed; the text says how.
  case bodyFailed(String)
  /// The receiver of streamed lines failed; the text says how.
  case receiverFailed(String)
  /// The client was shut down.
  case shutDown

  /// Whether the daemon cannot be reached at all: exit status 69 of the command line tools.
  public var isUnreachable: Bool {
    if case .unreachable = self { true } else { false }
  }
}

extension ManagementClientError: CustomStringConvertible {
  /// What happened and what to do next.
  public var description: String {
    switch self {
    case .unreachable(let endpoint, let reason):
      """
      nothing listens on \(endpoint) (\(reason)); is holdfastd running? \
      Start it with: holdfastd --data DIR, then name its socket with --socket DIR/management.sock \
      or HOLDFAST_SOCKET
      """
    case .timedOut(let endpoint, let milliseconds):
      "no answer from \(endpoint) within \(milliseconds) ms; look at the daemon's log"
    case .connectionLost(let endpoint, let reason):
      """
      the connection to \(endpoint) broke before the answer came (\(reason)); whether the call was \
      carried out is unknown: look before you repeat it
      """
    case .responseTooLarge(let limit):
      "the answer is longer than \(limit) bytes; ask for less at once, for example with limit="
    case .invalidRequest:
      "the method, path or a header holds characters that HTTP does not allow there"
    case .bodyFailed(let reason): "the body could not be read: \(reason)"
    case .receiverFailed(let reason): "the answer could not be processed: \(reason)"
    case .shutDown: "the client was shut down"
    }
  }
}
