/// Why a command ends without success, and the exit status that says so.
struct Failure: Error {
  let status: Int32
  let explanation: String

  /// The thing asked for failed.
  static func failed(_ explanation: String) -> Failure {
    Failure(status: 1, explanation: explanation)
  }

  /// The command was used wrongly.
  static func usage(_ explanation: String) -> Failure {
    Failure(status: 2, explanation: explanation)
  }

  /// The switch cannot be reached.
  static func unreachable(_ explanation: String) -> Failure {
    Failure(status: 69, explanation: explanation)
  }
}
