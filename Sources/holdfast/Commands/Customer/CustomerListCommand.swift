import ArgumentParser
import Authorization

/// Lists customers.
struct CustomerListCommand: DaemonCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List customers, the oldest first.",
    discussion: """
      EXAMPLES
        holdfast customer list
        holdfast customer list --partner prt_0000000000001 --all
      """
  )

  @Option(help: ArgumentHelp("Only those of this partner, prt_….", valueName: "partner-id"))
  var partner: PartnerID?

  @OptionGroup var list: ListOptions
  @OptionGroup var globals: GlobalOptions

  func perform(_ session: Session, _ output: Output) async throws(CommandFailure) {
    let listing = Listing(session: session, output: output, options: list)
    let path = partner == nil ? "/admin/customers" : "/secure/customers"
    try await listing.show(CustomerView.self, at: path, partner: partner)
  }
}
