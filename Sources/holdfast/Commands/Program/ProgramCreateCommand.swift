import ArgumentParser
import Authorization
import JSON

/// Creates a programme.
struct ProgramCreateCommand: DaemonCommand {
  static let configuration = CommandConfiguration(
    commandName: "create",
    abstract: "Create a card programme.",
    discussion: """
      With funding 'deposit' the partner's deposit backs each authorization; with 'credit' the
      partner's credit balance pays for customers' top-ups.

      EXAMPLES
        holdfast program create --partner prt_0000000000001 --name 'Acme EUR' \\
          --bin-range 400000000-400000999 --currency EUR --funding deposit
        holdfast program create --partner prt_0000000000001 --name 'Acme Fleet' \\
          --bin-range 400001000-400001999 --currency EUR --funding credit \\
          --no-partial-approval --cash-back-limit none --surcharge refused
      """
  )

  @Option(help: ArgumentHelp("The partner that runs it, prt_….", valueName: "partner-id"))
  var partner: PartnerID

  @Option(help: "What people call the programme.")
  var name: String

  @Option(
    help: ArgumentHelp(
      "Its card numbers by their first nine digits, for example 400000000-400000999.",
      valueName: "from-to"
    )
  )
  var binRange: BINRangeArgument

  @Option(help: ArgumentHelp("The currency of its balances, for example EUR.", valueName: "code"))
  var currency: Currency

  @Option(help: "Who backs its payments.")
  var funding: FundingChoice

  @Option(
    name: .customLong("remote-url"),
    help: ArgumentHelp("Where the partner's system listens.", valueName: "url")
  )
  var remoteURL: String?

  @Option(help: "What a payment is answered with when the deposit does not cover it.")
  var insufficientDepositCode = InsufficientDepositCode.notEnoughMoney

  @Option(
    name: .customLong("required-kyc-level"),
    help: "How well a customer must be known to open a balance."
  )
  var requiredKYCLevel = KYCLevelChoice.strong

  @Flag(
    inversion: .prefixedNo,
    help: "Approve less than was asked when there is no more and the terminal takes it."
  )
  var partialApproval = true

  @Option(
    help: ArgumentHelp("The most cash back with a purchase: an amount, none or any.")
  )
  var cashBackLimit = "any"

  @Option(help: "Whether merchants may charge for taking the card.")
  var surcharge = SurchargeChoice.permitted

  @OptionGroup var idempotency: IdempotencyOptions
  @OptionGroup var globals: GlobalOptions

  func validate() throws { _ = try limit() }

  private func limit() throws -> JSONValue {
    switch cashBackLimit.lowercased() {
    case "any": return .null
    case "none": return .amount(.zero(in: currency))
    default:
      do {
        return .amount(try AmountText.read(cashBackLimit, currency))
      } catch {
        throw ValidationError("--cash-back-limit: \(error); or say none or any.")
      }
    }
  }

  func perform(_ session: Session, _ output: Output) async throws(CommandFailure) {
    let body: JSONValue = [
      "partnerId": .string(partner.text), "name": .string(name),
      "binRange": ["from": .string(binRange.from), "to": .string(binRange.to)],
      "currency": .string(currency.code), "funding": .string(funding.name),
      "remoteURL": .text(remoteURL),
      "insufficientDepositCode": .string(insufficientDepositCode.rawValue),
      "requiredKycLevel": .string(requiredKYCLevel.name),
      "partialApproval": .boolean(partialApproval), "cashBackLimit": (try? limit()) ?? .null,
      "surcharge": .string(surcharge.name),
    ]
    let program = try await session.change("POST", "/admin/programs", body, key: idempotency)
    output.show(program, ProgramView.block)
  }
}
