import Ledger
import Synchronization
import Telemetry

/// Keeps work to a rate while authorizations come; at other times it waits for nothing.
///
/// Processors are shared with the links and the writer, and those who ask are often on the same
/// machine: work that is done later costs neither of them now. Nothing is refused; whoever comes too
/// early waits for a turn, first come, first served.
final class Pacer: Sendable {
  private let traffic: AuthorizationTraffic
  private let nanosecondsEach: UInt64
  private let burst: UInt64
  /// When all that was let through would have been done at the rate.
  private let paidUntil = Mutex<UInt64>(0)

  /// - Parameters:
  ///   - traffic: says whether authorizations come.
  ///   - perSecond: how much work is done a second while they do.
  ///   - burst: how much of it may be done at once after a rest.
  init(_ traffic: AuthorizationTraffic, perSecond: Int, burst: Int) {
    self.traffic = traffic
    nanosecondsEach = 1_000_000_000 / UInt64(perSecond)
    self.burst = UInt64(burst) * nanosecondsEach
  }

  /// Waits for the turn of so much work.
  /// - Throws: `CancellationError`.
  func wait(for work: Int = 1) async throws {
    guard traffic.isFlowing else { return }
    let delay = delay(of: work, at: .now())
    if delay > 0 { try await Task.sleep(nanoseconds: delay) }
  }

  /// Takes the turn of so much work and says how many nanoseconds it is away.
  func delay(of work: Int, at now: MonotonicTime) -> UInt64 {
    paidUntil.withLock { paidUntil in
      paidUntil = max(paidUntil, now.nanoseconds) + UInt64(work) * nanosecondsEach
      let ahead = paidUntil - now.nanoseconds
      return ahead > burst ? ahead - burst : 0
    }
  }
}
