import ArgumentParser
import Authorization
import JSON

/// Sends a network management message to the peer of a link.
struct LinkMessageCommand<Message: LinkMessage>: DaemonCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: Message.name,
      abstract: Message.purpose,
      discussion: """
        The answer is waited for for five seconds. Status 1 says that there was none, or that the peer
        did not accept the message.

        EXAMPLES
          holdfast link \(Message.name) lnk_0000000000001
        """
    )
  }

  @Argument(help: ArgumentHelp("The link, lnk_….", valueName: "link-id"))
  var id: NetworkLinkID

  @OptionGroup var globals: GlobalOptions

  func perform(_ session: Session, _ output: Output) async throws(CommandFailure) {
    let reply = try await session.act("/admin/links/\(id.text)/\(Message.name)")
    output.show(reply, LinkReplyText.of)
    guard reply["answered"]?.boolean == true,
      reply["actionCode"]?.text == ActionCode.networkManagementAccepted.text
    else { throw .reported }
  }
}
