import ArgumentParser
import JSON

/// Lists authorizations.
struct AuthorizationListCommand: DaemonCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List authorizations, the newest first.",
    discussion: """
      EXAMPLES
        holdfast authorization list --card crd_0000000000001
        holdfast authorization list --state declined --reason INSUFFICIENT_USER_FUNDS
        holdfast authorization list --from 2026-11-01T00:00:00Z --to 2026-12-01T00:00:00Z
      """
  )

  @OptionGroup var filter: PaymentFilterOptions
  @OptionGroup var list: ListOptions
  @OptionGroup var globals: GlobalOptions

  func perform(_ session: Session, _ output: Output) async throws(CommandFailure) {
    try await Listing(session: session, output: output, options: list).show(
      AuthorizationView.self,
      at: "/admin/authorizations",
      payments: filter
    )
  }
}
