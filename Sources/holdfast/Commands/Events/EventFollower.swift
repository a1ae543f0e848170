import Foundation
import JSON

/// Shows events as they come, each once, whatever happens to the daemon meanwhile.
struct EventFollower {
  /// How long one call waits for an event, in seconds.
  static let waitSeconds: Int64 = 30
  /// The first and the longest pause between tries to reach a daemon that went away, in milliseconds.
  private static let pauses: (first: UInt64, longest: UInt64) = (100, 5_000)

  let feed: EventFeed
  let output: Output

  /// Goes on until the process ends.
  /// - Throws: `CommandFailure` when the first call fails, or a later one in a way that does not pass.
  func run(after start: EventPlaceArgument) async throws(CommandFailure) {
    var printer = EventPrinter(output: output)
    // Where to begin is settled with the first answer, so that no restart of the daemon moves it.
    let first = try await feed.page(after: start, limit: 200, waitSeconds: 0)
    printer.show(first.events)
    var place = first.next
    var pause = Self.pauses.first
    while true {
      do throws(CommandFailure) {
        let page = try await feed.page(
          after: .behind(place),
          limit: 200,
          waitSeconds: Self.waitSeconds
        )
        // What was shown is behind the next call's place, what was lost on the way is not.
        printer.show(page.events)
        place = page.next
        pause = Self.pauses.first
        // The daemon ends a wait at once when it stops; it is not to be asked in a tight circle then.
        if page.events.isEmpty, !page.hasMore { await sleep(Self.pauses.first) }
      } catch {
        guard Self.passes(error) else { throw error }
        if pause == Self.pauses.first { Self.note(error) }
        await sleep(pause)
        pause = min(pause * 2, Self.pauses.longest)
      }
    }
  }

  /// Whether a failure may be over at the next try.
  private static func passes(_ failure: CommandFailure) -> Bool {
    switch failure {
    case .noAnswer: true
    case .refused(let problem): problem.isRetryable || problem.status == 503
    default: false
    }
  }

  private static func note(_ failure: CommandFailure) {
    guard let report = failure.report else { return }
    Terminal.error(PrintableText.of("waiting for the daemon: \(report.code)") + "\n")
  }

  private func sleep(_ milliseconds: UInt64) async {
    try? await Task.sleep(nanoseconds: milliseconds * 1_000_000)
  }
}
