import Authorization
import TestRandom
import Testing

/// A request that is initialized field by field against one that is made at once.
struct AuthorizationRequestTests {
  @Test func `a request initialized in place is the request made of the same parts`() throws {
    var random = SeededRandom("AuthorizationRequestTests")
    let place = UnsafeMutablePointer<AuthorizationRequest>.allocate(capacity: 1)
    defer { place.deallocate() }
    for round in 0..<500 {
      // Memory as an earlier request has left it.
      let size = MemoryLayout<AuthorizationRequest>.size
      UnsafeMutableRawPointer(place)
        .initializeMemory(as: UInt8.self, repeating: round & 1 == 0 ? 0 : 0xA5, count: size)
      let made = try Self.request(&random)
      place.initialize(
        kind: made.kind,
        key: made.key,
        content: made.content,
        network: made.network,
        card: made.card,
        number: made.number,
        expiry: made.expiry,
        amount: made.amount,
        trace: made.trace
      )
      #expect(Self.text(place.move()) == Self.text(made))
    }
  }

  private static func text(_ request: AuthorizationRequest) -> String {
    var text = ""
    dump(request, to: &text)
    return text
  }

  private static func request(_ random: inout SeededRandom) throws -> AuthorizationRequest {
    let digits = (0..<Int.random(in: 1...19, using: &random)).map { _ in
      UInt8.random(in: 0...9, using: &random)
    }
    let hasExpiry = Bool.random(using: &random)
    return AuthorizationRequest(
      kind: try #require(AuthorizationRequest.Kind.allCases.randomElement(using: &random)),
      key: DuplicateKey(
        localTime: try #require(LocalTime(digits: 20_261_122_110_000)),
        high: random.next(),
        low: random.next()
      ),
      content: ContentDigest(random.next()),
      network: NetworkID(.random(in: 0...255, using: &random)),
      card: PANToken(high: random.next(), low: random.next()),
      number: CardNumberFacts(try #require(PAN(digits: digits))),
      expiry: hasExpiry ? CardExpiry(yearMonth: 3012) : nil,
      amount: try #require(
        Amount(minorUnits: .random(in: 0...999_999_999_999, using: &random), currency: .euro)
      ),
      trace: MessageTrace(
        processingCode: random.next() >> 16,
        stan: .random(in: 0...999_999_999_999, using: &random),
        acquirer: .random(in: 0...99_999_999_999, using: &random),
        retrievalReference: FixedText(high: random.next(), low: random.next()),
        terminal: FixedText(high: random.next(), low: random.next()),
        merchantCategory: .random(in: 0...9999, using: &random)
      )
    )
  }
}
