import Authorization
import Foundation
import Ledger
import SwitchServer

/// How the daemon runs: what a file, the environment and flags said, in that order of growing weight,
/// over the defaults.
struct Configuration: Equatable {
  /// One network listener.
  struct Listener: Equatable {
    var name = "default"
    var host = "127.0.0.1"
    var port = 8583
    var framing = Framing.nac2
    var hasTPDU = false
    var maximumFrameBytes = 16_384
    var maximumConnections = 1024
    var maximumInFlightPerLink = 4096
    var halfFrameSeconds = 10
    var idleSeconds = 300
    var answerWithinMilliseconds = 5_000
    var closesOnUnreadable = false
    var requiresSignOn = false
    var answers = AnswerPolicy()
    /// 0: no echoes of our own.
    var echoEverySeconds = 0
    var echoMisses = 2
    var institution: InstitutionID?
  }

  var data = "./holdfast-data"
  /// `nil`: `vault.key` in the data directory.
  var keyFile: String?
  var listeners = [Listener()]
  /// `nil`: `management.sock` in the data directory.
  var managementSocket: String?
  var managementListen: String?
  /// What a new data directory keeps its journal in; `nil`: LMDB, or what the directory has.
  var journal: JournalKind?
  /// Cards, and as many balances, that are kept in memory once they were used.
  var cachedCards = 16_777_216
  /// Whether time can be set forward through the management interface: for tests alone.
  var hasVirtualClock = false
  var logLevel = "info"

  var keyFilePath: String { keyFile ?? data + "/vault.key" }
  var managementSocketPath: String { managementSocket ?? data + "/management.sock" }
}

/// A setting that cannot be used; the message says which one and what it may be.
struct ConfigurationError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

extension Configuration {
  /// Splits `HOST:PORT`; an IPv6 host stands in brackets.
  static func address(_ text: String, of setting: String) throws(ConfigurationError) -> (
    host: String, port: Int
  ) {
    guard let colon = text.lastIndex(of: ":"),
      let port = Int(text[text.index(after: colon)...]), (0...65_535).contains(port)
    else {
      throw ConfigurationError(
        "\(setting) is '\(text)'; it must be HOST:PORT, for example 127.0.0.1:8583"
      )
    }
    var host = String(text[..<colon])
    if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
    guard !host.isEmpty else {
      throw ConfigurationError(
        "\(setting) is '\(text)'; it names no host, for example 127.0.0.1:8583"
      )
    }
    return (host, port)
  }

  static func framing(_ text: String, of setting: String) throws(ConfigurationError) -> Framing {
    guard let framing = Framing(rawValue: text) else {
      let names = Framing.allCases.map(\.rawValue).joined(separator: ", ")
      throw ConfigurationError("\(setting) is '\(text)'; it must be one of \(names)")
    }
    return framing
  }

  static func journal(_ text: String, of setting: String) throws(ConfigurationError) -> JournalKind
  {
    guard let kind = JournalKind(rawValue: text) else {
      let names = JournalKind.allCases.map(\.rawValue).joined(separator: ", ")
      throw ConfigurationError("\(setting) is '\(text)'; it must be one of \(names)")
    }
    return kind
  }

  /// An answer that networks expect differently, one of two.
  static func answer(
    _ text: String,
    of setting: String,
    _ choices: [ActionCode]
  ) throws(ConfigurationError) -> ActionCode {
    guard let code = choices.first(where: { $0.text == text }) else {
      let names = choices.map(\.text).joined(separator: " or ")
      throw ConfigurationError("\(setting) is '\(text)'; it must be \(names)")
    }
    return code
  }

  /// The settings that flags and environment share; each overrides what was said before.
  struct Overrides {
    var data: String?
    var listen: String?
    var framing: String?
    var keyFile: String?
    var managementSocket: String?
    var managementListen: String?
    var journal: String?
    var virtualClock: String?
    var logLevel: String?

