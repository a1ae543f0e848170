import ArgumentParser

/// Lists merchant groups.
struct MerchantGroupListCommand: DaemonCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List merchant groups.",
    discussion: """
      EXAMPLES
        holdfast mcc-group list
      """
  )

  @OptionGroup var list: ListOptions
  @OptionGroup var globals: GlobalOptions

  func perform(_ session: Session, _ output: Output) async throws(CommandFailure) {
    try await Listing(session: session, output: output, options: list).show(
      MerchantGroupView.self,
      at: "/admin/mcc-groups"
    )
  }
}
