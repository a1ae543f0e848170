import ArgumentParser
import Authorization

/// Shows one authorization.
struct AuthorizationShowCommand: DaemonCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show one authorization.",
    discussion: """
      EXAMPLES
        holdfast authorization show ath_0000000000001
      """
  )

  @Argument(help: ArgumentHelp("The authorization, ath_….", valueName: "authorization-id"))
  var id: AuthorizationID

  @OptionGroup var globals: GlobalOptions

  func perform(_ session: Session, _ output: Output) async throws(CommandFailure) {
    output.show(try await session.get("/admin/authorizations/\(id.text)"), AuthorizationView.block)
  }
}
