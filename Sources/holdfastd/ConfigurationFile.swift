import Authorization
import Foundation

/// The configuration file: one JSON object; every member is optional, an unknown one is an error.
struct ConfigurationFile: Decodable {
  struct Listener: Decodable {
    var name: String?
    var listen: String?
    var framing: String?
    var tpdu: Bool?
    var maximumFrameBytes: Int?
    var maximumConnections: Int?
    var maximumInFlightPerLink: Int?
    var halfFrameSeconds: Int?
    var idleSeconds: Int?
    var answerWithinMilliseconds: Int?
    var onUnreadable: String?
    var requireSignOn: Bool?
    var echoEverySeconds: Int?
    var echoMisses: Int?
    var institution: String?
    var adviceAnswer: String?
    var secondReversal: String?
    var unmatchedReversal: String?

    enum CodingKeys: String, CodingKey, CaseIterable {
      case name, listen, framing, tpdu, maximumFrameBytes, maximumConnections
      case maximumInFlightPerLink, halfFrameSeconds, idleSeconds, answerWithinMilliseconds
      case onUnreadable, requireSignOn, echoEverySeconds, echoMisses, institution
      case adviceAnswer, secondReversal, unmatchedReversal
    }

    init(from decoder: any Decoder) throws {
      try refuseUnknownMembers(decoder, CodingKeys.self)
      let members = try decoder.container(keyedBy: CodingKeys.self)
      name = try members.decodeIfPresent(String.self, forKey: .name)
      listen = try members.decodeIfPresent(String.self, forKey: .listen)
      framing = try members.decodeIfPresent(String.self, forKey: .framing)
      tpdu = try members.decodeIfPresent(Bool.self, forKey: .tpdu)
      maximumFrameBytes = try members.decodeIfPresent(Int.self, forKey: .maximumFrameBytes)
      maximumConnections = try members.decodeIfPresent(Int.self, forKey: .maximumConnections)
      maximumInFlightPerLink = try members.decodeIfPresent(
        Int.self,
        forKey: .maximumInFlightPerLink
      )
      halfFrameSeconds = try members.decodeIfPresent(Int.self, forKey: .halfFrameSeconds)
      idleSeconds = try members.decodeIfPresent(Int.self, forKey: .idleSeconds)
      answerWithinMilliseconds = try members.decodeIfPresent(
        Int.self,
        forKey: .answerWithinMilliseconds
      )
      onUnreadable = try members.decodeIfPresent(String.self, forKey: .onUnreadable)
      requireSignOn = try members.decodeIfPresent(Bool.self, forKey: .requireSignOn)
      echoEverySeconds = try members.decodeIfPresent(Int.self, forKey: .echoEverySeconds)
      echoMisses = try members.decodeIfPresent(Int.self, forKey: .echoMisses)
      institution = try members.decodeIfPresent(String.self, forKey: .institution)
      adviceAnswer = try members.decodeIfPresent(String.self, forKey: .adviceAnswer)
      secondReversal = try members.decodeIfPresent(String.self, forKey: .secondReversal)
      unmatchedReversal = try members.decodeIfPresent(String.self, forKey: .unmatchedReversal)
    }
  }

  struct Management: Decodable {
    var socket: String?
    var listen: String?

    enum CodingKeys: String, CodingKey, CaseIterable { case socket, listen }

    init(from decoder: any Decoder) throws {
      try refuseUnknownMembers(decoder, CodingKeys.self)
      let members = try decoder.container(keyedBy: CodingKeys.self)
      socket = try members.decodeIfPresent(String.self, forKey: .socket)
      listen = try members.decodeIfPresent(String.self, forKey: .listen)
    }
  }

  var data: String?
  var keyFile: String?
  var listeners: [Listener]?
  var management: Management?
  var journal: String?
  var cachedCards: Int?
  var virtualClock: Bool?
  var logLevel: String?

  enum CodingKeys: String, CodingKey, CaseIterable {
    case data, keyFile, listeners, management, journal, cachedCards, virtualClock, logLevel
  }

  init(from decoder: any Decoder) throws {
    try refuseUnknownMembers(decoder, CodingKeys.self)
    let members = try decoder.container(keyedBy: CodingKeys.self)
    data = try members.decodeIfPresent(String.self, forKey: .data)
    keyFile = try members.decodeIfPresent(String.self, forKey: .keyFile)
    listeners = try members.decodeIfPresent([Listener].self, forKey: .listeners)
    management = try members.decodeIfPresent(Management.self, forKey: .management)
    journal = try members.decodeIfPresent(String.self, forKey: .journal)
    cachedCards = try members.decodeIfPresent(Int.self, forKey: .cachedCards)
    virtualClock = try members.decodeIfPresent(Bool.self, forKey: .virtualClock)
    logLevel = try members.decodeIfPresent(String.self, forKey: .logLevel)
  }