    /// The environment's `HOLDFAST_…` variables.
    init(environment: [String: String]) {
      data = environment["HOLDFAST_DATA"]
      listen = environment["HOLDFAST_LISTEN"]
      framing = environment["HOLDFAST_FRAMING"]
      keyFile = environment["HOLDFAST_KEY_FILE"]
      managementSocket = environment["HOLDFAST_MANAGEMENT_SOCKET"]
      managementListen = environment["HOLDFAST_MANAGEMENT_LISTEN"]
      journal = environment["HOLDFAST_JOURNAL"]
      virtualClock = environment["HOLDFAST_VIRTUAL_CLOCK"]
      logLevel = environment["HOLDFAST_LOG_LEVEL"]
    }

    init() {}
  }

  /// Lets overrides win.
  ///
  /// Address and framing are those of the first listener.
  mutating func apply(_ overrides: Overrides, from source: String) throws(ConfigurationError) {
    if let value = overrides.data { data = value }
    if let value = overrides.keyFile { keyFile = value }
    if let value = overrides.managementSocket { managementSocket = value }
    if let value = overrides.managementListen { managementListen = value }
    if let value = overrides.logLevel { logLevel = value }
    if let value = overrides.journal {
      journal = try Self.journal(value, of: "the journal of \(source)")
    }
    if let value = overrides.virtualClock {
      switch value.lowercased() {
      case "true", "1", "yes": hasVirtualClock = true
      case "false", "0", "no", "": hasVirtualClock = false
      default:
        throw ConfigurationError("the virtual clock of \(source) must be true or false")
      }
    }
    if let value = overrides.listen {
      let address = try Self.address(value, of: "the listen address of \(source)")
      listeners[0].host = address.host
      listeners[0].port = address.port
    }
    if let value = overrides.framing {
      listeners[0].framing = try Self.framing(value, of: "the framing of \(source)")
    }
  }

  /// Refuses values that no part of the daemon could use.
  func validate() throws(ConfigurationError) {
    guard !data.isEmpty else { throw ConfigurationError("the data directory has no name") }
    guard LogOutput.level(logLevel) != nil else {
      throw ConfigurationError(
        "log level '\(logLevel)' is none of trace, debug, info, notice, warning, error, critical"
      )
    }
    guard (1_024...268_435_456).contains(cachedCards) else {
      throw ConfigurationError("cachedCards must be 1024 to 268435456")
    }
    guard Set(listeners.map(\.name)).count == listeners.count else {
      throw ConfigurationError("two listeners have the same name")
    }
    guard listeners.count <= LedgerLimits.networks else {
      throw ConfigurationError(
        "there are \(listeners.count) listeners, and at most \(LedgerLimits.networks) are served"
      )
    }
    if let managementListen {
      let host = try Self.address(managementListen, of: "management.listen").host
      guard host == "127.0.0.1" || host == "::1" else {
        throw ConfigurationError(
          "management.listen is '\(managementListen)'; without TLS it must be on 127.0.0.1 or [::1]"
        )
      }
    }
    // A path in sockaddr_un has 108 bytes with its end.
    guard managementSocketPath.utf8.count <= 107 else {
      throw ConfigurationError(
        "the path of the management socket is longer than 107 bytes: \(managementSocketPath)"
      )
    }
    for listener in listeners {
      do throws(ListenerError) {
        try listener.settings.validate()
      } catch {
        throw ConfigurationError("listener \(listener.name): \(error)")
      }
      guard (1...600_000).contains(listener.answerWithinMilliseconds) else {
        throw ConfigurationError(
          "listener \(listener.name): answerWithinMilliseconds must be 1 to 600000"
        )
      }
      guard (0...86_400).contains(listener.echoEverySeconds) else {
        throw ConfigurationError(
          "listener \(listener.name): echoEverySeconds must be 0 (never) to 86400"
        )
      }
      guard (1...100).contains(listener.echoMisses) else {
        throw ConfigurationError("listener \(listener.name): echoMisses must be 1 to 100")
      }
    }
  }
}

extension Configuration.Listener {
  var settings: ListenerSettings {
    var settings = ListenerSettings()
    settings.name = name
    settings.host = host
    settings.port = port
    settings.framing = framing
    settings.hasTPDU = hasTPDU
    settings.maximumFrameBytes = maximumFrameBytes
    settings.maximumConnections = maximumConnections
    settings.maximumInFlightPerLink = maximumInFlightPerLink
    settings.halfFrameTimeout = .seconds(halfFrameSeconds)
    settings.idleTimeout = .seconds(idleSeconds)
    return settings
  }
}
