import Testing

/// One daemon for all tests of a suite.
struct SharedDaemon: SuiteTrait, TestScoping {
  /// The daemon of the suite that runs.
  @TaskLocal static var current: Daemon?

  func provideScope(
    for test: Test,
    testCase: Test.Case?,
    performing function: @Sendable () async throws -> Void
  ) async throws {
    try await Daemon.run { daemon in
      try await Self.$current.withValue(daemon) { try await function() }
    }
  }
}

extension Trait where Self == SharedDaemon {
  /// The suite's tests share a daemon on a fresh directory.
  static var sharedDaemon: Self { SharedDaemon() }
}