  /// Reads a file.
  static func read(_ path: String) throws(ConfigurationError) -> ConfigurationFile {
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw ConfigurationError("the configuration file \(path) cannot be read")
    }
    do {
      return try JSONDecoder().decode(ConfigurationFile.self, from: bytes)
    } catch let error as DecodingError {
      throw ConfigurationError("the configuration file \(path) \(Self.explain(error))")
    } catch {
      throw ConfigurationError("the configuration file \(path) cannot be used: \(error)")
    }
  }

  private static func explain(_ error: DecodingError) -> String {
    func place(_ path: [any CodingKey]) -> String {
      path.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
    }
    switch error {
    case .typeMismatch(let type, let context):
      return "has a wrong type at \(place(context.codingPath)): a \(type) is needed"
    case .valueNotFound(_, let context):
      return "has null at \(place(context.codingPath))"
    case .keyNotFound(let key, _):
      return "lacks \(key.stringValue)"
    case .dataCorrupted(let context):
      let place = place(context.codingPath)
      return place.isEmpty
        ? "is not JSON: \(context.debugDescription)" : "\(context.debugDescription) at \(place)"
    @unknown default:
      return "cannot be used"
    }
  }

  /// Fills in what the file says.
  func apply(to configuration: inout Configuration) throws(ConfigurationError) {
    if let data { configuration.data = data }
    if let keyFile { configuration.keyFile = keyFile }
    if let journal { configuration.journal = try Configuration.journal(journal, of: "journal") }
    if let cachedCards { configuration.cachedCards = cachedCards }
    if let virtualClock { configuration.hasVirtualClock = virtualClock }
    if let logLevel { configuration.logLevel = logLevel }
    if let management {
      configuration.managementSocket = management.socket
      configuration.managementListen = management.listen
    }
    guard let listeners else { return }
    guard !listeners.isEmpty else { throw ConfigurationError("listeners is empty; name one") }
    configuration.listeners = []
    for listener in listeners { configuration.listeners.append(try listener.settings()) }
  }
}

extension ConfigurationFile.Listener {
  fileprivate func settings() throws(ConfigurationError) -> Configuration.Listener {
    var settings = Configuration.Listener()
    if let name { settings.name = name }
    if let listen {
      let address = try Configuration.address(listen, of: "listeners.listen")
      settings.host = address.host
      settings.port = address.port
    }
    if let framing {
      settings.framing = try Configuration.framing(framing, of: "listeners.framing")
    }
    if let tpdu { settings.hasTPDU = tpdu }
    if let maximumFrameBytes { settings.maximumFrameBytes = maximumFrameBytes }
    if let maximumConnections { settings.maximumConnections = maximumConnections }
    if let maximumInFlightPerLink { settings.maximumInFlightPerLink = maximumInFlightPerLink }
    if let halfFrameSeconds { settings.halfFrameSeconds = halfFrameSeconds }
    if let idleSeconds { settings.idleSeconds = idleSeconds }
    if let answerWithinMilliseconds {
      settings.answerWithinMilliseconds = answerWithinMilliseconds
    }
    if let requireSignOn { settings.requiresSignOn = requireSignOn }
    if let echoEverySeconds { settings.echoEverySeconds = echoEverySeconds }
    if let echoMisses { settings.echoMisses = echoMisses }
    if let institution {
      guard let number = InstitutionID(text: institution) else {
        throw ConfigurationError("listeners.institution must be 1 to 11 digits")
      }
      settings.institution = number
    }
    if let adviceAnswer {
      settings.answers.advice = try Configuration.answer(
        adviceAnswer,
        of: "listeners.adviceAnswer",
        [.adviceAccepted, .approved]
      )
    }
    if let secondReversal {
      settings.answers.secondReversal = try Configuration.answer(
        secondReversal,
        of: "listeners.secondReversal",
        [.reversalAccepted, .previouslyReversed]
      )
    }
    if let unmatchedReversal {
      settings.answers.unmatchedReversal = try Configuration.answer(
        unmatchedReversal,
        of: "listeners.unmatchedReversal",
        [.originalNotFound, .reversalAccepted]
      )
    }
    switch onUnreadable {
    case nil, "skip": break
    case "close": settings.closesOnUnreadable = true
    default: throw ConfigurationError("listeners.onUnreadable must be skip or close")
    }
    return settings
  }
}

/// A misspelt member would otherwise be a setting that silently does nothing.
private func refuseUnknownMembers<Keys: CodingKey & CaseIterable>(
  _ decoder: any Decoder,
  _ keys: Keys.Type
) throws {
  let known = Set(Keys.allCases.map(\.stringValue))
  let found = try decoder.container(keyedBy: AnyKey.self).allKeys.map(\.stringValue)
  guard let unknown = found.first(where: { !known.contains($0) }) else { return }
  throw DecodingError.dataCorrupted(
    DecodingError.Context(
      codingPath: decoder.codingPath + [AnyKey(stringValue: unknown)],
      debugDescription:
        "has an unknown member (known: \(known.sorted().joined(separator: ", ")))"
    )
  )
}

private struct AnyKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init(stringValue: String) { self.stringValue = stringValue }

  init?(intValue: Int) { return nil }
}
