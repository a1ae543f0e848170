import ArgumentParser
import Foundation
import ManagementClient

/// Where the daemon is and how results are printed.
struct GlobalOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The daemon's management socket. Else HOLDFAST_SOCKET, else "
        + "./holdfast-data/management.sock.",
      valueName: "path"
    )
  )
  var socket: String?

  @Flag(help: "Print results as JSON.")
  var json = false

  /// The longest path of a Unix socket, the kernel's limit.
  private static let longestPath = 107

  var output: Output { Output(isJSON: json) }

  /// A session with the daemon, whose answers may take `answerSeconds`.
  func session(answerSeconds: Int64 = 30) throws(CommandFailure) -> Session {
    let environment = ProcessInfo.processInfo.environment["HOLDFAST_SOCKET"]
    let named = [socket, environment].compactMap(\.self).first { !$0.isEmpty }
    let path = named ?? "holdfast-data/management.sock"
    guard path.utf8.count <= Self.longestPath else {
      throw .usage(
        "The path of the socket has \(path.utf8.count) bytes; the system allows \(Self.longestPath).",
        next: "Name it from a nearer working directory, for example --socket management.sock"
      )
    }
    var limits = ManagementClientLimits()
    limits.answerMilliseconds = answerSeconds * 1_000
    return Session(ManagementClient(.unixSocket(path: path), limits: limits))
  }
}
