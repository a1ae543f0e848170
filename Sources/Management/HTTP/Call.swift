import Authorization
import Cryptography
import HTTPTypes
import Hummingbird
import JSON
import Ledger
import NIOCore

/// One request on its way through a resource.
struct Call: Sendable {
  /// The request's line and header fields.
  let head: HTTPRequest
  /// The path without its query.
  let path: Substring
  /// The values of the path's placeholders.
  let parameters: [String: Substring]
  /// The query.
  let query: Query
  /// The partner that the caller acts for; `nil` for the operator.
  let partner: PartnerID?
  /// The whole body; empty where the route streams it.
  let body: [UInt8]
  /// Names the request in logs and errors.
  let requestID: String
  /// The connection that the answer goes to.
  let channel: any Channel

  /// Says whether the caller still listens; asked for only where a call waits.
  func peerPresence() async -> PeerPresence? {
    try? await channel.pipeline.handler(type: ConnectionDeadline.self).map { $0.presence }.get()
  }

  /// An identifier in the path; text that is no identifier names nothing, so it is not found.
  func identifier<Kind>(
    _ name: String,
    orElse refusal: CommandRefusal
  ) throws(Problem) -> Identifier<Kind> {
    guard let text = parameters[name], let id = Identifier<Kind>(text: text) else {
      throw Problem(refusal)
    }
    return id
  }

  /// The members of the body.
  func members(allowed: [String]) throws(Problem) -> Members {
    let value: JSONValue
    do throws(JSONSyntaxError) {
      value = try JSONValue(parsing: body, limits: .request)
    } catch {
      throw .invalidJSON(error)
    }
    return try Members(value, allowed: allowed)
  }

  /// Refuses a body that says something where nothing can be said.
  func requireNoMembers() throws(Problem) {
    if !body.isEmpty { _ = try members(allowed: []) }
  }

  // MARK: Idempotency

  /// Whether a call must carry `X-Idempotency-Key`.
  enum IdempotencyRule {
    /// It moves money: a second try without a key could move it twice.
    case required
    /// It may.
    case optional
  }

  /// The identity under which the call's answer is remembered; `nil` without a key.
  /// - Parameters:
  ///   - rule: whether a key must be there.
  ///   - ignoringBody: for calls that ignore what is sent.
  ///   - body: digested in place of the body, which holds a card number: no digest of one is kept that
  ///     could be guessed at.
  /// - Returns: scope and key, and what is asked, digested.
  /// - Throws: `Problem` for a missing or malformed key, and for a body that is no JSON.
  func identity(
    _ rule: IdempotencyRule,
    ignoringBody: Bool = false,
    insteadOfBody body: JSONValue? = nil
  ) throws(Problem) -> RequestIdentity? {
    guard let key = head.headerFields[.idempotencyKey] else {
      guard rule == .optional else {
        throw Problem(
          .badRequest,
          "IDEMPOTENCY_KEY_REQUIRED",
          "This call moves money: send the header X-Idempotency-Key with a name of your own, "
            + "and the same name again when you try again.",
          field: "X-Idempotency-Key"
        )
      }
      return nil
    }
    guard (1...128).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    else {
      throw Problem(
        .badRequest,
        "IDEMPOTENCY_KEY_INVALID",
        "The header X-Idempotency-Key must have 1 to 128 visible ASCII characters.",
        field: "X-Idempotency-Key"
      )
    }
    var name = SHA256()
    Self.update(&name, partner?.text ?? "operator")
    Self.update(&name, key)
    let digest = name.finalize()
    var content = SHA256()
    Self.update(&content, head.method.rawValue)
    Self.update(&content, String(path))
    if let body {
      var canonical = CanonicalDigest(content)
      canonical.update(body)
      content = canonical.hash
    } else if !ignoringBody, !self.body.isEmpty {
      var canonical = CanonicalDigest(content)
      do throws(JSONSyntaxError) {
        canonical.update(try JSONValue(parsing: self.body, limits: .request))
      } catch {
        throw .invalidJSON(error)
      }
      content = canonical.hash
    }
    return RequestIdentity(
      key: RequestKey(high: digest.word0, low: digest.word1),
      content: content.finalize().word0
    )
  }

  /// Adds a text with its length, so that neighbours cannot be mistaken for one another.
  private static func update(_ hash: inout SHA256, _ text: String) {
    var text = text
    withUnsafeBytes(of: UInt32(text.utf8.count).littleEndian) { hash.update($0) }
    text.withUTF8 { hash.update(UnsafeRawBufferPointer($0)) }
  }
}

extension HTTPField.Name {
  /// Names a request that may be sent twice.
  static let idempotencyKey = make("X-Idempotency-Key")
  /// Names the partner that the caller acts for.
  static let partner = make("X-Partner")
  /// Names a request in logs and errors.
  static let requestID = make("X-Request-Id")

  private static func make(_ text: String) -> HTTPField.Name {
    guard let name = HTTPField.Name(text) else { preconditionFailure("a header name is invalid") }
    return name
  }
}
