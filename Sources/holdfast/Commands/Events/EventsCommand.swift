import ArgumentParser
import Authorization
import JSON

/// Shows the feed of events.
struct EventsCommand: DaemonCommand {
  static let configuration = CommandConfiguration(
    commandName: "events",
    abstract: "Show the feed of events, the oldest first.",
    discussion: """
      Every change of a payment, card, customer or balance is an event with a number of its own,
      1, 2, 3 and so on. With --json one event a line.

      With --follow it goes on until it is interrupted, also when the daemon is restarted, and
      shows every event once. To go on another time, name the last number shown with --after.

      EXAMPLES
        holdfast events --limit 10
        holdfast events --follow --after latest
        holdfast --json events --follow --after 4711 --type authorization.expired
      """
  )

  /// Longer than a follower waits for an event.
  static var answerSeconds: Int64 { EventFollower.waitSeconds + 30 }

  @Option(
    help: ArgumentHelp(
      "Begin behind the event with this number; 'latest' begins with what comes.",
      valueName: "seq"
    )
  )
  var after: EventPlaceArgument = .behind(0)

  @Option(help: ArgumentHelp("How many at most, 1 to 200; without --follow.", valueName: "count"))
  var limit: Int?

  @Option(
    help: ArgumentHelp("Only those of a type, as authorization.expired.", valueName: "type")
  )
  var type: String?

  @Option(
    help: ArgumentHelp("Only those about this partner's objects, prt_….", valueName: "partner-id")
  )
  var partner: PartnerID?

  @Flag(help: "Go on until interrupted.")
  var follow = false

  @OptionGroup var globals: GlobalOptions

  func validate() throws {
    guard (1...200).contains(limit ?? 1) else { throw ValidationError("--limit: 1 to 200.") }
    guard limit == nil || !follow else {
      throw ValidationError("--limit and --follow exclude each other.")
    }
  }

  func perform(_ session: Session, _ output: Output) async throws(CommandFailure) {
    let feed = EventFeed(session: session, type: type, partner: partner)
    if follow {
      try await EventFollower(feed: feed, output: output).run(after: after)
      return
    }
    var printer = EventPrinter(output: output)
    var place = after
    var left = limit ?? 50
    // A page may hold less than was asked for, and yet there is more.
    while left > 0 {
      let page = try await feed.page(after: place, limit: left, waitSeconds: 0)
      printer.show(page.events)
      left -= page.events.count
      place = .behind(page.next)
      guard page.hasMore else {
        printer.conclude(next: nil)
        return
      }
    }
    if case .behind(let next) = place { printer.conclude(next: next) }
  }
}
