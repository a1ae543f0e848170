import ArgumentParser

/// Links: the connections of networks.
struct LinkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "link",
    abstract: "Links: the connections of networks.",
    discussion: """
      EXAMPLES
        holdfast link list
        holdfast link echo lnk_0000000000001
        holdfast link sign-off lnk_0000000000001
      """,
    subcommands: [
      LinkListCommand.self, LinkMessageCommand<EchoMessage>.self,
      LinkMessageCommand<SignOnMessage>.self, LinkMessageCommand<SignOffMessage>.self,
    ]
  )
}
