/// How a dump puts the value of an element or part into words.
public enum Meaning: UInt8, Hashable, Sendable, CaseIterable {
  /// As it stands.
  case plain
  /// Currency, decimals, value.
  case amount
  /// `MMDDhhmmss`.
  case monthToSecond
  /// `CCYYMMDDhhmmss`.
  case yearToSecond
  /// `CCYYMMDD`.
  case date
  /// `CCYYMM`.
  case yearMonth
  /// `YYMM`.
  case shortYearMonth
  /// `MMDD`.
  case monthDay
  /// One digit of decimals, seven of the rate.
  case rate
  /// Transaction type, from-account, to-account.
  case processingCode
  /// Groups of fourteen characters, one for each error.
  case messageErrors
  /// ISO 3166 numeric.
  case country
  /// Flag words of how and where the card was used.
  case posDataCode
  /// Function code.
  case functionCode
  /// Message reason code.
  case reasonCode
  /// Merchant category code.
  case merchantCategory
  /// Action code.
  case actionCode
  /// Groups of twenty-one characters, one for each balance or other amount.
  case additionalAmounts
  /// Groups of thirty-six characters, one for each fee.
  case fees
  /// Message type, STAN, local time and acquirer of another message.
  case originalData
  /// BER-TLV of a chip card.
  case chip
}
