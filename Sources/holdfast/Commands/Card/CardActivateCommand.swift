import ArgumentParser
import Authorization

/// Puts a new card in use.
struct CardActivateCommand: DaemonCommand {
  static let configuration = CommandConfiguration(
    commandName: "activate",
    abstract: "Put a new card in use.",
    discussion: """
      A card that was issued inactive is refused until then.

      EXAMPLES
        holdfast card activate crd_0000000000001
      """
  )

  @Argument(help: ArgumentHelp("The card, crd_….", valueName: "card-id"))
  var id: CardID

  @OptionGroup var idempotency: IdempotencyOptions
  @OptionGroup var globals: GlobalOptions

  func perform(_ session: Session, _ output: Output) async throws(CommandFailure) {
    let card = try await session.change(
      "POST",
      "/admin/cards/\(id.text)/activate",
      key: idempotency
    )
    output.show(card, CardView.block)
  }
}
