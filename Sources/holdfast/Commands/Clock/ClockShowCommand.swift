import ArgumentParser
import JSON

/// Shows the daemon's clock.
struct ClockShowCommand: DaemonCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show the daemon's clock.",
    discussion: """
      EXAMPLES
        holdfast clock show
      """
  )

  @OptionGroup var globals: GlobalOptions

  func perform(_ session: Session, _ output: Output) async throws(CommandFailure) {
    output.show(try await session.get("/admin/clock")) { clock in
      var block = TextBlock()
      block.add("Now", clock["now"]?.text)
      block.add("Virtual", clock["virtual"]?.boolean == true ? "yes" : "no")
      return block.text
    }
  }
}
