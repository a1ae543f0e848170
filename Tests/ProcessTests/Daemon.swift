import Foundation
import JSON
import ManagementClient

/// A running daemon on a directory of its test.
final class Daemon: Sendable {
  let child: Child
  let ready: DaemonProcess.Ready
  let data: String
  let management: ManagementClient

  private init(child: Child, ready: DaemonProcess.Ready, data: String) {
    self.child = child
    self.ready = ready
    self.data = data
    management = ManagementClient(.unixSocket(path: ready.socketPath ?? "\(data)/management.sock"))
  }

  /// The address of the first listener.
  var address: String { ready.iso8583.first ?? "" }

  /// Starts the program without waiting for anything.
  static func spawn(
    in directory: String,
    _ arguments: [String],
    environment: [String: String] = [:],
    name: String = "holdfastd"
  ) throws -> Child {
    try Child(
      Programs.daemon,
      arguments,
      environment: environment,
      directory: directory,
      name: name
    )
  }

  /// Starts a daemon on `DIRECTORY/data` with a free port and waits until it is ready.
  static func start(
    in directory: String,
    arguments: [String] = [],
    environment: [String: String] = [:],
    listens: Bool = true,
    name: String = "holdfastd"
  ) async throws -> Daemon {
    let data = "\(directory)/data"
    let child = try spawn(
      in: directory,
      ["--data", data] + (listens ? ["--listen", "127.0.0.1:0"] : []) + arguments,
      environment: environment,
      name: name
    )
    return Daemon(child: child, ready: try await readiness(of: child), data: data)
  }

  /// Waits for the ready line of a daemon.
  static func readiness(of child: Child, seconds: Double = 20) async throws -> DaemonProcess.Ready {
    let isReady = try await eventually(seconds: seconds) {
      child.output.contains("\n") || child.poll() != nil
    }
    let line = child.output.prefix { $0 != "\n" }
    guard isReady, child.poll() == nil,
      let ready = try? JSONDecoder().decode(DaemonProcess.Ready.self, from: Data(line.utf8))
    else {
      let status = child.poll()
      child.kill()
      throw TestFailure(
        "the daemon is not ready; status \(status.map(String.init) ?? "none"), output "
          + "'\(child.output)', log:\n\(child.errors.suffix(2_000))"
      )
    }
    return ready
  }

  /// Runs a test with a daemon on a fresh directory, and ends it whatever happens.
  static func run<Result>(
    arguments: [String] = [],
    configuration: JSONValue? = nil,
    _ body: (Daemon) async throws -> Result
  ) async throws -> Result {
    try await Scratch.withDirectory { directory in
      var arguments = arguments
      if let configuration {
        try Scratch.write(configuration.bytes, to: "\(directory)/holdfast.json")
        arguments += ["--config", "\(directory)/holdfast.json"]
      }
      let daemon = try await start(
        in: directory,
        arguments: arguments,
        listens: configuration?["listeners"] == nil
      )
      return try await daemon.during { try await body(daemon) }
    }
  }

  /// Runs a part of a test, and ends the daemon at once when it is over.
  func during<Result>(_ body: () async throws -> Result) async throws -> Result {
    do {
      let result = try await body()
      await end()
      return result
    } catch {
      await end()
      throw error
    }
  }

  /// Ends the daemon as a crash would.
  func end() async {
    child.kill()
    await management.shutdown()
  }

  /// Asks the daemon to stop.
  ///
  /// - Returns: Its exit status, or `nil` when it runs for longer than the contract allows.
  func stop(_ signal: Int32 = SIGTERM) async throws -> Int32? {
    child.send(signal)
    let status = try await child.wait(seconds: 5)
    await management.shutdown()
    return status
  }

  // MARK: Management calls

  /// A call whose answer is JSON and a success.
  @discardableResult
  func call(_ method: String, _ path: String, _ body: JSONValue? = nil) async throws -> JSONValue {
    let response = try await management.send(
      ManagementRequest(
        method,
        path,
        headers: body == nil ? [] : [("content-type", "application/json")],
        body: body?.bytes ?? []
      )
    )
    guard response.isSuccess, let json = try? JSONValue(parsing: response.body) else {
      throw TestFailure("\(method) \(path) gave \(response.status): \(response.text)")
    }
    return json
  }

  /// The value of a metric without labels.
  func metric(_ name: String) async throws -> Double {
    let text = try await management.send(ManagementRequest("GET", "/metrics")).text
    let line = text.split(separator: "\n").first { $0.hasPrefix("\(name) ") }
    guard let value = line?.split(separator: " ").last.flatMap({ Double($0) }) else {
      throw TestFailure("/metrics has no \(name)")
    }
    return value
  }

  /// What the proof of the books finds wrong; empty when everything agrees.
  func proofDifferences() async throws -> [String] {
    let proof = try await call("GET", "/admin/proof")
    if proof["consistent"]?.boolean == true { return [] }
    return ["the proof says: \(proof.compact)"]
  }
}
