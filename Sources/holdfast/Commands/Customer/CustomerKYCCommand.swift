import ArgumentParser
import Authorization
import JSON

/// Records an identity check.
struct CustomerKYCCommand: DaemonCommand {
  static let configuration = CommandConfiguration(
    commandName: "kyc",
    abstract: "Record the outcome of an identity check.",
    discussion: """
      EXAMPLES
        holdfast customer kyc usr_0000000000001 --level strong
        holdfast customer kyc usr_0000000000001 --status rejected --level none
      """
  )

  @Argument(help: ArgumentHelp("The customer, usr_….", valueName: "customer-id"))
  var id: UserID

  @Option(help: "How the check stands.")
  var status = KYCStatusChoice.accepted

  @Option(help: "How well the customer is known.")
  var level: KYCLevelChoice

  @Option(help: "Who checked.")
  var source = KYCSourceChoice.partner

  @OptionGroup var idempotency: IdempotencyOptions
  @OptionGroup var globals: GlobalOptions

  func perform(_ session: Session, _ output: Output) async throws(CommandFailure) {
    let check = try await session.change(
      "PUT",
      "/secure/customers/\(id.text)/kyc",
      [
        "status": .string(status.name), "level": .string(level.name),
        "source": .string(source.name),
      ],
      key: idempotency
    )
    output.show(check, KYCView.block)
  }
}
