/// What a dump shows of an element or part.
public enum Redaction: UInt8, Hashable, Sendable, CaseIterable {
  /// All of it: structured data that holds no card number.
  case shown
  /// All but digit runs that look like a card number: free text, opaque bytes, references.
  case searched
  /// The first six and the last four digits of a card number.
  case cardNumber
  /// The card number of a magnetic track as for `cardNumber`; nothing of the rest.
  case track
  /// The last four characters of an account.
  case account
  /// Tag by tag, each by its own rule.
  case chip
  /// Nothing but the length: PIN, verification value, keys, addresses.
  case hidden
}
