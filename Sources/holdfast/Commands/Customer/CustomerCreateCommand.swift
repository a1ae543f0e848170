import ArgumentParser
import Authorization
import JSON

/// Creates a customer.
struct CustomerCreateCommand: DaemonCommand {
  static let configuration = CommandConfiguration(
    commandName: "create",
    abstract: "Create a customer of a partner.",
    discussion: """
      EXAMPLES
        holdfast customer create --partner prt_0000000000001 --external-id 1001 \\
          --first-name Ada --last-name Lovelace --email ada@example.com
      """
  )

  @Option(help: ArgumentHelp("The partner, prt_….", valueName: "partner-id"))
  var partner: PartnerID

  @Option(help: ArgumentHelp("The partner's own name of the customer.", valueName: "text"))
  var externalId: String?

  @Option(help: ArgumentHelp("The first name.", valueName: "text"))
  var firstName: String?

  @Option(help: ArgumentHelp("The last name.", valueName: "text"))
  var lastName: String?

  @Option(help: ArgumentHelp("The telephone number.", valueName: "number"))
  var phone: String?

  @Option(help: ArgumentHelp("The e-mail address.", valueName: "address"))
  var email: String?

  @OptionGroup var idempotency: IdempotencyOptions
  @OptionGroup var globals: GlobalOptions

  func perform(_ session: Session, _ output: Output) async throws(CommandFailure) {
    let given: KeyValuePairs<String, String?> = [
      "externalId": externalId, "firstName": firstName, "lastName": lastName, "phone": phone,
      "email": email,
    ]
    let members = given.compactMap { name, value in
      value.map { JSONValue.Member(name, .string($0)) }
    }
    let customer = try await session.change(
      "POST",
      "/secure/customers",
      .object(members),
      partner: partner,
      key: idempotency
    )
    output.show(customer, CustomerView.block)
  }
}
