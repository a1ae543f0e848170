/// Why a message brought no answer over a link.
public enum MessageLinkError: Error, Hashable, Sendable {
  /// Nothing accepts connections at the address; the command line tools leave with status 69.
  case unreachable(host: String, port: Int, reason: String)
  /// The connection broke before the answer came.
  case connectionLost(String)
  /// What came cannot be cut into messages.
  case wrongFraming(length: Int, framing: String)
  /// The message is longer than the framing can say, or than any real one.
  case messageTooLong(Int)
  /// Another exchange is still waiting: a link carries one at a time.
  case busy
}

extension MessageLinkError: CustomStringConvertible {
  /// What happened and what to do next.
  public var description: String {
    switch self {
    case .unreachable(let host, let port, let reason):
      """
      nothing accepts ISO 8583 connections at \(host):\(port) (\(reason)); is holdfastd running? \
      Its ready line names the address
      """
    case .connectionLost(let reason):
      """
      the connection broke before the answer came (\(reason)); if the issuer closed it, its log \
      says why: a wrong --framing is the usual cause
      """
    case .wrongFraming(let length, let framing):
      """
      the issuer's bytes announce a message of \(length) bytes; it probably uses another framing \
      than \(framing): try --framing
      """
    case .messageTooLong(let count):
      "a message of \(count) bytes does not fit a frame"
    case .busy: "the link waits for another answer"
    }
  }
}
