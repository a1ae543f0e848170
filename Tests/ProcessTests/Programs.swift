import Foundation

/// Where the programs under test stand.
enum Programs {
  /// The daemon: what `HOLDFASTD` names, else the one beside the test bundle.
  static var daemon: String {
    ProcessInfo.processInfo.environment["HOLDFASTD"] ?? besideTests("holdfastd")
  }

  /// The command line client beside the daemon.
  static var client: String {
    URL(filePath: daemon).deletingLastPathComponent().appending(path: "holdfast").path
  }

  /// The directory with the product's scenarios.
  static var scenarios: String {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Specs/Scenarios").path
  }

  private static func besideTests(_ name: String) -> String {
    // The bundle is an executable on Linux, and the file of the running process may be a link.
    let own = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    return own.deletingLastPathComponent().appending(path: name).path
  }
}
