import ArgumentParser
import Authorization

/// Removes a card for good.
struct CardRemoveCommand: DaemonCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove",
    abstract: "Remove a card for good.",
    discussion: """
      The card is refused from then on and cannot come back; its history stays.

      EXAMPLES
        holdfast card remove crd_0000000000001
      """
  )

  @Argument(help: ArgumentHelp("The card, crd_….", valueName: "card-id"))
  var id: CardID

  @OptionGroup var idempotency: IdempotencyOptions
  @OptionGroup var globals: GlobalOptions

  func perform(_ session: Session, _ output: Output) async throws(CommandFailure) {
    _ = try await session.change(
      "DELETE",
      "/admin/cards/\(id.text)",
      key: idempotency
    )
    output.show(try await session.get("/admin/cards/\(id.text)"), CardView.block)
  }
}
