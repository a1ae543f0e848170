import ArgumentParser

/// Authorizations: what was asked and decided.
struct AuthorizationCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "authorization",
    abstract: "Authorizations: what was asked and decided.",
    discussion: """
      EXAMPLES
        holdfast authorization list --card crd_0000000000001
        holdfast authorization list --state declined --reason INSUFFICIENT_USER_FUNDS
        holdfast authorization show ath_0000000000001
        holdfast authorization trace ath_0000000000001
        holdfast authorization expire ath_0000000000001 --reason 'hotel closed'
      """,
    subcommands: [
      AuthorizationListCommand.self, AuthorizationShowCommand.self, AuthorizationTraceCommand.self,
      AuthorizationExpireCommand.self,
    ]
  )
}
