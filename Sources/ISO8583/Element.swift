/// A data element of ISO 8583:2003, by its number.
///
/// Number 1 is not an element: its bit announces the secondary bitmap. Number 65 is an ordinary
/// element of eight bytes in this dialect, never a third bitmap.
public struct Element: Hashable, Sendable {
  /// The element's number, `2...128`.
  public let number: UInt8

  /// The element with a number, or `nil` outside 2 to 128.
  @inlinable
  public init?(number: Int) {
    guard number >= 2, number <= 128 else { return nil }
    self.number = UInt8(truncatingIfNeeded: number)
  }
}

extension Element: ExpressibleByIntegerLiteral {
  /// The element with a literal number; traps outside 2 to 128.
  @inlinable
  public init(integerLiteral number: UInt8) {
    precondition(number >= 2 && number <= 128, "data elements are numbered 2 to 128")
    self.number = number
  }
}

extension Element: Comparable {
  /// Whether the left element stands before the right one in a message.
  @inlinable
  public static func < (left: Element, right: Element) -> Bool { left.number < right.number }
}

extension Element: CustomStringConvertible {
  /// `DE` and the number.
  public var description: String { "DE \(number)" }
}

extension Element {
  /// Primary account number.
  @inlinable public static var pan: Element { 2 }
  /// Processing code: transaction type, from-account, to-account.
  @inlinable public static var processingCode: Element { 3 }
  /// Amount in the currency of the transaction.
  @inlinable public static var amountTransaction: Element { 4 }
  /// Amount in the currency of the reconciliation.
  @inlinable public static var amountReconciliation: Element { 5 }
  /// Amount in the currency of the cardholder's account.
  @inlinable public static var amountBilling: Element { 6 }
  /// Time at which this message was sent, UTC, `MMDDhhmmss`.
  @inlinable public static var transmissionTime: Element { 7 }
  /// Fee in the currency of the cardholder's account.
  @inlinable public static var amountBillingFee: Element { 8 }
  /// Rate from transaction to reconciliation currency.
  @inlinable public static var conversionRateReconciliation: Element { 9 }
  /// Rate from transaction to billing currency.
  @inlinable public static var conversionRateBilling: Element { 10 }
  /// System trace audit number.
  @inlinable public static var stan: Element { 11 }
  /// Local date and time of the transaction, `CCYYMMDDhhmmss`.
  @inlinable public static var localTime: Element { 12 }
  /// Month from which the card is valid, `CCYYMM`.
  @inlinable public static var effectiveDate: Element { 13 }
  /// Last month in which the card is valid, `YYMM`.
  @inlinable public static var expirationDate: Element { 14 }
  /// Settlement date, `CCYYMMDD`.
  @inlinable public static var settlementDate: Element { 15 }
  /// Date of the conversion rate, `MMDD`.
  @inlinable public static var conversionDate: Element { 16 }
  /// Capture date, `MMDD`.
  @inlinable public static var captureDate: Element { 17 }
  /// Message error indicator.
  @inlinable public static var messageError: Element { 18 }
  /// Country of the acquirer, ISO 3166 numeric.
  @inlinable public static var acquirerCountry: Element { 19 }
  /// Country of the card issuer, ISO 3166 numeric.
  @inlinable public static var panCountry: Element { 20 }
  /// Transaction life-cycle identification.
  @inlinable public static var lifeCycle: Element { 21 }
  /// POS data code: how the card was read, its holder verified, and where.
  @inlinable public static var posDataCode: Element { 22 }
  /// Card sequence number.
  @inlinable public static var cardSequence: Element { 23 }
  /// Function code: what exactly is asked.
  @inlinable public static var functionCode: Element { 24 }
  /// Message reason code: why it is asked.
  @inlinable public static var reasonCode: Element { 25 }
  /// Merchant category code, ISO 18245.
  @inlinable public static var merchantCategory: Element { 26 }
  /// POS capability.
  @inlinable public static var posCapability: Element { 27 }
  /// Reconciliation date, `CCYYMMDD`.
  @inlinable public static var reconciliationDate: Element { 28 }
  /// Reconciliation indicator.
  @inlinable public static var reconciliationIndicator: Element { 29 }
  /// Original amounts of a reversal, replacement or partial approval.
  @inlinable public static var originalAmounts: Element { 30 }
  /// Acquirer reference number.
  @inlinable public static var acquirerReference: Element { 31 }
  /// Acquiring institution.
  @inlinable public static var acquirer: Element { 32 }
  /// Forwarding institution.
  @inlinable public static var forwarder: Element { 33 }
  /// Electronic commerce data.
  @inlinable public static var electronicCommerce: Element { 34 }
  /// Track 2 as characters.
  @inlinable public static var track2: Element { 35 }
  /// Track 3 as characters.
  @inlinable public static var track3: Element { 36 }
  /// Retrieval reference number.
  @inlinable public static var retrievalReference: Element { 37 }
  /// Approval code.
  @inlinable public static var approvalCode: Element { 38 }
  /// Action code: the answer.
  @inlinable public static var actionCode: Element { 39 }
  /// Service code of the card.
  @inlinable public static var serviceCode: Element { 40 }
  /// Terminal, sixteen characters.
  @inlinable public static var terminal: Element { 41 }
  /// Merchant (card acceptor).
  @inlinable public static var merchant: Element { 42 }
  /// Merchant's name and place.
  @inlinable public static var merchantPlace: Element { 43 }
  /// Additional response data.
  @inlinable public static var additionalResponse: Element { 44 }
  /// Track 1 as characters.
  @inlinable public static var track1: Element { 45 }
  /// Fees.
  @inlinable public static var feeAmounts: Element { 46 }
  /// Additional national data.
  @inlinable public static var nationalData: Element { 47 }
  /// Additional private data.
  @inlinable public static var privateData: Element { 48 }
  /// Verification data; holds the card verification value.
  @inlinable public static var verificationData: Element { 49 }
  /// Enciphered PIN block.
  @inlinable public static var pinData: Element { 52 }
  /// Security control information.
  @inlinable public static var securityControl: Element { 53 }
  /// Additional amounts, for example balances.
  @inlinable public static var additionalAmounts: Element { 54 }
  /// Chip data, BER-TLV.
  @inlinable public static var chipData: Element { 55 }
  /// Original data elements: which message a reversal or completion is about.
  @inlinable public static var originalData: Element { 56 }
  /// Authorization life-cycle code.
  @inlinable public static var authorizationLifeCycle: Element { 57 }
  /// Authorizing agent institution.
  @inlinable public static var authorizingAgent: Element { 58 }
  /// Transport data, returned unaltered.
  @inlinable public static var transportData: Element { 59 }
  /// Text for display.
  @inlinable public static var displayData: Element { 63 }
  /// Authentication code of a message without elements above 64.
  @inlinable public static var mac: Element { 64 }
  /// Original fees.
  @inlinable public static var originalFees: Element { 66 }
  /// Data record of a file action.
  @inlinable public static var dataRecord: Element { 72 }
  /// Action date, `CCYYMMDD`.
  @inlinable public static var actionDate: Element { 73 }
  /// Reconciliation data, primary: credits and debits.
  @inlinable public static var reconciliationPrimary: Element { 74 }
  /// Reconciliation data, secondary.
  @inlinable public static var reconciliationSecondary: Element { 75 }
  /// Institution the transaction goes to.
  @inlinable public static var destination: Element { 93 }
  /// Institution the transaction comes from.
  @inlinable public static var originator: Element { 94 }
  /// Card issuer reference data.
  @inlinable public static var issuerReference: Element { 95 }
  /// Key management data.
  @inlinable public static var keyManagement: Element { 96 }
  /// Net reconciliation amount.
  @inlinable public static var amountNetReconciliation: Element { 97 }
  /// Settlement institution.
  @inlinable public static var settlementInstitution: Element { 99 }
  /// Receiving institution.
  @inlinable public static var receiver: Element { 100 }
  /// File name of a file action.
  @inlinable public static var fileName: Element { 101 }
  /// Account the money comes from.
  @inlinable public static var accountFrom: Element { 102 }
  /// Account the money goes to.
  @inlinable public static var accountTo: Element { 103 }
  /// Transaction specific data.
  @inlinable public static var transactionSpecific: Element { 104 }
  /// Reserved data which an answer repeats unaltered.
  @inlinable public static var echoedData: Element { 111 }
  /// Private composite of third-party processors.
  @inlinable public static var processorData: Element { 113 }
  /// Authentication code of a message with elements above 64.
  @inlinable public static var macSecondary: Element { 128 }
}
