import ArgumentParser
import Authorization
import JSON

/// Locks a card.
struct CardLockCommand: DaemonCommand {
  static let configuration = CommandConfiguration(
    commandName: "lock",
    abstract: "Lock a card.",
    discussion: """
      CODES
      \(LockCodeArgument.table)

      EXAMPLES
        holdfast card lock crd_0000000000001 --code 1
        holdfast card lock crd_0000000000001 --code fraud
      """
  )

  @Argument(help: ArgumentHelp("The card, crd_….", valueName: "card-id"))
  var id: CardID

  @Option(help: ArgumentHelp("Why: 1 to 8, or its name as above.", valueName: "code"))
  var code: LockCodeArgument

  @OptionGroup var idempotency: IdempotencyOptions
  @OptionGroup var globals: GlobalOptions

  func perform(_ session: Session, _ output: Output) async throws(CommandFailure) {
    let card = try await session.change(
      "POST",
      "/admin/cards/\(id.text)/lock",
      ["code": .number(code.code.rawValue)],
      key: idempotency
    )
    output.show(card, CardView.block)
  }
}
