import ArgumentParser
import Authorization

/// Takes a reversible lock off.
struct CardUnlockCommand: DaemonCommand {
  static let configuration = CommandConfiguration(
    commandName: "unlock",
    abstract: "Take a reversible lock off.",
    discussion: """
      A card that is lost, stolen, inactive or replaced stays locked for ever.

      EXAMPLES
        holdfast card unlock crd_0000000000001
      """
  )

  @Argument(help: ArgumentHelp("The card, crd_….", valueName: "card-id"))
  var id: CardID

  @OptionGroup var idempotency: IdempotencyOptions
  @OptionGroup var globals: GlobalOptions

  func perform(_ session: Session, _ output: Output) async throws(CommandFailure) {
    let card = try await session.change(
      "POST",
      "/admin/cards/\(id.text)/unlock",
      key: idempotency
    )
    output.show(card, CardView.block)
  }
}
