import ArgumentParser
import Authorization
import JSON
import ManagementClient

/// Shows why an authorization was decided as it was.
struct AuthorizationTraceCommand: DaemonCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace",
    abstract: "Show why an authorization was decided as it was, check by check.",
    discussion: """
      Every check in the order in which it is made: passed, FAILED with its reason, or not reached.
      The first that failed is the answer.

      EXAMPLES
        holdfast authorization trace ath_0000000000001
        holdfast --json authorization trace ath_0000000000001
      """
  )

  @Argument(help: ArgumentHelp("The authorization, ath_….", valueName: "authorization-id"))
  var id: AuthorizationID

  @OptionGroup var globals: GlobalOptions

  func perform(_ session: Session, _ output: Output) async throws(CommandFailure) {
    let path = "/admin/authorizations/\(id.text)/trace"
    guard !output.isJSON else {
      output.show(try await session.get(path)) { _ in "" }
      return
    }
    let answer = try await session.answer(path + "?format=text")
    guard answer.isSuccess else {
      throw .refused(Problem(status: answer.status, body: answer.body))
    }
    Terminal.output(answer.text)
  }
}
