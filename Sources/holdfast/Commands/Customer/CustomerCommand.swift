import ArgumentParser

/// Customers: the users who hold balances and cards.
struct CustomerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "customer",
    abstract: "Customers: the users who hold balances and cards.",
    discussion: """
      EXAMPLES
        holdfast customer create --partner prt_0000000000001 --external-id 1001 \\
          --first-name Ada --last-name Lovelace
        holdfast customer kyc usr_0000000000001 --level strong
        holdfast customer list --partner prt_0000000000001
      """,
    subcommands: [
      CustomerCreateCommand.self, CustomerListCommand.self, CustomerShowCommand.self,
      CustomerKYCCommand.self,
    ]
  )
}
