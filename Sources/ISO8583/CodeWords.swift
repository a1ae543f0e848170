/// The meaning of codes in a few words, for dumps.
enum CodeWords {
  static func describe(_ type: MessageType) -> String {
    let version =
      switch type.version {
      case 0: "ISO 8583:1987"
      case 1: "ISO 8583:1993"
      case 2: "ISO 8583:2003"
      case 9: "private version"
      default: "reserved version"
      }
    let kind =
      switch type.messageClass {
      case .authorization?: "authorization"
      case .financial?: "financial"
      case .fileAction?: "file action"
      case .reversal?: "reversal"
      case .reconciliation?: "reconciliation"
      case .administrative?: "administrative"
      case .feeCollection?: "fee collection"
      case .networkManagement?: "network management"
      case nil: "reserved class"
      }
    let functions = [
      "request", "request response", "advice", "advice response", "notification",
      "notification acknowledgement", "instruction", "instruction acknowledgement",
    ]
    let function =
      Int(type.function) < functions.count ? functions[Int(type.function)] : "reserved function"
    let origin =
      switch type.origin & ~1 {
      case 0: "acquirer"
      case 2: "issuer"
      case 4: "other"
      default: "reserved origin"
      }
    return "\(version), \(kind) \(function), \(origin)\(type.isRepeat ? " repeat" : "")"
  }

  static func functionCode(_ code: UInt64) -> String {
    if let words = functionCodes[code] { return words }
    return switch code {
    case 0...99: "reserved"
    case 100...199: "authorization or verification"
    case 200...299: "financial"
    case 300...399: "file action"
    case 400...449: "reversal"
    case 450...499: "chargeback"
    case 500...599: "reconciliation"
    case 600...699: "administrative"
    case 700...799: "fee collection"
    case 800...899: "network management"
    default: "reserved"
    }
  }

  static func reasonCode(_ code: UInt64) -> String {
    if let words = reasonCodes[code] { return words }
    return switch code {
    case 1000...1499: "reason for an advice"
    case 1500...1999: "reason for going on-line"
    case 2000...2999: "re-presentment"
    case 3000...3999: "file action"
    case 4000...4499: "reversal"
    case 4500...4999: "chargeback"
    case 5000...5999: "reconciliation"
    case 6000...6499: "retrieval"
    case 6500...6999: "administrative"
    case 7000...7999: "fee collection"
    case 8000...8999: "network management"
    default: "unknown"
    }
  }

  static func actionCode(_ code: UInt64) -> String {
    if let words = actionCodes[code] { return words }
    // The pick-up family repeats the codes of the refusals.
    if (2000...2999).contains(code), let words = actionCodes[code - 1000] {
      return words + ", keep the card"
    }
    return switch code {
    case 0...999: "approved"
    case 1000...1999: "refused"
    case 2000...2999: "refused, keep the card"
    case 3000...3999: "file action result"
    case 4000...4999: "reversal result"
    case 5000...5999: "reconciliation result"
    case 6000...6999: "administrative result"
    case 7000...7999: "fee collection result"
    case 8000...8999: "network management result"
    default: "not processed"
    }
  }

  static func processingCode(_ text: String) -> String? {
    let codes = Array(text)
    guard codes.count == 6 else { return nil }
    let type = transactionTypes[String(codes[0...1])] ?? "unknown type"
    let from = accountTypes[String(codes[2...3])] ?? "unknown"
    let to = accountTypes[String(codes[4...5])] ?? "unknown"
    return "\(type), from account \(from), to account \(to)"
  }

  static func merchantCategory(_ code: UInt64) -> String? { merchantCategories[code] }

  static func amountType(_ code: Substring) -> String { amountTypes[String(code)] ?? "amount" }

  static func accountType(_ code: Substring) -> String { accountTypes[String(code)] ?? "unknown" }

  static func feeType(_ code: Substring) -> String { feeTypes[String(code)] ?? "fee" }

