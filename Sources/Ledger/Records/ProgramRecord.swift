public import Authorization

/// Who backs a programme's payments (rows S-105, S-111).
public enum Funding: UInt8, Sendable {
  /// The partner's deposit backs each authorization.
  case deposit = 1
  /// The partner's credit balance pays for users' top-ups; authorization checks the user alone.
  case credit = 2

  /// The mode's name in the management interface.
  public var name: String { self == .deposit ? "DEPOSIT" : "CREDIT" }

  /// A mode from its name in the management interface.
  public init?(name: String) {
    switch name {
    case "DEPOSIT": self = .deposit
    case "CREDIT": self = .credit
    default: return nil
    }
  }
}

/// Card numbers by their first nine digits, both ends included.
public struct BINRange: Hashable, Sendable {
  /// The first nine digits of the lowest number.
  public var from: UInt32
  /// The first nine digits of the highest number.
  public var to: UInt32

  /// A range of nine-digit prefixes, or `nil` unless `from ≤ to ≤ 999,999,999`.
  public init?(from: UInt32, to: UInt32) {
    guard from <= to, to <= 999_999_999 else { return nil }
    self.from = from
    self.to = to
  }

  /// Whether a number that begins with these nine digits is in the range.
  public func contains(_ leadingNine: UInt32) -> Bool { (from...to).contains(leadingNine) }

  /// Whether two ranges share a number.
  public func overlaps(_ other: BINRange) -> Bool { from <= other.to && other.from <= to }
}

/// A card programme (row S-021).
public struct ProgramRecord: Hashable, Sendable {
  /// The programme.
  public var id: ProgramID
  /// The partner that runs it.
  public var partner: PartnerID
  /// What people call it, 1 to 200 characters.
  public var name: String
  /// The card numbers that belong to it.
  public var binRange: BINRange
  /// The currency of its balances.
  public var currency: Currency
  /// Who backs its payments.
  public var funding: Funding
  /// Where the partner's system listens; kept for notifications.
  public var remoteURL: String?
  /// What a short deposit is answered with: 1016 or, where cardholders shall not read "not enough
  /// money" about the partner's money, 1000.
  public var insufficientDepositCode: ActionCode
  /// How well a user must be known before a balance is opened.
  public var requiredKYCLevel: KYCLevel
  /// What it allows beyond plain purchases.
  public var terms = ProgramTerms()
  /// When it was created.
  public var created: Instant
}

extension ProgramRecord: VariableRecord {
  init(_ reader: inout RecordReader) throws(LedgerError) {
    id = ProgramID(try reader.integer())
    partner = PartnerID(try reader.integer())
    guard let range = BINRange(from: try reader.integer(), to: try reader.integer()) else {
      throw .damaged("a stored BIN range is empty")
    }
    binRange = range
    currency = try reader.currency()
    funding = try reader.enumeration(Funding.self)
    insufficientDepositCode = try storedActionCode(try reader.integer())
    requiredKYCLevel = try reader.enumeration(KYCLevel.self)
    let limit: Int64 = try reader.integer()
    terms = ProgramTerms(
      acceptsPartialApproval: try reader.integer(UInt8.self) != 0,
      cashBackLimit: limit < 0 ? nil : Money(limit),
      permitsSurcharge: try reader.integer(UInt8.self) != 0
    )
    created = Instant(microsecondsSinceEpoch: try reader.integer())
    name = try reader.text()
    remoteURL = try reader.optionalText()
  }

  func write(to writer: inout RecordWriter) {
    writer.integer(id.number)
    writer.integer(partner.number)
    writer.integer(binRange.from)
    writer.integer(binRange.to)
    writer.integer(currency.number)
    writer.integer(funding.rawValue)
    writer.integer(insufficientDepositCode.number)
    writer.integer(requiredKYCLevel.rawValue)
    writer.integer(terms.cashBackLimit?.minorUnits ?? -1)
    writer.integer(UInt8(terms.acceptsPartialApproval ? 1 : 0))
    writer.integer(UInt8(terms.permitsSurcharge ? 1 : 0))
    writer.integer(created.microsecondsSinceEpoch)
    writer.text(name)
    writer.optionalText(remoteURL)
  }
}
