/// What the tags of chip data are called and what a dump shows of them (EMV Book 3, annex A).
struct ChipTag {
  let name: String
  let redaction: Redaction
  /// Whether the table below has the tag.
  let isKnown: Bool
  /// Whether the value is data objects again.
  let isConstructed: Bool

  /// Whether the tag is one byte that a packed card number could begin with.
  let couldBeginCardNumber: Bool

  init(_ tag: UInt32) {
    let entry = Self.tags[tag]
    isKnown = entry != nil
    name = entry?.0 ?? "unknown tag"
    redaction = entry?.1 ?? .searched
    couldBeginCardNumber = tag <= 0x69 && tag >= 0x20 && tag & 15 <= 9
    let first = tag > 0xFFFF ? tag >> 16 : tag > 0xFF ? tag >> 8 : tag
    isConstructed = first & 0x20 != 0
  }

  private static let tags: [UInt32: (String, Redaction)] = [
    0x42: ("Issuer identification number", .searched),
    0x4F: ("Application identifier", .searched),
    0x50: ("Application label", .searched),
    0x56: ("Track 1 equivalent data", .hidden),
    0x57: ("Track 2 equivalent data", .track),
    0x5A: ("Application PAN", .cardNumber),
    0x5F20: ("Cardholder name", .hidden),
    0x5F24: ("Application expiration date", .shown),
    0x5F25: ("Application effective date", .shown),
    0x5F28: ("Issuer country", .shown),
    0x5F2A: ("Transaction currency", .shown),
    0x5F30: ("Service code", .shown),
    0x5F34: ("PAN sequence number", .shown),
    0x71: ("Issuer script before the final cryptogram", .searched),
    0x72: ("Issuer script after the final cryptogram", .searched),
    0x82: ("Application interchange profile", .shown),
    0x84: ("Dedicated file name", .searched),
    0x86: ("Issuer script command", .searched),
    0x8A: ("Authorization response code", .shown),
    0x8E: ("Cardholder verification method list", .searched),
    0x91: ("Issuer authentication data", .shown),
    0x95: ("Terminal verification results", .shown),
    0x99: ("Transaction PIN data", .hidden),
    0x9A: ("Transaction date", .shown),
    0x9B: ("Transaction status information", .shown),
    0x9C: ("Transaction type", .shown),
    0x9F01: ("Acquirer identifier", .searched),
    0x9F02: ("Amount, authorized", .shown),
    0x9F03: ("Amount, other", .shown),
    0x9F06: ("Application identifier, terminal", .searched),
    0x9F07: ("Application usage control", .shown),
    0x9F08: ("Application version, card", .shown),
    0x9F09: ("Application version, terminal", .shown),
    0x9F0B: ("Cardholder name, extended", .hidden),
    0x9F0D: ("Issuer action code, default", .shown),
    0x9F0E: ("Issuer action code, denial", .shown),
    0x9F0F: ("Issuer action code, on-line", .shown),
    0x9F10: ("Issuer application data", .searched),
    0x9F15: ("Merchant category code", .shown),
    0x9F16: ("Merchant identifier", .searched),
    0x9F1A: ("Terminal country", .shown),
    0x9F1C: ("Terminal identifier", .searched),
    0x9F1E: ("Terminal serial number", .searched),
    0x9F1F: ("Track 1 discretionary data", .hidden),
    0x9F20: ("Track 2 discretionary data", .hidden),
    0x9F21: ("Transaction time", .shown),
    0x9F26: ("Application cryptogram", .shown),
    0x9F27: ("Cryptogram information data", .shown),
    0x9F33: ("Terminal capabilities", .shown),
    0x9F34: ("Cardholder verification results", .shown),
    0x9F35: ("Terminal type", .shown),
    0x9F36: ("Application transaction counter", .shown),
    0x9F37: ("Unpredictable number", .shown),
    0x9F39: ("POS entry mode", .shown),
    0x9F41: ("Transaction sequence counter", .shown),
    0x9F53: ("Transaction category code", .searched),
    0x9F5B: ("Issuer script results", .searched),
    0x9F66: ("Terminal transaction qualifiers", .shown),
    0x9F6B: ("Track 2 data, contactless", .track),
    0x9F6C: ("Card transaction qualifiers", .shown),
    0x9F6E: ("Form factor or third-party data", .searched),
    0x9F7C: ("Customer exclusive data", .searched),
  ]
}
