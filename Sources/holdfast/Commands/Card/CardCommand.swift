import ArgumentParser

/// Cards: what pays from a balance.
struct CardCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "card",
    abstract: "Cards: what pays from a balance.",
    discussion: """
      EXAMPLES
        holdfast card list --customer usr_0000000000001
        holdfast card lock crd_0000000000001 --code lost
        holdfast card unlock crd_0000000000001
      """,
    subcommands: [
      CardListCommand.self, CardShowCommand.self, CardLockCommand.self, CardUnlockCommand.self,
      CardActivateCommand.self, CardRemoveCommand.self,
    ]
  )
}
