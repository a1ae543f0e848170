/// How a card's data reach the terminal, and where that is: what DE 22 tells the issuer.
public enum EntryMode: String, CaseIterable, Sendable {
  /// Chip in a reader with an enciphered off-line PIN, attended shop.
  case chip
  /// Chip held to a reader, no verification of the holder, attended shop.
  case contactless
  /// Magnetic stripe with a signature, attended shop.
  case stripe
  /// Number typed in at an attended shop.
  case keyed
  /// Number typed in by the holder on a web page.
  case ecom
  /// Number told by mail or telephone.
  case moto
  /// Number on file with a merchant, without the holder.
  case recurring
  /// Chip and on-line PIN at a cash machine of a bank.
  case atm

  /// DE 22: four words of flags, bit 1 of each word its lowest bit (dialect, section 4.2).
  public var posDataCode: [UInt8] {
    switch self {
    case .chip: [0x20, 0, 0, 0, 0x20, 0, 0, 0, 0x02, 0, 0, 0, 0x22, 0, 0, 0]
    case .contactless: [0x22, 0, 0, 0, 0x02, 0, 0, 0, 0x02, 0, 0, 0, 0x22, 0, 0, 0]
    case .stripe: [0x10, 0, 0, 0x10, 0x04, 0, 0, 0, 0x02, 0, 0, 0, 0x22, 0, 0, 0]
    case .keyed: [0x04, 0, 0, 0, 0x04, 0, 0, 0, 0x02, 0, 0, 0, 0x22, 0, 0, 0]
    case .ecom: [0x04, 0, 0, 0, 0x02, 0, 0, 0, 0x10, 0, 0, 0, 0x24, 0, 0, 0]
    case .moto: [0x04, 0, 0, 0, 0x02, 0, 0, 0, 0x08, 0, 0, 0, 0x22, 0, 0, 0]
    case .recurring: [0x40, 0, 0, 0, 0x02, 0, 0, 0, 0x50, 0, 0, 0, 0x24, 0, 0, 0]
    case .atm: [0x20, 0, 0, 0, 0x08, 0, 0, 0, 0x04, 0x02, 0, 0, 0x22, 0, 0, 0]
    }
  }

  /// Whether the terminal reads track 2 or its equivalent.
  public var readsTrack: Bool {
    switch self {
    case .chip, .contactless, .stripe, .atm: true
    case .keyed, .ecom, .moto, .recurring: false
    }
  }

  /// Whether the card's chip takes part.
  public var usesChip: Bool {
    switch self {
    case .chip, .contactless, .atm: true
    case .stripe, .keyed, .ecom, .moto, .recurring: false
    }
  }
}
