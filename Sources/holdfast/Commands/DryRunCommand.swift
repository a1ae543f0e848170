import ArgumentParser
import Authorization
import JSON

/// Decides a message without doing anything.
struct DryRunCommand: DaemonCommand {
  static let configuration = CommandConfiguration(
    commandName: "dry-run",
    abstract: "Show how a payment would be decided now; nothing changes.",
    discussion: """
      The real decision on the books as they are: what a terminal would get this instant.

      EXAMPLES
        holdfast dry-run crd_0000000000001 --amount 12.34 --currency EUR
        holdfast dry-run crd_0000000000001 --amount 80 --currency EUR --mcc 5542 --function-code 101
        holdfast dry-run crd_0000000000001 --amount 500 --currency EUR --function-code 181
      """
  )

  @Argument(help: ArgumentHelp("The card, crd_….", valueName: "card-id"))
  var id: CardID

  @OptionGroup var money: MoneyOptions

  @Option(help: ArgumentHelp("The merchant's category, four digits.", valueName: "code"))
  var mcc: String?

  @Option(help: ArgumentHelp("DE 3, six characters.", valueName: "code"))
  var processingCode = "000000"

  @Option(help: ArgumentHelp("DE 24: 100, 101, 113, 181, 185 or 200.", valueName: "code"))
  var functionCode: String?

  @Option(help: ArgumentHelp("The message type: 2100, 2104 or 2200.", valueName: "mti"))
  var type = "2100"

  @OptionGroup var globals: GlobalOptions

  func perform(_ session: Session, _ output: Output) async throws(CommandFailure) {
    let body: JSONValue = [
      "cardId": .string(id.text), "amount": try money.json(), "mcc": .text(mcc),
      "processingCode": .string(processingCode), "functionCode": .text(functionCode),
      "type": .string(type),
    ]
    let trial = try await session.changeOnce("POST", "/admin/authorizations/dry-run", body)
    output.show(trial, DryRunText.of)
  }
}
