import NIOCore
import NIOPosix

/// Why a connection could not be opened, in the fewest words.
enum ConnectReason {
  static func text(_ error: any Error) -> String {
    switch error {
    case let error as NIOConnectionError:
      if error.connectionErrors.isEmpty {
        "the name \(error.host) has no address"
      } else {
        error.connectionErrors.map { text($0.error) }.joined(separator: ", ")
      }
    case let error as IOError:
      error.errnoCode == 111 ? "connection refused" : error.description
    case let error as ChannelError:
      if case .connectTimeout = error { "no answer" } else { "\(error)" }
    default: "\(error)"
    }
  }
}
