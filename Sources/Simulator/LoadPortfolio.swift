import Authorization

/// A partner with many users, one balance and one card each, as import lines (contract, section 4).
public struct LoadPortfolio: Sendable {
  /// Some lines of the file.
  public struct Chunk: Sendable {
    /// The lines, each with its line feed.
    public let bytes: [UInt8]
    /// How many lines there are.
    public let lines: Int
  }

  /// The numbers the cards are taken from, in order.
  public let numbers: CardNumberRange
  /// How many cards.
  public let count: Int
  /// The currency of everything.
  public let currency: Currency
  /// What each user has, in minor units.
  public let balance: Int64
  /// What the partner's deposit has, in minor units.
  public let deposit: Int64
  /// The cards' expiry, `YYMM`.
  public let expiry: String
  /// Begins every reference.
  public let prefix: String

  /// A portfolio; traps when the range holds fewer numbers than cards.
  public init(
    numbers: CardNumberRange,
    count: Int,
    currency: Currency,
    balance: Int64,
    deposit: Int64,
    expiry: String,
    prefix: String
  ) {
    precondition(count <= numbers.count, "the BIN range holds too few card numbers")
    self.numbers = numbers
    self.count = count
    self.currency = currency
    self.balance = balance
    self.deposit = deposit
    self.expiry = expiry
    self.prefix = prefix
  }

  /// How many lines all chunks together have.
  public var lineCount: Int { 3 + 3 * count }

  /// The file, piece by piece: a million cards need not be in memory at once.
  public func chunks() -> some Sequence<Chunk> {
    sequence(state: -1) { (next: inout Int) -> Chunk? in
      if next < 0 {
        next = 0
        return Chunk(bytes: Array(head.utf8), lines: 3)
      }
      guard next < count else { return nil }
      let end = Swift.min(next + 1_000, count)
      let text = (next..<end).map(lines).joined()
      defer { next = end }
      return Chunk(bytes: Array(text.utf8), lines: 3 * (end - next))
    }
  }

  private var head: String {
    let last = numbers.through
    return """
      {"partner":{"ref":"\(prefix)-partner","name":"\(prefix)"}}
      {"program":{"ref":"\(prefix)-program","partner":"\(prefix)-partner","name":"\(prefix)",\
      "binRange":{"from":"\(numbers.from)","to":"\(last)"},"currency":"\(currency)",\
      "funding":"DEPOSIT"}}
      {"partnerBalance":{"partner":"\(prefix)-partner","kind":"DEPOSIT","currency":"\(currency)",\
      "reload":\(deposit)}}

      """
  }

  private func lines(_ position: Int) -> String {
    let pan = numbers.number(at: position).withASCIIDigits {
      String(decoding: $0, as: UTF8.self)
    }
    return """
      {"customer":{"ref":"\(prefix)-u\(position)","partner":"\(prefix)-partner",\
      "externalId":"\(prefix)-\(position)","kyc":"STRONG"}}
      {"balance":{"ref":"\(prefix)-b\(position)","customer":"\(prefix)-u\(position)",\
      "program":"\(prefix)-program","currency":"\(currency)","reload":\(balance)}}
      {"card":{"ref":"\(prefix)-c\(position)","balance":"\(prefix)-b\(position)","pan":"\(pan)",\
      "expiry":"\(expiry)","type":"VIRTUAL","state":"ACTIVE"}}

      """
  }
}
