/// A permanent name for one object of kind `Kind`: assigned once by the writer, never reused.
///
/// The number grows with time, so objects sort by age. Outside the process an identifier is its
/// prefixed text (`crd_0000000000017`), which callers treat as opaque.
public struct Identifier<Kind: IdentifierKind>: Hashable, Comparable, Sendable {
  /// The number behind the text; 0 is never assigned and means "none" in stored records.
  public let number: UInt64

  /// An identifier from its stored number.
  @inlinable
  public init(_ number: UInt64) {
    self.number = number
  }

  /// Orders identifiers by age.
  @inlinable
  public static func < (left: Identifier, right: Identifier) -> Bool {
    left.number < right.number
  }

  /// An identifier from its text, or `nil` unless it has this kind's prefix and thirteen Crockford
  /// base 32 digits that fit 56 bits and are not all zero.
  ///
  /// No larger number is ever assigned, and an account's number shares its word with a byte for the
  /// kind.
  public init?(text: some StringProtocol) {
    let prefix = Kind.prefix
    let bytes = text.utf8
    guard bytes.count == prefix.utf8.count + 1 + Self.digits, text.hasPrefix(prefix) else {
      return nil
    }
    var number: UInt64 = 0
    var rest = bytes.dropFirst(prefix.utf8.count)
    guard rest.popFirst() == UInt8(ascii: "_") else { return nil }
    for byte in rest {
      guard let value = Self.alphabet.firstIndex(of: byte), number >> 59 == 0 else { return nil }
      number = number << 5 | UInt64(value)
    }
    guard number != 0, number >> 56 == 0 else { return nil }
    self.number = number
  }

  /// The prefixed text, for example `crd_0000000000017`.
  public var text: String {
    var digits: [UInt8] = []
    digits.reserveCapacity(Self.digits)
    for position in (0..<Self.digits).reversed() {
      digits.append(Self.alphabet[Int(number >> UInt64(position * 5) & 31)])
    }
    return Kind.prefix + "_" + String(decoding: digits, as: UTF8.self)
  }

  private static var digits: Int { 13 }
  private static var alphabet: [UInt8] { identifierAlphabet }
}

/// Crockford's base 32 in lower case: no i, l, o or u, so that a person can read it aloud.
private let identifierAlphabet = [UInt8]("0123456789abcdefghjkmnpqrstvwxyz".utf8)

extension Identifier: CustomStringConvertible {
  /// The prefixed text.
  public var description: String { text }
}

/// What kind of object an identifier names.
public protocol IdentifierKind: Sendable {
  /// The text before the underscore, three lower-case letters.
  static var prefix: String { get }
}

/// Kind of `PartnerID`.
public enum PartnerKind: IdentifierKind {
  /// `prt`.
  public static var prefix: String { "prt" }
}
/// Kind of `ProgramID`.
public enum ProgramKind: IdentifierKind {
  /// `prg`.
  public static var prefix: String { "prg" }
}
/// Kind of `PartnerBalanceID`.
public enum PartnerBalanceKind: IdentifierKind {
  /// `pbl`.
  public static var prefix: String { "pbl" }
}
/// Kind of `UserID`.
public enum UserKind: IdentifierKind {
  /// `usr`.
  public static var prefix: String { "usr" }
}
/// Kind of `BalanceID`.
public enum BalanceKind: IdentifierKind {
  /// `bal`.
  public static var prefix: String { "bal" }
}
/// Kind of `CardID`.
public enum CardKind: IdentifierKind {
  /// `crd`.
  public static var prefix: String { "crd" }
}
/// Kind of `AuthorizationID`.
public enum AuthorizationKind: IdentifierKind {
  /// `ath`.
  public static var prefix: String { "ath" }
}

/// Names a partner: the institution that runs card programmes.
public typealias PartnerID = Identifier<PartnerKind>
/// Names a card programme.
public typealias ProgramID = Identifier<ProgramKind>
/// Names a partner's deposit or credit balance.
public typealias PartnerBalanceID = Identifier<PartnerBalanceKind>
/// Names a user: the end customer who holds balances and cards.
public typealias UserID = Identifier<UserKind>
/// Names a user's balance.
public typealias BalanceID = Identifier<BalanceKind>
/// Names a card.
public typealias CardID = Identifier<CardKind>
/// Names an authorization, approved or declined.
public typealias AuthorizationID = Identifier<AuthorizationKind>
