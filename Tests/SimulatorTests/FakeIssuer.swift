import ISO8583
import JSON
import Simulator
import Synchronization

/// An issuer in memory, with just the rules that the first scenarios are about.
///
/// It stands in for the daemon so that runner and scenario files can be tested alone; `fault` plants
/// a mistake that a scenario must notice.
final class FakeIssuer: MessageTransport, ManagementTransport, Sendable {
  /// A planted mistake.
  enum Fault: CaseIterable, Sendable {
    case none
    case forgetsHold
    case answersRepeatAnew
    case wrongLockCode
    case dropsTerminal
    case unlocksLost
    case wrongReason
  }

  private let world: Mutex<FakeWorld>

  init(fault: Fault = .none) { world = Mutex(FakeWorld(fault: fault)) }

  func exchange(_ message: [UInt8]) async throws -> [UInt8]? {
    let request = try Message(unpacking: message)
    return try world.withLock { try $0.answer(request)?.packed() }
  }

  func call(
    _ method: String,
    _ path: String,
    headers: [(name: String, value: String)],
    body: [UInt8]
  ) async throws -> (status: Int, body: [UInt8]) {
    world.withLock { world in
      if path == "/admin/import" { return (200, world.importLines(body)) }
      let parts = path.split(separator: "?")
      let answer = world.call(
        method,
        parts[0].split(separator: "/").map(String.init),
        query: parts.count > 1 ? String(parts[1]) : "",
        body: try? JSONValue(parsing: body)
      )
      return (answer.0, answer.1.bytes)
    }
  }
}
