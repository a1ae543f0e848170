import Testing

/// One daemon for all tests of a suite.
struct SharedDaemon: SuiteTrait, TestScoping {
  /// The daemon of the suite that runs.
  @TaskLocal static var current: Daemon?

  /// Flags of the daemon beyond the addresses.
  var arguments: [String] = []

  func provideScope(
    for test: Test,
    testCase: Test.Case?,
    performing function: @Sendable () async throws -> Void
  ) async throws {
    try await Daemon.run(arguments: arguments) { daemon in
      try await Self.$current.withValue(daemon) { try await function() }
    }
  }
}

extension Trait where Self == SharedDaemon {
  /// The suite's tests share a daemon on a fresh directory.
  static var sharedDaemon: Self { SharedDaemon() }

  /// The suite's tests share a daemon that is started with flags of its own.
  static func sharedDaemon(arguments: [String]) -> Self { SharedDaemon(arguments: arguments) }
}
