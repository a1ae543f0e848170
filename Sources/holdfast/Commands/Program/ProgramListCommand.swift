import ArgumentParser

/// Lists programmes.
struct ProgramListCommand: DaemonCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List programmes, the oldest first.",
    discussion: """
      EXAMPLES
        holdfast program list
      """
  )

  @OptionGroup var list: ListOptions
  @OptionGroup var globals: GlobalOptions

  func perform(_ session: Session, _ output: Output) async throws(CommandFailure) {
    try await Listing(session: session, output: output, options: list)
      .show(ProgramView.self, at: "/admin/programs")
  }
}
