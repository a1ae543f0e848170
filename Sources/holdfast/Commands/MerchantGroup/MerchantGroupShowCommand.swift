import ArgumentParser

/// Shows one merchant group.
struct MerchantGroupShowCommand: DaemonCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show one merchant group.",
    discussion: """
      EXAMPLES
        holdfast mcc-group show fuel
      """
  )

  @Argument(help: "The group's name.")
  var name: GroupNameArgument

  @OptionGroup var globals: GlobalOptions

  func perform(_ session: Session, _ output: Output) async throws(CommandFailure) {
    output.show(try await session.get("/admin/mcc-groups/\(name.text)"), MerchantGroupView.block)
  }
}
