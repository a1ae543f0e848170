import ArgumentParser
import JSON

/// Creates a partner.
struct PartnerCreateCommand: DaemonCommand {
  static let configuration = CommandConfiguration(
    commandName: "create",
    abstract: "Create a partner.",
    discussion: """
      EXAMPLES
        holdfast partner create --name Acme
      """
  )

  @Option(help: "What people call the partner.")
  var name: String

  @OptionGroup var idempotency: IdempotencyOptions
  @OptionGroup var globals: GlobalOptions

  func perform(_ session: Session, _ output: Output) async throws(CommandFailure) {
    let body: JSONValue = ["name": .string(name)]
    let partner = try await session.change("POST", "/admin/partners", body, key: idempotency)
    output.show(partner, PartnerView.block)
  }
}
