public import Authorization

/// How far a user's identity check has come (row S-048).
public enum KYCStatus: UInt8, CaseIterable, Sendable {
  /// Nothing has been asked.
  case new = 1
  /// A check is under way.
  case inProgress = 2
  /// The user is known.
  case accepted = 3
  /// The check failed.
  case rejected = 4

  /// The status's name in the management interface.
  public var name: String {
    switch self {
    case .new: "NEW"
    case .inProgress: "IN_PROGRESS"
    case .accepted: "ACCEPTED"
    case .rejected: "REJECTED"
    }
  }

  /// A status from its name in the management interface.
  public init?(name: String) {
    guard let status = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = status
  }
}

/// How well a user is known (row S-054).
public enum KYCLevel: UInt8, CaseIterable, Comparable, Sendable {
  /// Not at all.
  case none = 0
  /// Named, not verified.
  case basic = 1
  /// Strongly verified.
  case strong = 2

  /// The level's name in the management interface.
  public var name: String {
    switch self {
    case .none: "NONE"
    case .basic: "BASIC"
    case .strong: "STRONG"
    }
  }

  /// A level from its name in the management interface.
  public init?(name: String) {
    guard let level = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = level
  }

  /// Orders by how well the user is known.
  public static func < (left: KYCLevel, right: KYCLevel) -> Bool { left.rawValue < right.rawValue }
}

/// Who checked a user (row S-051).
public enum KYCSource: UInt8, CaseIterable, Sendable {
  /// The partner.
  case partner = 1
  /// The platform.
  case platform = 2

  /// The source's name in the management interface.
  public var name: String { self == .partner ? "PARTNER" : "PLATFORM" }

  /// A source from its name in the management interface.
  public init?(name: String) {
    guard let source = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = source
  }
}

/// What the partner says about a user; all optional.
public struct CustomerProfile: Hashable, Sendable {
  /// The partner's own name for the user; unique within the partner.
  public var externalID: String?
  /// Given name.
  public var firstName: String?
  /// Family name.
  public var lastName: String?
  /// Telephone number; unique within the partner.
  public var phone: String?
  /// E-mail address; unique within the partner.
  public var email: String?

  /// A profile from its parts.
  public init(
    externalID: String? = nil,
    firstName: String? = nil,
    lastName: String? = nil,
    phone: String? = nil,
    email: String? = nil
  ) {
    self.externalID = externalID
    self.firstName = firstName
    self.lastName = lastName
    self.phone = phone
    self.email = email
  }
}

/// A user: the end customer who holds balances and cards (row S-002).
public struct CustomerRecord: Hashable, Sendable {
  /// The user.
  public var id: UserID
  /// The partner that the user belongs to.
  public var partner: PartnerID
  /// What the partner says about the user.
  public var profile: CustomerProfile
  /// How far the identity check has come.
  public var kycStatus: KYCStatus
  /// How well the user is known.
  public var kycLevel: KYCLevel
  /// Who checked; `nil` before anybody did.
  public var kycSource: KYCSource?
  /// When the user was created.
  public var created: Instant
}

extension CustomerRecord: VariableRecord {
  init(_ reader: inout RecordReader) throws(LedgerError) {
    id = UserID(try reader.integer())
    partner = PartnerID(try reader.integer())
    kycStatus = try reader.enumeration(KYCStatus.self)
    kycLevel = try reader.enumeration(KYCLevel.self)
    kycSource = try storedOptional(try reader.integer())
    created = Instant(microsecondsSinceEpoch: try reader.integer())
    profile = CustomerProfile(
      externalID: try reader.optionalText(),
      firstName: try reader.optionalText(),
      lastName: try reader.optionalText(),
      phone: try reader.optionalText(),
      email: try reader.optionalText()
    )
  }

  func write(to writer: inout RecordWriter) {
    writer.integer(id.number)
    writer.integer(partner.number)
    writer.integer(kycStatus.rawValue)
    writer.integer(kycLevel.rawValue)
    writer.integer(kycSource?.rawValue ?? 0)
    writer.integer(created.microsecondsSinceEpoch)
    writer.optionalText(profile.externalID)
    writer.optionalText(profile.firstName)
    writer.optionalText(profile.lastName)
    writer.optionalText(profile.phone)
    writer.optionalText(profile.email)
  }
}
