import Ledger
import Logging
import Management
import ServiceLifecycle

/// Ends holds that have run out, at the start and then every second (row A-037).
struct HoldExpiryService: Service {
  let expiry: HoldExpiry
  let logger: Logger

  /// Searches until a graceful shutdown, which cuts a long search short: what it leaves ends at the
  /// next start.
  func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        await sweep()
        try? await Task.sleep(for: .seconds(1))
      }
    }
  }

  private func sweep() async {
    do throws(LedgerError) {
      let ended = try await expiry.sweep()
      if ended > 0 { logger.info("holds ran out", metadata: ["ended": "\(ended)"]) }
    } catch {
      guard !Task.isCancelled else { return }
      logger.error("holds that have run out were not ended, the next search tries again: \(error)")
    }
  }
}
