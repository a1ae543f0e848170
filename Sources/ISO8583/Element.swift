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
  public static let pan: Element = 2
  /// Processing code: transaction type, from-account, to-account.
  public static let processingCode: Element = 3
  /// Amount in the currency of the transaction.
  public static let amountTransaction: Element = 4
  /// Amount in the currency of the reconciliation.
  public static let amountReconciliation: Element = 5
  /// Amount in the currency of the cardholder's account.
  public static let amountBilling: Element = 6
  /// Time at which this message was sent, UTC, `MMDDhhmmss`.
  public static let transmissionTime: Element = 7
  /// Fee in the currency of the cardholder's account.
  public static let amountBillingFee: Element = 8
  /// Rate from transaction to reconciliation currency.
  public static let conversionRateReconciliation: Element = 9
  /// Rate from transaction to billing currency.
  public static let conversionRateBilling: Element = 10
  /// System trace audit number.
  public static let stan: Element = 11
  /// Local date and time of the transaction, `CCYYMMDDhhmmss`.
  public static let localTime: Element = 12
  /// Month from which the card is valid, `CCYYMM`.
  public static let effectiveDate: Element = 13
  /// Last month in which the card is valid, `YYMM`.
  public static let expirationDate: Element = 14
  /// Settlement date, `CCYYMMDD`.
  public static let settlementDate: Element = 15
  /// Date of the conversion rate, `MMDD`.
  public static let conversionDate: Element = 16
  /// Capture date, `MMDD`.
  public static let captureDate: Element = 17
  /// Message error indicator.
  public static let messageError: Element = 18
  /// Country of the acquirer, ISO 3166 numeric.
  public static let acquirerCountry: Element = 19
  /// Country of the card issuer, ISO 3166 numeric.
  public static let panCountry: Element = 20
  /// Transaction life-cycle identification.
  public static let lifeCycle: Element = 21
  /// POS data code: how the card was read, its holder verified, and where.
  public static let posDataCode: Element = 22
  /// Card sequence number.
  public static let cardSequence: Element = 23
  /// Function code: what exactly is asked.
  public static let functionCode: Element = 24
  /// Message reason code: why it is asked.
  public static let reasonCode: Element = 25
  /// Merchant category code, ISO 18245.
  public static let merchantCategory: Element = 26
  /// POS capability.
  public static let posCapability: Element = 27
  /// Reconciliation date, `CCYYMMDD`.
  public static let reconciliationDate: Element = 28
  /// Reconciliation indicator.
  public static let reconciliationIndicator: Element = 29
  /// Original amounts of a reversal, replacement or partial approval.
  public static let originalAmounts: Element = 30
  /// Acquirer reference number.
  public static let acquirerReference: Element = 31
  /// Acquiring institution.
  public static let acquirer: Element = 32
  /// Forwarding institution.
  public static let forwarder: Element = 33
  /// Electronic commerce data.
  public static let electronicCommerce: Element = 34
  /// Track 2 as characters.
  public static let track2: Element = 35
  /// Track 3 as characters.
  public static let track3: Element = 36
  /// Retrieval reference number.
  public static let retrievalReference: Element = 37
  /// Approval code.
  public static let approvalCode: Element = 38
  /// Action code: the answer.
  public static let actionCode: Element = 39
  /// Service code of the card.
  public static let serviceCode: Element = 40
  /// Terminal, sixteen characters.
  public static let terminal: Element = 41
  /// Merchant (card acceptor).
  public static let merchant: Element = 42
  /// Merchant's name and place.
  public static let merchantPlace: Element = 43
  /// Additional response data.
  public static let additionalResponse: Element = 44
  /// Track 1 as characters.
  public static let track1: Element = 45
  /// Fees.
  public static let feeAmounts: Element = 46
  /// Additional national data.
  public static let nationalData: Element = 47
  /// Additional private data.
  public static let privateData: Element = 48
  /// Verification data; holds the card verification value.
  public static let verificationData: Element = 49
  /// Enciphered PIN block.
  public static let pinData: Element = 52
  /// Security control information.
  public static let securityControl: Element = 53
  /// Additional amounts, for example balances.
  public static let additionalAmounts: Element = 54
  /// Chip data, BER-TLV.
  public static let chipData: Element = 55
  /// Original data elements: which message a reversal or completion is about.
  public static let originalData: Element = 56
  /// Authorization life-cycle code.
  public static let authorizationLifeCycle: Element = 57
  /// Authorizing agent institution.
  public static let authorizingAgent: Element = 58
  /// Transport data, returned unaltered.
  public static let transportData: Element = 59
  /// Text for display.
  public static let displayData: Element = 63
  /// Authentication code of a message without elements above 64.
  public static let mac: Element = 64
  /// Original fees.
  public static let originalFees: Element = 66
  /// Data record of a file action.
  public static let dataRecord: Element = 72
  /// Action date, `CCYYMMDD`.
  public static let actionDate: Element = 73
  /// Reconciliation data, primary: credits and debits.
  public static let reconciliationPrimary: Element = 74
  /// Reconciliation data, secondary.
  public static let reconciliationSecondary: Element = 75
  /// Institution the transaction goes to.
  public static let destination: Element = 93
  /// Institution the transaction comes from.
  public static let originator: Element = 94
  /// Card issuer reference data.
  public static let issuerReference: Element = 95
  /// Key management data.
  public static let keyManagement: Element = 96
  /// Net reconciliation amount.
  public static let amountNetReconciliation: Element = 97
  /// Settlement institution.
  public static let settlementInstitution: Element = 99
  /// Receiving institution.
  public static let receiver: Element = 100
  /// File name of a file action.
  public static let fileName: Element = 101
  /// Account the money comes from.
  public static let accountFrom: Element = 102
  /// Account the money goes to.
  public static let accountTo: Element = 103
  /// Transaction specific data.
  public static let transactionSpecific: Element = 104
  /// Reserved data which an answer repeats unaltered.
  public static let echoedData: Element = 111
  /// Private composite of third-party processors.
  public static let processorData: Element = 113
  /// Authentication code of a message with elements above 64.
  public static let macSecondary: Element = 128
}
