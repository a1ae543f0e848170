import Authorization

/// What a terminal knows of a card.
public struct SimulatedCard: Hashable, Sendable {
  /// The number.
  public var pan: PAN
  /// DE 14, `YYMM`.
  public var expiry: String

  /// A card; `nil` unless the expiry is four digits with a month of `01...12`.
  public init?(pan: PAN, expiry: String) {
    let digits = Array(expiry.utf8)
    guard digits.count == 4, digits.allSatisfy({ (0x30...0x39).contains($0) }),
      (1...12).contains((digits[2] - 0x30) * 10 + digits[3] - 0x30)
    else { return nil }
    self.pan = pan
    self.expiry = expiry
  }

  /// The number in clear, for a message only.
  var panText: String {
    pan.withASCIIDigits { String(decoding: $0, as: UTF8.self) }
  }
}
