import Foundation
import Synchronization

/// A process that a test started: its two outputs go to files, and it never outlives this value.
final class Child: Sendable {
  let pid: Int32
  let outputPath: String
  let errorPath: String
  private let exitStatus = Mutex<Int32?>(nil)

  /// Starts a program; its outputs go to `NAME.out` and `NAME.err` in the directory.
  ///
  /// The environment is added to this process's own, of which no `HOLDFAST…` variable is handed on.
  init(
    _ program: String,
    _ arguments: [String],
    environment: [String: String] = [:],
    directory: String,
    name: String
  ) throws {
    outputPath = "\(directory)/\(name).out"
    errorPath = "\(directory)/\(name).err"
    var variables = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("HOLDFAST") }
    variables.merge(environment) { $1 }

    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    let create = O_WRONLY | O_CREAT | O_TRUNC
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, outputPath, create, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, errorPath, create, 0o600)
    var strings: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) }
    strings.append(nil)
    var assignments: [UnsafeMutablePointer<CChar>?] = variables.map { strdup("\($0)=\($1)") }
    assignments.append(nil)
    defer { for string in strings + assignments { free(string) } }
    var pid: Int32 = 0
    let code = posix_spawn(&pid, program, &actions, nil, strings, assignments)
    guard code == 0 else {
      throw TestFailure("\(program) cannot be started (error \(code)); build everything first")
    }
    self.pid = pid
  }

  deinit { kill() }

  /// The exit status as a shell shows it, above 128 for a signal; `nil` while the process runs.
  func poll() -> Int32? {
    exitStatus.withLock { known in
      if known == nil { known = status(WNOHANG) }
      return known
    }
  }

  /// Waits for the end of the process.
  ///
  /// - Returns: Its exit status, or `nil` when it still runs after the time.
  func wait(seconds: Double) async throws -> Int32? {
    let end = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < end {
      if let status = poll() { return status }
      try await Task.sleep(for: .milliseconds(5))
    }
    return poll()
  }

  /// Sends a signal, unless the process has ended.
  func send(_ signal: Int32) {
    exitStatus.withLock { known in
      if known == nil { _ = Glibc.kill(pid, signal) }
    }
  }

  /// Ends the process at once, as a crash would.
  func kill() {
    exitStatus.withLock { known in
      guard known == nil else { return }
      _ = Glibc.kill(pid, SIGKILL)
      known = status(0)
    }
  }

  /// What the process wrote to standard output.
  var output: String { text(outputPath) }

  /// What the process wrote to standard error.
  var errors: String { text(errorPath) }

  /// Memory in RAM now, in bytes.
  func residentBytes() throws -> Int { try memory("VmRSS:") }

  /// Memory of its own in RAM now, in bytes: without the pages of files, which the books are.
  func anonymousBytes() throws -> Int { try memory("RssAnon:") }

  private func memory(_ name: String) throws -> Int {
    let status = try Scratch.bytes(of: "/proc/\(pid)/status")
    let line = String(decoding: status, as: UTF8.self).split(separator: "\n")
      .first { $0.hasPrefix(name) }
    guard let field = line?.split(separator: " ").dropFirst().first ?? nil,
      let kibibytes = Int(field.trimmingCharacters(in: .whitespaces))
    else { throw TestFailure("the process \(pid) has no memory; it has ended") }
    return kibibytes * 1024
  }

  private func status(_ options: Int32) -> Int32? {
    var raw: Int32 = 0
    guard waitpid(pid, &raw, options) == pid else { return nil }
    return raw & 0x7F == 0 ? raw >> 8 & 0xFF : 128 + (raw & 0x7F)
  }

  private func text(_ path: String) -> String {
    String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
  }
}
