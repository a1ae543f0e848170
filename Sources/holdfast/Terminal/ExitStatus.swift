/// How the program ends; scripts rely on the numbers.
enum ExitStatus: Int32, Sendable {
  /// What was asked for is done.
  case done = 0
  /// What was asked for failed or was refused.
  case failed = 1
  /// The command line is wrong; nothing was attempted.
  case usage = 2
  /// The daemon cannot be reached (`EX_UNAVAILABLE`).
  case unreachable = 69
  /// A fault inside the program or the daemon (`EX_SOFTWARE`).
  case fault = 70
  /// A data directory or setting cannot be used (`EX_CONFIG`).
  case configuration = 78
}
