import ArgumentParser
import Authorization

/// Shows one customer.
struct CustomerShowCommand: DaemonCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show one customer.",
    discussion: """
      EXAMPLES
        holdfast customer show usr_0000000000001
      """
  )

  @Argument(help: ArgumentHelp("The customer, usr_….", valueName: "customer-id"))
  var id: UserID

  @OptionGroup var globals: GlobalOptions

  func perform(_ session: Session, _ output: Output) async throws(CommandFailure) {
    output.show(try await session.get("/admin/customers/\(id.text)"), CustomerView.block)
  }
}
