import ArgumentParser
import Foundation

/// Runs a command and turns how it ended into output and exit status.
@main
enum EntryPoint {
  static func main() async {
    // A reader that goes away is noticed where it is written to.
    signal(SIGPIPE, SIG_IGN)
    let arguments = Array(CommandLine.arguments.dropFirst())
    let status = await run(arguments)
    exit(status.rawValue)
  }

  private static func run(_ arguments: [String]) async -> ExitStatus {
    do {
      var command = try HoldfastCommand.parseAsRoot(GlobalArguments.moved(arguments))
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
      return .done
    } catch let failure as CommandFailure {
      if let report = failure.report {
        Terminal.error(GlobalArguments.asksForJSON(arguments) ? report.json : report.text)
      }
      return failure.status
    } catch {
      return parserEnded(error, asksForJSON: GlobalArguments.asksForJSON(arguments))
    }
  }

  /// Help and version are results, everything else that the parser throws is wrong usage.
  private static func parserEnded(_ error: any Error, asksForJSON: Bool) -> ExitStatus {
    let text = HoldfastCommand.fullMessage(for: error)
    guard !HoldfastCommand.exitCode(for: error).isSuccess else {
      Terminal.output(text + "\n")
      return .done
    }
    if asksForJSON {
      Terminal.error(
        FailureReport(code: "USAGE", message: HoldfastCommand.message(for: error)).json
      )
    } else {
      // What was typed is quoted, and may be a card number in the wrong place.
      Terminal.error(CardNumberMask.masked(text) + "\n")
    }
    return .usage
  }
}
