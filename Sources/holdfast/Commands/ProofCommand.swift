import ArgumentParser
import JSON

/// Has the daemon prove its books.
struct ProofCommand: DaemonCommand {
  static let configuration = CommandConfiguration(
    commandName: "proof",
    abstract: "Have the daemon prove its books against its journal.",
    discussion: """
      The daemon goes on working meanwhile. Status 1 when the books are not consistent.
      'holdfast check DIR' does the same without a daemon.

      EXAMPLES
        holdfast proof
      """
  )

  /// A proof walks the whole journal.
  static var answerSeconds: Int64 { 3_600 }

  @OptionGroup var globals: GlobalOptions

  func perform(_ session: Session, _ output: Output) async throws(CommandFailure) {
    let proof = try await session.get("/admin/proof")
    guard let isConsistent = proof["consistent"]?.boolean else {
      throw .badAnswer("The daemon's proof does not say whether the books are consistent.")
    }
    output.show(proof, ProofView.text)
    if !isConsistent { throw .reported }
  }
}
