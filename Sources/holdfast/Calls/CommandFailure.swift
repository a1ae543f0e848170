import ManagementClient

/// Why a command did not do what was asked for: what to print and how to end.
enum CommandFailure: Error, Sendable {
  /// The daemon refused the call.
  case refused(Problem)
  /// The call brought no answer; `key` is the idempotency key that it carried.
  case noAnswer(ManagementClientError, key: String?)
  /// The command line is wrong in a way that the parser does not see.
  case usage(String, next: String?)
  /// Something on this machine failed: a file that cannot be read.
  case failed(code: String, String, next: String?)
  /// The daemon answered something that cannot be understood.
  case badAnswer(String)
  /// A data directory cannot be used.
  case configuration(code: String, String, next: String?)
  /// The result that was printed is itself a failure: nothing more to say.
  case reported

  /// How the program ends.
  var status: ExitStatus {
    switch self {
    case .refused(let problem): problem.status >= 500 && !problem.isRetryable ? .fault : .failed
    case .noAnswer(let error, _): error.isUnreachable ? .unreachable : .failed
    case .usage: .usage
    case .failed, .reported: .failed
    case .badAnswer: .fault
    case .configuration: .configuration
    }
  }

  /// What goes to standard error; `nil` when all is said.
  var report: FailureReport? {
    switch self {
    case .refused(let problem):
      FailureReport(
        code: problem.code,
        message: problem.message,
        field: problem.field,
        requestID: problem.requestID,
        isRetryable: problem.isRetryable,
        next: problem.advice
      )
    case .noAnswer(let error, let key):
      FailureReport(
        code: error.isUnreachable ? "DAEMON_UNREACHABLE" : "NO_ANSWER",
        message: error.description,
        isRetryable: true,
        next: error.isUnreachable
          ? nil
          : key.map { "Repeat it without risk: add --idempotency-key \($0) to the same command." }
      )
    case .usage(let message, let next):
      FailureReport(code: "USAGE", message: message, next: next)
    case .failed(let code, let message, let next):
      FailureReport(code: code, message: message, next: next)
    case .badAnswer(let message):
      FailureReport(
        code: "BAD_ANSWER",
        message: message,
        next: "Compare holdfast --version with the daemon's: holdfast status"
      )
    case .configuration(let code, let message, let next):
      FailureReport(code: code, message: message, next: next)
    case .reported: nil
    }
  }
}
