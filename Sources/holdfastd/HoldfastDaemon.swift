import ArgumentParser
import Foundation
import Logging
import Synchronization
import Telemetry

/// The daemon: reads its configuration, wires the parts together, and waits for the signal to stop.
@main
struct HoldfastDaemon: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "holdfastd",
    abstract: "The card authorization switch: ISO 8583 on TCP, management on a Unix socket.",
    discussion: """
      With no options at all it starts and works: data in ./holdfast-data, ISO 8583 on \
      127.0.0.1:8583 with framing nac2, management on ./holdfast-data/management.sock.

      When everything listens, one line of JSON goes to standard output; logs go to standard error.
      SIGTERM or SIGINT stops it cleanly, SIGHUP reloads the log level from the file.

      Every option is also an environment variable (HOLDFAST_DATA, HOLDFAST_LISTEN, \
      HOLDFAST_FRAMING, HOLDFAST_MANAGEMENT_SOCKET, HOLDFAST_MANAGEMENT_LISTEN, \
      HOLDFAST_KEY_FILE, HOLDFAST_JOURNAL, HOLDFAST_VIRTUAL_CLOCK, HOLDFAST_LOG_LEVEL) and a member of the configuration file. Options win \
      over the environment, which wins over the file.

      Examples:
        holdfastd
        holdfastd --data /var/lib/holdfast --listen 0.0.0.0:8583 --framing cmf3
        holdfastd --config /etc/holdfast.json --check-config
        curl --unix-socket holdfast-data/management.sock http://holdfast/readyz
      """,
    version: Release.version
  )

  @Option(help: "The configuration file, JSON.")
  var config: String?

  @Option(help: "The data directory; made when missing.")
  var data: String?

  @Option(help: "Where ISO 8583 is listened for, HOST:PORT; port 0 takes a free one.")
  var listen: String?

  @Option(help: "How messages are separated: nac2, nac2incl, cmf3, raw4 or bcd2.")
  var framing: String?

  @Option(help: "The path of the management socket.")
  var managementSocket: String?

  @Option(help: "Also serve management on TCP, HOST:PORT of this machine.")
  var managementListen: String?

  @Option(help: "The file with the key of the card vault; made at the first start, mode 0600.")
  var keyFile: String?

  @Option(help: "What a new data directory keeps its journal in: lmdb (default) or log.")
  var journal: String?

  @Option(help: "trace, debug, info, notice, warning, error or critical.")
  var logLevel: String?

  @Flag(help: "Let 'holdfast clock advance' set time forward: for tests, never in production.")
  var virtualClock = false

  @Flag(help: "Check the configuration and exit: 0 when it is good, 78 when it is not.")
  var checkConfig = false

  /// Runs the daemon; wrong usage leaves with 2, as every program of the product does.
  static func main() async {
    do {
      var daemon = try parse()
      try await daemon.run()
    } catch {
      let status = exitCode(for: error)
      if status == .validationFailure {
        say(fullMessage(for: error))
        Foundation.exit(wrongUsage)
      }
      // Help and version are results, and the parser prints them.
      exit(withError: error)
    }
  }

  mutating func run() async throws {
    let configuration: Configuration
    do throws(ConfigurationError) {
      configuration = try load()
    } catch {
      Self.fail("\(error).", status: Self.badConfiguration)
    }
    if checkConfig {
      Self.say("The configuration is good.")
      return
    }
    if let level = LogOutput.level(configuration.logLevel) {
      LogOutput.sharedLevel.withLock { $0 = level }
    }
    LoggingSystem.bootstrap(LogOutput.init)
    signal(SIGPIPE, SIG_IGN)
    try await Daemon(configuration, reload: reload).run()
  }

  static let wrongUsage: Int32 = 2
  static let badConfiguration: Int32 = 78
  static let internalFault: Int32 = 70

  /// Defaults, then the file, then the environment, then flags.
  private func load() throws(ConfigurationError) -> Configuration {
    var configuration = Configuration()
    let environment = ProcessInfo.processInfo.environment
    if let path = config ?? environment["HOLDFAST_CONFIG"] {
      try ConfigurationFile.read(path).apply(to: &configuration)
    }
    try configuration.apply(
      Configuration.Overrides(environment: environment),
      from: "the environment"
    )
    var flags = Configuration.Overrides()
    flags.data = data
    flags.listen = listen
    flags.framing = framing
    flags.keyFile = keyFile
    flags.managementSocket = managementSocket
    flags.managementListen = managementListen
    flags.journal = journal
    flags.virtualClock = virtualClock ? "true" : nil
    flags.logLevel = logLevel
    try configuration.apply(flags, from: "the command line")
    try configuration.validate()
    return configuration
  }

  /// Reads everything again; only the log level can change while the daemon runs.
  private func reload() -> Result<String, ConfigurationError> {
    Result { () throws(ConfigurationError) in try load().logLevel }
  }

  /// Writes one line to standard error, where people and logs look.
  static func say(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }

  static func fail(_ text: String, status: Int32) -> Never {
    say("holdfastd: " + text)
    Foundation.exit(status)
  }
}