  static func messageError(_ code: Substring) -> String {
    messageErrors[String(code)] ?? "unknown error"
  }

  /// The flags set in POS data code, word by word, its first bit the lowest of the first byte.
  static func posDataCode(_ bytes: [UInt8]) -> [String] {
    posDataWords.enumerated().compactMap { word, names in
      let flags = (0..<32).compactMap { bit -> String? in
        let offset = 4 * word + bit / 8
        guard offset < bytes.count, bytes[offset] >> UInt8(bit % 8) & 1 == 1 else { return nil }
        return bit < names.flags.count && !names.flags[bit].isEmpty
          ? names.flags[bit] : names.more[bit] ?? "B\(bit + 1) reserved"
      }
      return flags.isEmpty ? nil : "\(names.word): \(flags.joined(separator: "; "))"
    }
  }

  private static let posDataWords: [(word: String, flags: [String], more: [Int: String])] = [
    (
      "reading",
      [
        "unknown", "not from the card (contactless)", "keyed or OCR", "bar code",
        "magnetic stripe", "chip", "account on file", "", "", "", "", "chip tried, failed",
        "stripe tried, failed", "fallback",
      ], [27: "track 1 present", 28: "track 2 present"]
    ),
    (
      "verification",
      [
        "unknown", "none", "signature on paper", "PIN on-line", "PIN off-line, clear",
        "PIN off-line, enciphered", "digitized signature off-line", "biometrics off-line",
        "manual check off-line", "biographics off-line", "account-based digital signature",
        "public-key digital signature",
      ], [:]
    ),
    (
      "environment",
      [
        "unknown", "attended", "unattended", "mail or telephone order", "e-commerce",
        "mobile commerce", "recurring", "stored details", "cardholder activated terminal",
        "ATM on bank premises", "ATM off bank premises", "deferred", "instalment",
      ], [:]
    ),
    (
      "security",
      [
        "unknown", "private network", "open network", "channel MAC", "end-to-end MAC",
        "channel encryption", "end-to-end encryption", "private-algorithm encryption",
        "public-key encryption", "private-algorithm MAC", "standard MAC",
        "cardholder-managed end-to-end encryption",
        "cardholder-managed point-to-point encryption",
        "merchant-managed end-to-end encryption", "merchant-managed point-to-point encryption",
        "acquirer-managed end-to-end encryption", "acquirer-managed point-to-point encryption",
      ], [:]
    ),
  ]

  private static let functionCodes: [UInt64: String] = [
    100: "original authorization, exact amount", 101: "original authorization, estimated amount",
    102: "replacement authorization, exact amount",
    103: "replacement authorization, estimated amount",
    104: "verification", 108: "inquiry", 113: "account verification",
    181: "partial approval is possible", 185: "partial approval is possible",
    187: "incremental authorization",
    200: "original financial request", 201: "authorized before, same amount",
    202: "authorized before, other amount",
    301: "add record", 302: "change record", 303: "delete record", 304: "replace record",
    305: "inquiry", 306: "replace file", 309: "card administration", 310: "other",
    400: "full reversal", 401: "partial reversal",
    700: "fee", 701: "cancelled fee",
    801: "sign on", 802: "sign off", 803: "target not available", 804: "originator in backup",
    805: "special instruction", 806: "alternate routing", 811: "key change",
    812: "security alert", 813: "password change", 814: "device authentication",
    821: "cutover", 822: "checkpoint", 831: "echo test", 832: "response received",
  ]

