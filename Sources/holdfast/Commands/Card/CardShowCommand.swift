import ArgumentParser
import Authorization

/// Shows one card.
struct CardShowCommand: DaemonCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show one card.",
    discussion: """
      EXAMPLES
        holdfast card show crd_0000000000001
      """
  )

  @Argument(help: ArgumentHelp("The card, crd_….", valueName: "card-id"))
  var id: CardID

  @OptionGroup var globals: GlobalOptions

  func perform(_ session: Session, _ output: Output) async throws(CommandFailure) {
    output.show(try await session.get("/admin/cards/\(id.text)"), CardView.block)
  }
}
