import ArgumentParser
import JSON

/// Takes a merchant group away.
struct MerchantGroupRemoveCommand: DaemonCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove",
    abstract: "Take a merchant group away.",
    discussion: """
      EXAMPLES
        holdfast mcc-group remove tolls
      """
  )

  @Argument(help: "The group's name.")
  var name: GroupNameArgument

  @OptionGroup var idempotency: IdempotencyOptions
  @OptionGroup var globals: GlobalOptions

  func perform(_ session: Session, _ output: Output) async throws(CommandFailure) {
    _ = try await session.change("DELETE", "/admin/mcc-groups/\(name.text)", key: idempotency)
    output.show(["name": .string(name.text), "removed": true]) { _ in "Removed.\n" }
  }
}
