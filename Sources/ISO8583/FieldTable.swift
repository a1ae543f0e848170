/// Every element of the dialect: one table that reading, writing, dumps and redaction follow.
///
/// The dialect is ISO 8583:2003 as jPOS's Common Message Format (`cmf.xml`) puts it on the wire.
public enum FieldTable {
  /// The row of an element.
  public static func row(of element: Element) -> FieldDescription { rows[Int(element.number)] }

  /// How an element stands on the wire.
  public static func format(of element: Element) -> FieldFormat { formats[Int(element.number)] }

  /// The rows of elements 2 to 128, in order.
  public static var all: ArraySlice<FieldDescription> { rows[2...] }

  /// By element number; 0 and 1 are not elements and are undefined.
  static let rows: [FieldDescription] = {
    var rows = (0...128).map { FieldDescription(UInt8($0), "undefined", .undefined, 0) }
    for number in reservedBinary {
      rows[number] = FieldDescription(
        UInt8(number),
        "Reserved",
        .binary,
        prefix: 2,
        9999,
        .searched
      )
    }
    for row in described { rows[Int(row.number)] = row }
    return rows
  }()

  /// The formats alone, by element number, and behind them those of the composites' parts: one small
  /// table of trivial values, kept for the life of the process.
  ///
  /// Never written again, and every element's number is within it. What reads messages keeps the
  /// address, since asking for a global costs as much as reading an element.
  nonisolated(unsafe) static let formats: UnsafePointer<FieldFormat> = {
    let table = UnsafeMutablePointer<FieldFormat>.allocate(
      capacity: CompositeTable.firstRow + 256 * CompositeTable.partsKept
    )
    table.initialize(
      repeating: .undefined,
      count: CompositeTable.firstRow + 256 * CompositeTable.partsKept
    )
    for (number, row) in rows.enumerated() {
      table[number] = row.format
      for part in row.parts {
        precondition(
          part.number < CompositeTable.partCount(of: row.number),
          "a composite has more parts than it is said to have"
        )
        table[CompositeTable.place(of: row.number) + Int(part.number)] = part.format
      }
    }
    return UnsafePointer(table)
  }()

  /// What the reader needs of each element's format, by element number, and behind them the parts of
  /// those composites that have a bitmap; kept as `formats` is.
  static let rules: ReadRules = {
    var rules = rows.map { ReadRule($0.format) }
    rules += Array(repeating: .none, count: 2 * CompositeTable.partsKept)
    for row in rows where row.structure == .bitmap {
      for part in row.parts {
        rules[CompositeTable.rulePlace(of: row.number) + Int(part.number)] = ReadRule(part.format)
      }
    }
    return ReadRules(rules)
  }()

  private static let reservedBinary: [Int] =
    [50, 51, 71] + Array(76...90) + [92] + Array(105...108) + [111, 112] + Array(114...122)
    + Array(124...127)

