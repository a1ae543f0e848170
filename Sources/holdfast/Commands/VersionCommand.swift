import ArgumentParser
import JSON
import Telemetry

/// Prints the version of this program.
struct VersionCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "version",
    abstract: "Print the version of this program.",
    discussion: """
      'holdfast status' tells the daemon's.

      EXAMPLES
        holdfast version
      """
  )

  @OptionGroup var globals: GlobalOptions

  func run() async throws {
    let version: JSONValue = [
      "name": .string("holdfast"), "version": .string(Release.version),
    ]
    globals.output.show(version) { _ in "holdfast \(Release.version)\n" }
  }
}
