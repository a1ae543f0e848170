import ArgumentParser
import Authorization
import JSON

/// Releases what is held for an authorization.
struct AuthorizationExpireCommand: DaemonCommand {
  static let configuration = CommandConfiguration(
    commandName: "expire",
    abstract: "Release what is held for an authorization.",
    discussion: """
      The hold ends at once and the reason is kept with it. A clearing that still comes is booked
      without a hold (FORCE_POST).

      EXAMPLES
        holdfast authorization expire ath_0000000000001 --reason 'hotel confirmed by telephone'
      """
  )

  @Argument(help: ArgumentHelp("The authorization, ath_….", valueName: "authorization-id"))
  var id: AuthorizationID

  @Option(help: "Why, 1 to 200 bytes.")
  var reason: String

  @OptionGroup var idempotency: IdempotencyOptions
  @OptionGroup var globals: GlobalOptions

  func validate() throws {
    guard (1...200).contains(reason.utf8.count) else {
      throw ValidationError("--reason: 1 to 200 bytes.")
    }
  }

  func perform(_ session: Session, _ output: Output) async throws(CommandFailure) {
    let payment = try await session.change(
      "POST",
      "/admin/authorizations/\(id.text)/expire",
      ["reason": .string(reason)],
      key: idempotency
    )
    output.show(payment, AuthorizationView.block)
  }
}