  private static let described: [FieldDescription] = [
    .init(2, "Primary account number (PAN)", .numeric, prefix: 1, 19, .cardNumber),
    .init(3, "Processing code", .text, 6, .searched, .processingCode),
    .init(4, "Amount, transaction", .amount, 16, .shown, .amount),
    .init(5, "Amount, reconciliation", .amount, 16, .shown, .amount),
    .init(6, "Amount, cardholder billing", .amount, 16, .shown, .amount),
    .init(7, "Transmission date and time (UTC)", .numeric, 10, .shown, .monthToSecond),
    .init(8, "Amount, cardholder billing fee", .amount, 12, .shown, .amount),
    .init(9, "Conversion rate, reconciliation", .numeric, 8, .shown, .rate),
    .init(10, "Conversion rate, cardholder billing", .numeric, 8, .shown, .rate),
    .init(11, "System trace audit number (STAN)", .numeric, 12),
    .init(12, "Local transaction date and time", .numeric, 14, .shown, .yearToSecond),
    .init(13, "Effective date", .numeric, 6, .shown, .yearMonth),
    .init(14, "Expiration date", .numeric, 4, .shown, .shortYearMonth),
    .init(15, "Settlement date", .numeric, 8, .shown, .date),
    .init(16, "Conversion date", .numeric, 4, .shown, .monthDay),
    .init(17, "Capture date", .numeric, 4, .shown, .monthDay),
    .init(18, "Message error indicator", .text, prefix: 2, 140, .searched, .messageErrors),
    .init(19, "Acquirer country", .numeric, 3, .shown, .country),
    .init(20, "PAN country", .numeric, 3, .shown, .country),
    .init(
      21,
      "Transaction life-cycle identification",
      .composite,
      19,
      .searched,
      structure: .sequence,
      parts: [
        .init(0, "Support indicator", .text, 1, .searched),
        .init(1, "Trace identifier", .text, 15, .searched),
        .init(2, "Sequence number", .numeric, 2),
        .init(3, "Authentication token", .numeric, 4),
      ]
    ),
    .init(22, "POS data code", .binary, 16, .shown, .posDataCode),
    .init(23, "Card sequence number", .numeric, 3),
    .init(24, "Function code", .numeric, 3, .shown, .functionCode),
    .init(25, "Message reason code", .numeric, 4, .shown, .reasonCode),
    .init(26, "Merchant category code (MCC)", .numeric, 4, .shown, .merchantCategory),
    .init(
      27,
      "POS capability",
      .composite,
      27,
      .searched,
      structure: .sequence,
      parts: [
        .init(0, "Reading and verification capability", .binary, 8),
        .init(1, "Approval code length", .characterNumeric, 1),
        .init(2, "Cardholder receipt length", .characterNumeric, 3),
        .init(3, "Merchant receipt length", .characterNumeric, 3),
        .init(4, "Cardholder display length", .characterNumeric, 3),
        .init(5, "Merchant display length", .characterNumeric, 3),
        .init(6, "Chip script length", .characterNumeric, 3),
        .init(7, "Track 3 rewrite", .text, 1, .searched),
        .init(8, "Card capture", .text, 1, .searched),
        .init(9, "PIN length", .binary, 1),
      ]
    ),
    .init(28, "Reconciliation date", .numeric, 8, .shown, .date),
    .init(29, "Reconciliation indicator", .numeric, 3),
    .init(
      30,
      "Amounts, original",
      .composite,
      16,
      .searched,
      structure: .sequence,
      parts: [
        .init(0, "Transaction amount", .amount, 16, .shown, .amount),
        .init(1, "Reconciliation amount", .amount, 16, .shown, .amount),
      ]
    ),
    .init(31, "Acquirer reference number", .numeric, 23, .searched),
    .init(32, "Acquiring institution", .numeric, prefix: 1, 11),
    .init(33, "Forwarding institution", .numeric, prefix: 1, 11),
    .init(34, "Electronic commerce data", .binary, prefix: 2, 9999, .searched),
    .init(35, "Track 2", .text, prefix: 1, 37, .track),
    .init(36, "Track 3", .text, prefix: 2, 104, .track),
    .init(37, "Retrieval reference number", .text, 12, .searched),
    .init(38, "Approval code", .text, 6, .searched),
    .init(39, "Action code", .numeric, 4, .shown, .actionCode),
    .init(40, "Service code", .numeric, 3),
    .init(41, "Terminal", .text, 16, .searched),
    .init(42, "Merchant (card acceptor)", .text, prefix: 1, 35, .searched),
    .init(
      43,
      "Merchant name and place",
      .composite,
      prefix: 2,
      9999,
      .searched,
      structure: .bitmap,
      parts: [
        .init(2, "Name", .text, prefix: 1, 50, .searched),
        .init(3, "Street", .text, prefix: 1, 99, .searched),
        .init(4, "City", .text, prefix: 1, 50, .searched),
        .init(5, "State", .text, 3, .searched),
        .init(6, "Postal code", .text, 10, .searched),
        .init(7, "Country", .text, 3, .searched, .country),
        .init(8, "Phone", .text, 16, .searched),
        .init(9, "Customer service phone", .text, 16, .searched),
        .init(10, "Contact", .text, prefix: 1, 30, .searched),
        .init(11, "URL", .text, prefix: 2, 255, .searched),
        .init(12, "E-mail", .text, prefix: 1, 99, .searched),
      ]
    ),
    .init(44, "Additional response data", .binary, prefix: 2, 9999, .searched),
    .init(45, "Track 1", .text, prefix: 1, 76, .track),
    .init(46, "Amounts, fees", .text, prefix: 2, 216, .searched, .fees),
    .init(47, "Additional data, national", .text, prefix: 2, 999, .searched),
    .init(48, "Additional data, private", .text, prefix: 2, 999, .searched),
    .init(
      49,
      "Verification data",
      .composite,
      prefix: 2,
      9999,
      .hidden,
      structure: .bitmap,
      parts: [
        .init(1, "Additional identification type", .numeric, 1),
        .init(2, "Card verification value", .numeric, 4, .hidden),
        .init(3, "Billing address, compressed", .text, 16, .hidden),
        .init(4, "Billing postal code", .text, 10, .hidden),
        .init(5, "Billing street", .text, 40, .hidden),
        .init(6, "Address check result", .text, 1, .searched),
      ]
    ),
    .init(52, "PIN data", .binary, 8, .hidden),
    .init(53, "Security control information", .binary, prefix: 1, 48, .hidden),
    .init(54, "Amounts, additional", .text, prefix: 2, 126, .searched, .additionalAmounts),
    .init(55, "Chip data", .binary, prefix: 2, 9999, .chip, .chip),
    .init(56, "Original data elements", .numeric, prefix: 1, 41, .searched, .originalData),
    .init(57, "Authorization life-cycle code", .numeric, 3),
    .init(58, "Authorizing agent institution", .numeric, prefix: 1, 11),
    .init(59, "Transport data", .text, prefix: 2, 999, .searched),
    .init(60, "Reserved, national", .text, prefix: 2, 999, .searched),
    .init(61, "Reserved, national", .text, prefix: 2, 999, .searched),
    .init(62, "Reserved, private", .text, prefix: 2, 999, .searched),
    .init(63, "Display text", .text, prefix: 2, 999, .searched),
    .init(64, "Message authentication code", .binary, 4),
    .init(65, "Reserved", .binary, 8, .searched),
    .init(66, "Amounts, original fees", .text, prefix: 2, 216, .searched, .fees),
    .init(67, "Extended payment data", .numeric, 2),
    .init(68, "Batch transfer message control", .text, 9, .searched),
    .init(69, "Batch transfer control data", .text, 40, .searched),
    .init(70, "File transfer description", .numeric, 18, .searched),
    .init(72, "Data record", .binary, prefix: 2, 9999, .searched),
    .init(73, "Action date", .numeric, 8, .shown, .date),
    .init(
      74,
      "Reconciliation data, primary",
      .composite,
      78,
      .searched,
      structure: .sequence,
      parts: [
        .init(0, "Credits, amount", .amount, 16, .shown, .amount),
        .init(1, "Credits, count", .numeric, 10),
        .init(2, "Credit chargebacks, amount", .amount, 16, .shown, .amount),
        .init(3, "Credit chargebacks, count", .numeric, 10),
        .init(4, "Credit reversals, amount", .amount, 16, .shown, .amount),
        .init(5, "Credit reversals, count", .numeric, 10),
        .init(6, "Debits, amount", .amount, 16, .shown, .amount),
        .init(7, "Debits, count", .numeric, 10),
        .init(8, "Debit chargebacks, amount", .amount, 16, .shown, .amount),
        .init(9, "Debit chargebacks, count", .numeric, 10),
        .init(10, "Debit reversals, amount", .amount, 16, .shown, .amount),
        .init(11, "Debit reversals, count", .numeric, 10),
      ]
    ),
    .init(75, "Reconciliation data, secondary", .numeric, 90, .searched),
    .init(93, "Transaction destination institution", .numeric, prefix: 1, 11),
    .init(94, "Transaction originator institution", .numeric, prefix: 1, 11),
    .init(95, "Card issuer reference data", .text, prefix: 1, 99, .searched),
    .init(96, "Key management data", .binary, prefix: 2, 999, .hidden),
    .init(97, "Amount, net reconciliation", .amount, 21, .shown, .amount),
    .init(98, "Payee", .text, 25, .searched),
    .init(99, "Settlement institution", .text, prefix: 1, 11, .searched),
    .init(100, "Receiving institution", .numeric, prefix: 1, 11),
    .init(101, "File name", .text, prefix: 1, 99, .searched),
    .init(102, "Account identification 1 (from)", .text, prefix: 1, 28, .account),
    .init(103, "Account identification 2 (to)", .text, prefix: 1, 28, .account),
    .init(104, "Transaction specific data", .binary, prefix: 2, 9999, .searched),
    .init(109, "Reconciliation fee amounts, credit", .text, prefix: 2, 144, .searched),
    .init(110, "Reconciliation fee amounts, debit", .text, prefix: 2, 144, .searched),
    .init(
      113,
      "Processor data, private",
      .composite,
      prefix: 2,
      9999,
      .searched,
      structure: .opaqueBitmap
    ),
    .init(123, "Private use", .text, prefix: 2, 999, .searched),
    .init(128, "Message authentication code", .binary, 4),
  ]
}
