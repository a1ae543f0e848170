import Authorization
import Ledger
import Testing

/// A card number of the tests, made from a running number, with the token that stands for it.
struct TestCard: Hashable {
  let pan: PAN
  let token: PANToken

  /// The card of a running number below a million under nine leading digits.
  init(_ number: Int, leadingNine: Int = 400_000_000) throws {
    var digits = "\(leadingNine)".utf8.map { $0 - 48 }
    let text = String(1_000_000 + number)
    digits.append(contentsOf: text.utf8.dropFirst().map { $0 - 48 })
    var sum = 0
    for (position, digit) in digits.reversed().enumerated() {
      let doubled = Int(digit) * (position % 2 == 0 ? 2 : 1)
      sum += doubled / 10 + doubled % 10
    }
    digits.append(UInt8((10 - sum % 10) % 10))
    pan = try #require(PAN(digits: digits))
    token = PANToken(
      high: UInt64(leadingNine) &* 0x9E37_79B9_7F4A_7C15,
      low: UInt64(number) &* 0xBF58_476D_1CE4_E5B9 &+ 1
    )
  }

  /// What an import brings of it.
  func material(
    expiry: UInt16 = 3012,
    status: CardStatus = .active,
    type: CardType = .virtual
  ) throws -> CardMaterial {
    CardMaterial(
      token: token,
      sealedNumber: try #require(SealedNumber(bytes: (0..<48).map { UInt8($0) })),
      number: CardNumberFacts(pan),
      expiry: try #require(CardExpiry(yearMonth: expiry)),
      type: type,
      status: status
    )
  }

  /// A request for it; `serial` makes the message's key.
  func request(
    _ serial: UInt64,
    _ amount: Amount,
    kind: AuthorizationRequest.Kind = .hold,
    content: UInt64? = nil,
    expiry: UInt16? = nil
  ) throws -> AuthorizationRequest {
    AuthorizationRequest(
      kind: kind,
      key: DuplicateKey(
        localTime: try #require(LocalTime(digits: 20_260_615_120_000 + serial / 100 % 60)),
        high: serial &* 0xD6E8_FEB8_6659_FD93,
        low: serial
      ),
      content: ContentDigest(content ?? UInt64(amount.minorUnits) << 16 | UInt64(kind.rawValue)),
      card: token,
      number: CardNumberFacts(pan),
      expiry: try expiry.map { try #require(CardExpiry(yearMonth: $0)) },
      amount: amount,
      trace: MessageTrace(
        processingCode: 0x3030_3030_3030,
        stan: serial % 1_000_000_000_000,
        acquirer: 12_345,
        retrievalReference: FixedText(bytes: Array("REF\(serial)".utf8)),
        terminal: FixedText(bytes: Array("TERM0001".utf8)),
        merchantCategory: 5411
      )
    )
  }
}