  private static let reasonCodes: [UInt64: String] = [
    1000: "stand-in by the issuer's choice", 1001: "issuer signed off", 1002: "issuer timed out",
    1003: "issuer unavailable", 1004: "processed by the terminal",
    1005: "processed by the chip", 1006: "under the floor limit",
    1007: "stand-in by the acquirer", 1008: "stand-in by the receiver",
    1009: "receiver signed off", 1010: "receiver timed out", 1011: "receiver unavailable",
    3000: "card lost", 3001: "card stolen", 3002: "card not delivered",
    3003: "counterfeit card", 3004: "other",
    4000: "cancelled by the customer", 4001: "unspecified", 4002: "suspected malfunction",
    4003: "format error", 4004: "completed partially", 4005: "original amount wrong",
    4006: "response too late", 4007: "device could not complete", 4008: "deposit out of balance",
    4009: "no cheque in the envelope", 4010: "payment out of balance",
    4011: "deposit out of balance, contents applied",
    4012: "payment out of balance, contents applied",
    4013: "could not deliver to the point of service", 4014: "malfunction, card kept",
    4015: "malfunction, card returned", 4016: "malfunction, track 3 not updated",
    4017: "malfunction, no cash out", 4018: "money not taken",
    4019: "card not taken and kept, no cash", 4020: "invalid response",
    4021: "timed out waiting for a response", 4351: "authorization expired",
    8100: "key activation, life cycle", 8101: "key activation, out of step",
    8102: "key activation, security", 8103: "key deactivation",
    8104: "key verification, life cycle", 8105: "key verification, out of step",
  ]

  private static let actionCodes: [UInt64: String] = [
    0: "approved", 1: "approved, check identity", 2: "approved for part", 3: "approved, VIP",
    4: "approved, update track 3", 5: "approved, account chosen by the issuer",
    6: "approved for part, account chosen by the issuer", 8: "approved, fees disputed",
    9: "approved with overdraft", 10: "approved, customer reactivated",
    11: "approved off-line", 12: "approved off-line", 13: "approved off-line",
    85: "no reason to decline",
    1000: "do not honour", 1001: "expired card", 1002: "suspected fraud",
    1003: "merchant should call the acquirer", 1004: "restricted card",
    1005: "merchant should call the acquirer's security", 1006: "PIN tries exceeded",
    1007: "refer to the issuer", 1008: "refer to the issuer, special conditions",
    1009: "invalid merchant", 1010: "invalid amount", 1011: "invalid card number",
    1012: "PIN needed", 1013: "unacceptable fee", 1014: "no account of this type",
    1015: "function not supported", 1016: "not enough money", 1017: "wrong PIN",
    1018: "no card record", 1019: "not permitted to this cardholder",
    1020: "not permitted at this terminal", 1021: "exceeds amount limit",
    1022: "security violation", 1023: "exceeds frequency limit", 1024: "violation of law",
    1025: "card not effective", 1026: "invalid PIN block", 1027: "wrong PIN length",
    1028: "PIN key out of step", 1029: "suspected counterfeit", 1030: "currency not accepted",
    1031: "declined, fees disputed", 1032: "lost or stolen, no pick-up",
    1033: "authorization life cycle not acceptable", 1034: "authorization expired",
    1035: "account closed", 1036: "savings account closed", 1037: "credit account closed",
    1038: "account of this type closed", 1039: "cheque account closed", 1040: "bad debt",
    1041: "from-account in bad status", 1042: "to-account in bad status",
    1045: "card verification value wrong", 1046: "amount not found",
    1047: "PIN change needed", 1048: "new PIN invalid", 1060: "aborted at the terminal",
    1061: "not supported by the issuer", 1062: "cash back not allowed",
    1063: "cash back too high", 1067: "additional authentication required",
    1074: "exceeds the pre-authorized amount", 1075: "stop this payment",
    1076: "stop all payments of this merchant", 1077: "stop all payments of this account",
    1078: "anti-money-laundering", 1079: "exceeds withdrawal limit", 1080: "PIN not allowed",
    1081: "number out of sequence", 1082: "original was declined", 1802: "missing field",
    1803: "extra field", 1816: "original not found", 1824: "reversed before",
    2008: "lost card, keep it", 2009: "stolen card, keep it", 2010: "counterfeit card, keep it",
    2011: "exceeds daily withdrawal limit, keep the card",
    2012: "exceeds daily amount limit, keep the card",
    3000: "file action done", 3001: "not supported", 3002: "record not found",
    3003: "old record replaced", 3004: "field edit error", 3005: "file locked",
    3006: "not successful", 3007: "format error", 3008: "duplicate", 3009: "unknown file",
    3010: "invalid card number", 4000: "reversal accepted",
    5000: "in balance", 5001: "out of balance", 5002: "amount not reconciled, totals given",
    5003: "no totals", 5004: "not reconciled, totals given",
    6000: "administrative message accepted", 7000: "fee accepted",
    8000: "network management accepted", 8001: "try again", 8002: "key verification failed",
    9000: "advice acknowledged, no liability taken", 9001: "advice accepted, liability taken",
    9100: "message error", 9102: "invalid transaction", 9103: "re-enter the transaction",
    9105: "acquirer not supported", 9106: "cutover in process",
    9107: "issuer or switch inoperative", 9108: "routing error", 9109: "system malfunction",
    9110: "issuer signed off", 9111: "issuer timed out", 9112: "issuer unavailable",
    9113: "duplicate transmission", 9114: "original not found", 9115: "reconciliation error",
    9116: "MAC wrong", 9117: "MAC key out of step", 9118: "no zone key",
    9119: "cryptographic error", 9120: "security module error, try again",
    9121: "security module error", 9122: "out of sequence", 9123: "request in progress",
  ]

