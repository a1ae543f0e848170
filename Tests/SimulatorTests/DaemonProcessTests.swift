import Foundation
import ManagementClient
import Testing

struct DaemonProcessTests {
  /// A shell script that plays the daemon.
  private func start(
    _ script: String,
    milliseconds: Int64 = 10_000
  ) async throws -> DaemonProcess {
    let log = FileManager.default.temporaryDirectory
      .appending(path: "paycloud-test-\(UInt64.random(in: 0...(.max))).log").path
    return try await DaemonProcess.start(
      executable: "/bin/sh",
      arguments: ["-c", script],
      logFile: log,
      milliseconds: milliseconds
    )
  }

  private let readyLine =
    #"{"event":"ready","version":"9","pid":1,"iso8583":["127.0.0.1:1"],"management":["unix:/x.sock"]}"#

  @Test func `the ready line is read and the daemon ends when asked`() async throws {
    let daemon = try await start(
      "echo '\(readyLine)'; trap 'exit 0' TERM; while :; do sleep 0.01; done"
    )
    #expect(daemon.ready.version == "9")
    #expect(daemon.ready.socketPath == "/x.sock")
    #expect(daemon.poll() == nil)
    #expect(await daemon.stop() == 0)
    #expect(await daemon.stop() == 0)
    try FileManager.default.removeItem(atPath: daemon.logFile)
  }

  @Test func `a daemon that does not end is ended by force`() async throws {
    let daemon = try await start("echo '\(readyLine)'; trap '' TERM; while :; do sleep 0.01; done")
    #expect(await daemon.stop(milliseconds: 100) == 128 + 9)
    try FileManager.default.removeItem(atPath: daemon.logFile)
  }

  @Test func `a daemon that ends early, stays silent or talks nonsense is an error`() async throws {
    let early = await #expect(throws: DaemonProcessError.self) { try await start("exit 78") }
    guard case .endedEarly(status: 78, _)? = early else {
      Issue.record("\(String(describing: early))")
      return
    }
    let silent = await #expect(throws: DaemonProcessError.self) {
      try await start("exec sleep 600", milliseconds: 50)
    }
    guard case .notReady? = silent else {
      Issue.record("\(String(describing: silent))")
      return
    }
    await #expect(throws: DaemonProcessError.badReadyLine("hello")) {
      try await start("echo hello; exec sleep 600")
    }
    await #expect(throws: DaemonProcessError.self) {
      try await DaemonProcess.start(
        executable: "/nowhere/holdfastd",
        arguments: [],
        logFile: "/dev/null"
      )
    }
  }
}
