import ArgumentParser

/// Lists links.
struct LinkListCommand: DaemonCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List links, the oldest first.",
    discussion: """
      STATES
        UP          connected; no sign-on was needed
        SIGNED_ON   connected and signed on
        SIGNED_OFF  connected; every request is answered 9110
        DOWN        our echo tests were not answered; shown until the peer connects again

      EXAMPLES
        holdfast link list
        holdfast --json link list --all
      """
  )

  @OptionGroup var list: ListOptions
  @OptionGroup var globals: GlobalOptions

  func perform(_ session: Session, _ output: Output) async throws(CommandFailure) {
    try await Listing(session: session, output: output, options: list)
      .show(LinkView.self, at: "/admin/links")
  }
}
