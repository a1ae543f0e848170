import Authorization

/// A name that a caller gave to an object, unique in its space.
struct ReferenceKey: Hashable, Sendable {
  /// The spaces of names.
  enum Space: UInt8, Sendable {
    /// Import references, one space for each kind of object.
    case importedPartner = 1
    case importedProgram = 2
    case importedCustomer = 3
    case importedBalance = 4
    case importedCard = 5
    /// A customer's external id, telephone number and e-mail address, within a partner.
    case customerExternalID = 16
    case customerPhone = 17
    case customerEmail = 18
    /// The bank reference of a reload, within a partner (row S-109).
    case bankReference = 19
    /// The partner's balance of a kind in a currency (row S-119).
    case partnerBalance = 20
    /// The payment of a trace identifier in DE 21, within a card's token.
    case lifeCycle = 21
  }

  /// Space, owner (big-endian) and name.
  let bytes: [UInt8]

  /// A name in a space of an owner, 0 where the space has none.
  ///
  /// Names are at most 200 bytes long, so that a key fits LMDB's 511.
  init(_ space: Space, owner: UInt64 = 0, _ name: String) {
    var bytes = [space.rawValue]
    for shift in stride(from: 56, through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: owner >> UInt64(shift)))
    }
    bytes.append(contentsOf: name.utf8)
    precondition(bytes.count <= 500, "a reference is longer than a stored key")
    self.bytes = bytes
  }

  init(bytes: [UInt8]) { self.bytes = bytes }

  /// The name of a payment by its trace identifier.
  ///
  /// - Parameters:
  ///   - card: the card's token, since identifiers of one card only are the same payment.
  ///   - digest: of the trace identifier.
  /// - Returns: the key.
  static func lifeCycle(_ card: PANToken, _ digest: UInt64) -> ReferenceKey {
    ReferenceKey(
      .lifeCycle,
      owner: card.high ^ card.low,
      String(digest, radix: 16)
    )
  }

  /// The name of a partner's balance.
  static func partnerBalance(
    _ partner: PartnerID,
    _ kind: AccountKind,
    _ currency: Currency
  ) -> ReferenceKey {
    ReferenceKey(.partnerBalance, owner: partner.number, "\(kind.rawValue)/\(currency.number)")
  }
}

/// What a reference names.
///
/// ```
/// 0 object number  8
/// 8 content digest 8  of the line or request that made it; 0 where repeats are never compared
/// ```
struct ReferenceRecord: Hashable, Sendable, FixedRecord {
  static let byteCount = 16
  var object: UInt64
  var content: UInt64

  init(object: UInt64, content: UInt64 = 0) {
    self.object = object
    self.content = content
  }

  init(_ bytes: FieldReader) {
    object = bytes.integer(0)
    content = bytes.integer(8)
  }

  func store(_ bytes: FieldWriter) {
    bytes.integer(0, object)
    bytes.integer(8, content)
  }
}
