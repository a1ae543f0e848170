import ArgumentParser
import Authorization

/// Shows one programme.
struct ProgramShowCommand: DaemonCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show one programme.",
    discussion: """
      EXAMPLES
        holdfast program show prg_0000000000001
      """
  )

  @Argument(help: ArgumentHelp("The programme, prg_….", valueName: "program-id"))
  var id: ProgramID

  @OptionGroup var globals: GlobalOptions

  func perform(_ session: Session, _ output: Output) async throws(CommandFailure) {
    output.show(try await session.get("/admin/programs/\(id.text)"), ProgramView.block)
  }
}
