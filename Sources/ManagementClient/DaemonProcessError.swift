/// Why a daemon of one's own could not be started.
public enum DaemonProcessError: Error, Hashable, Sendable {
  /// The program cannot be executed; `code` is the system's error number.
  case cannotExecute(path: String, code: Int32)
  /// It ended before it was ready; `status` as a shell shows it.
  case endedEarly(status: Int32, logFile: String)
  /// It was not ready in time, and was ended.
  case notReady(milliseconds: Int64, logFile: String)
  /// Its first line is not the ready line that is agreed on.
  case badReadyLine(String)
}

extension DaemonProcessError: CustomStringConvertible {
  /// What happened and what to do next.
  public var description: String {
    switch self {
    case .cannotExecute(let path, let code):
      "cannot start \(path) (error \(code)); build it with: swift build -c release"
    case .endedEarly(let status, let logFile):
      "the daemon ended with status \(status) before it was ready; \(logFile) says why"
    case .notReady(let milliseconds, let logFile):
      "the daemon was not ready within \(milliseconds) ms; look into \(logFile)"
    case .badReadyLine(let line): "the daemon's first line is no ready line: \(line)"
    }
  }
}
