import ArgumentParser
import Authorization

/// Shows one transaction with everything that happened to it.
struct TransactionShowCommand: DaemonCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show one transaction with everything that happened to it.",
    discussion: """
      EXAMPLES
        holdfast transaction show ath_0000000000001
      """
  )

  @Argument(help: ArgumentHelp("The transaction, ath_….", valueName: "transaction-id"))
  var id: AuthorizationID

  @OptionGroup var globals: GlobalOptions

  func perform(_ session: Session, _ output: Output) async throws(CommandFailure) {
    output.show(try await session.get("/admin/transactions/\(id.text)"), AuthorizationView.block)
  }
}
