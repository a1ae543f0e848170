import ArgumentParser

/// Merchant groups: how long holds last, by merchant category.
struct MerchantGroupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mcc-group",
    abstract: "Merchant groups: how long holds last, by merchant category.",
    discussion: """
      A merchant's category code (MCC) belongs to one group at most; where none says otherwise a
      hold lasts seven days and a clearing releases what it leaves.

      EXAMPLES
        holdfast mcc-group list
        holdfast mcc-group set tolls --mcc 4784 --hold-days 3
        holdfast mcc-group remove tolls
      """,
    subcommands: [
      MerchantGroupListCommand.self, MerchantGroupShowCommand.self, MerchantGroupSetCommand.self,
      MerchantGroupRemoveCommand.self,
    ]
  )
}
