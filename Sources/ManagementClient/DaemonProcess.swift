import FoundationEssentials
import Glibc
import Synchronization

/// A daemon that this process started, for a demonstration or a test, and ends again.
public final class DaemonProcess: Sendable {
  /// The line with which a daemon says that everything listens (contract, section 2).
  public struct Ready: Sendable, Decodable {
    /// The daemon's version.
    public let version: String
    /// The daemon's process.
    public let pid: Int32
    /// Where it accepts ISO 8583 connections, `host:port` each.
    public let iso8583: [String]
    /// Where it accepts management calls, `unix:` and a path each, or `host:port`.
    public let management: [String]

    /// The path of the Unix socket among the management addresses.
    public var socketPath: String? {
      management.first { $0.hasPrefix("unix:") }.map { String($0.dropFirst(5)) }
    }
  }

  /// What the ready line said.
  public let ready: Ready
  /// The process.
  public let pid: Int32
  /// Where its log goes.
  public let logFile: String

  private let exitStatus = Mutex<Int32?>(nil)
  private let output: Int32

  private init(ready: Ready, pid: Int32, logFile: String, output: Int32) {
    self.ready = ready
    self.pid = pid
    self.logFile = logFile
    self.output = output
  }

  deinit { close(output) }

  /// Starts a daemon and waits until it is ready.
  ///
  /// - Parameters:
  ///   - executable: The path of `holdfastd`.
  ///   - arguments: Its arguments without the program's name.
  ///   - logFile: Its standard error goes there; the file is made anew with mode 0600.
  ///   - milliseconds: How long it may take to be ready.
  ///   - started: Told the process as soon as there is one, for a signal handler.
  /// - Returns: The running daemon.
  /// - Throws: `DaemonProcessError`; the process has been ended then.
  public static func start(
    executable: String,
    arguments: [String],
    logFile: String,
    milliseconds: Int64 = 15_000,
    started: @Sendable (Int32) -> Void = { _ in }
  ) async throws(DaemonProcessError) -> DaemonProcess {
    var pipeEnds: [Int32] = [0, 0]
    guard pipe(&pipeEnds) == 0 else { throw .cannotExecute(path: executable, code: errno) }
    let (readEnd, writeEnd) = (pipeEnds[0], pipeEnds[1])
    _ = fcntl(readEnd, F_SETFD, FD_CLOEXEC)
    _ = fcntl(readEnd, F_SETFL, O_NONBLOCK)
    let (code, pid) = spawn(executable, arguments, output: writeEnd, logFile: logFile)
    close(writeEnd)
    guard code == 0 else {
      close(readEnd)
      throw .cannotExecute(path: executable, code: code)
    }
    started(pid)
    do throws(DaemonProcessError) {
      let line = try await firstLine(
        from: readEnd,
        pid: pid,
        milliseconds: milliseconds,
        logFile: logFile
      )
      guard let ready = try? JSONDecoder().decode(Ready.self, from: Data(line)) else {
        kill(pid, SIGKILL)
        waitpid(pid, nil, 0)
        throw DaemonProcessError.badReadyLine(String(decoding: line.prefix(200), as: UTF8.self))
      }
      return DaemonProcess(ready: ready, pid: pid, logFile: logFile, output: readEnd)
    } catch {
      close(readEnd)
      throw error
    }
  }

  /// Asks the daemon to end, and ends it by force when it does not.
  ///
  /// - Parameter milliseconds: How long it may take before force.
  /// - Returns: Its exit status as a shell shows it: above 128 for a signal.
  @discardableResult
  public func stop(milliseconds: Int64 = 6_000) async -> Int32 {
    if let status = poll() { return status }
    kill(pid, SIGTERM)
    for _ in 0..<(milliseconds / 20 + 1) {
      if let status = poll() { return status }
      try? await Task.sleep(for: .milliseconds(20))
    }
    return stopByForce()
  }

  /// Ends the daemon at once, as a crash would.
  @discardableResult
  public func stopByForce() -> Int32 {
    if let status = poll() { return status }
    kill(pid, SIGKILL)
    return exitStatus.withLock { known in
      if let known { return known }
      var raw: Int32 = 0
      waitpid(pid, &raw, 0)
      let status = DaemonProcess.shellStatus(raw)
      known = status
      return status
    }
  }

  /// The exit status, or `nil` while the daemon runs.
  public func poll() -> Int32? {
    exitStatus.withLock { known in
      if known == nil { known = DaemonProcess.ended(pid) }
      return known
    }
  }

  private static func ended(_ pid: Int32) -> Int32? {
    var raw: Int32 = 0
    return waitpid(pid, &raw, WNOHANG) == pid ? shellStatus(raw) : nil
  }

  private static func shellStatus(_ raw: Int32) -> Int32 {
    raw & 0x7F == 0 ? raw >> 8 & 0xFF : 128 + (raw & 0x7F)
  }

  private static func firstLine(
    from descriptor: Int32,
    pid: Int32,
    milliseconds: Int64,
    logFile: String
  ) async throws(DaemonProcessError) -> [UInt8] {
    var line: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4_096)
    for _ in 0..<(milliseconds / 10 + 1) {
      let count = read(descriptor, &buffer, buffer.count)
      if count > 0 { line.append(contentsOf: buffer[..<count]) }
      if let end = line.firstIndex(of: UInt8(ascii: "\n")) { return Array(line[..<end]) }
      if line.count > 65_536 { break }
      if let status = ended(pid) { throw .endedEarly(status: status, logFile: logFile) }
      try? await Task.sleep(for: .milliseconds(10))
    }
    kill(pid, SIGKILL)
    waitpid(pid, nil, 0)
    throw .notReady(milliseconds: milliseconds, logFile: logFile)
  }

  private static func spawn(
    _ executable: String,
    _ arguments: [String],
    output: Int32,
    logFile: String
  ) -> (code: Int32, pid: Int32) {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawn_file_actions_addclose(&actions, output)
    posix_spawn_file_actions_addopen(&actions, 2, logFile, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    var strings: [UnsafeMutablePointer<CChar>?] = ([executable] + arguments).map { strdup($0) }
    strings.append(nil)
    defer { for string in strings { free(string) } }
    var pid: Int32 = 0
    let code = posix_spawn(&pid, executable, &actions, nil, strings, environ)
    return (code, pid)
  }
}
