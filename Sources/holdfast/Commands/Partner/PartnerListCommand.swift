import ArgumentParser

/// Lists partners.
struct PartnerListCommand: DaemonCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List partners, the oldest first.",
    discussion: """
      EXAMPLES
        holdfast partner list
        holdfast --json partner list --all
      """
  )

  @OptionGroup var list: ListOptions
  @OptionGroup var globals: GlobalOptions

  func perform(_ session: Session, _ output: Output) async throws(CommandFailure) {
    try await Listing(session: session, output: output, options: list)
      .show(PartnerView.self, at: "/admin/partners")
  }
}