  private static let transactionTypes: [String: String] = [
    "00": "goods and services", "01": "cash withdrawal", "02": "void",
    "09": "purchase with cash back", "11": "quasi-cash", "20": "refund", "21": "deposit",
    "22": "refund void", "30": "balance inquiry", "31": "available funds inquiry",
    "33": "verification inquiry", "40": "transfer", "70": "PIN change",
    "72": "card activation", "7S": "card de-activation", "73": "card block",
    "74": "card unblock",
  ]

  private static let accountTypes: [String: String] = [
    "00": "default", "10": "savings", "20": "cheque", "30": "credit", "31": "refunds",
    "40": "universal", "50": "investment", "60": "electronic purse",
  ]

  private static let amountTypes: [String: String] = [
    "01": "ledger balance", "02": "available balance", "07": "ledger balance, destination",
    "08": "available balance, destination", "09": "credit line", "10": "on hold",
    "20": "remaining this cycle", "40": "cash part", "41": "goods part", "42": "surcharge",
    "43": "total of the series", "57": "original amount", "80": "tip", "81": "taxable amount",
  ]

  private static let feeTypes: [String: String] = [
    "00": "transaction fee", "01": "processing fee", "02": "fee collection",
    "06": "lost card report fee", "07": "acquirer fee", "09": "invalid chargeback fee",
    "15": "currency conversion fee",
  ]

  private static let messageErrors: [String: String] = [
    "0001": "missing", "0002": "wrong length", "0003": "wrong value",
    "0004": "wrong amount format", "0005": "wrong date format", "0006": "wrong account format",
    "0007": "wrong name format", "0008": "wrong format", "0009": "conflicts with POS data",
    "0010": "differs from the original", "0011": "inconsistent",
    "0012": "wrong recurring data", "0013": "wrong customer or vendor format",
  ]

  private static let merchantCategories: [UInt64: String] = [
    4111: "local transport", 4121: "taxis", 4511: "airlines", 4814: "telecommunication",
    4829: "money transfer", 4900: "utilities", 5311: "department stores",
    5411: "grocery stores", 5499: "food stores", 5541: "service stations",
    5542: "fuel dispensers", 5651: "clothing", 5732: "electronics", 5812: "restaurants",
    5814: "fast food", 5912: "pharmacies", 5942: "book stores", 5967: "direct marketing",
    5999: "retail", 6010: "cash at a counter", 6011: "cash at a machine",
    6012: "financial institution", 6051: "quasi-cash", 7011: "hotels", 7512: "car rental",
    7995: "gambling", 8062: "hospitals", 8999: "professional services",
  ]
}
