import ArgumentParser

/// A command that the daemon carries out.
protocol DaemonCommand: AsyncParsableCommand {
  var globals: GlobalOptions { get }

  /// How long an answer may take, in seconds.
  static var answerSeconds: Int64 { get }

  /// Does the work and prints the result.
  func perform(_ session: Session, _ output: Output) async throws(CommandFailure)
}

extension DaemonCommand {
  static var answerSeconds: Int64 { 30 }

  func run() async throws {
    let session = try globals.session(answerSeconds: Self.answerSeconds)
    do {
      try await perform(session, globals.output)
      await session.close()
    } catch {
      await session.close()
      throw error
    }
  }
}
