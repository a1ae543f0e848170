import ArgumentParser
import JSON

/// Sets the daemon's clock forward.
struct ClockAdvanceCommand: DaemonCommand {
  static let configuration = CommandConfiguration(
    commandName: "advance",
    abstract: "Set the daemon's clock forward.",
    discussion: """
      Answers when everything that was due by then is done. A clock never goes back.

      EXAMPLES
        holdfast clock advance 7d
        holdfast clock advance 90m
        holdfast clock advance --to 2026-12-01T00:00:00Z
      """
  )

  static var answerSeconds: Int64 { 600 }

  @Argument(help: "How far: a number and s, m, h or d, for example 36h.")
  var by: SpanArgument?

  @Option(help: ArgumentHelp("To when (RFC 3339).", valueName: "time"))
  var to: String?

  @OptionGroup var globals: GlobalOptions

  func validate() throws {
    guard (by == nil) != (to == nil) else {
      throw ValidationError("Say how far, for example 7d, or --to when.")
    }
  }

  func perform(_ session: Session, _ output: Output) async throws(CommandFailure) {
    var body: JSONValue = ["to": .text(to)]
    if let by { body = ["seconds": .integer(by.seconds)] }
    let clock = try await session.changeOnce("POST", "/admin/clock/advance", body)
    output.show(clock) { clock in
      var block = TextBlock()
      block.add("Now", clock["now"]?.text)
      block.add("Holds ended", clock["expired"]?.integer.map { CountText.of($0) })
      return block.text
    }
  }
}
