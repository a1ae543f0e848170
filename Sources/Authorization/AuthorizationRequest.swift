/// What a network asks: a well-formed authorization or financial request, everything copied out of
/// the message, so that the value can cross threads and outlive the frame.
///
/// A flat value: requests stand side by side in the writer's queue, and a plain purchase refers to
/// nothing. It holds no PAN, CVC2, PIN block or track: the card is its token.
public struct AuthorizationRequest: Sendable {
  /// What kind of message it is: class and function of its type, origin and repeat left out.
  public enum Kind: UInt8, CaseIterable, Sendable {
    /// 2100: funds are held, nothing is booked.
    case hold = 1
    /// 2200: funds are debited at once.
    case debit = 2
    /// 2104: the card is checked.
    case verification = 3
    /// 2120: an authorization that was decided elsewhere.
    case advice = 4
    /// 2220: a completion or presentment.
    case clearing = 5
    /// 2240: the same, and nobody waits for an answer.
    case clearingNotification = 6
    /// 2400: something is undone.
    case reversal = 7
    /// 2420: something was undone.
    case reversalAdvice = 8
    /// 2440: the same, and nobody waits for an answer.
    case reversalNotification = 9
    /// 2300, 2302, 2304: the network acts on a card.
    case fileAction = 10
    /// 2320, 2324: the network has acted on a card.
    case fileActionAdvice = 11
    /// 2600, 2604: the network acts on a card.
    case administrative = 12

    /// Whether the message reports what has happened, and so cannot be refused.
    @inlinable public var isAdvice: Bool {
      switch self {
      case .advice, .clearing, .clearingNotification, .reversal, .reversalAdvice,
        .reversalNotification, .fileActionAdvice:
        true
      case .hold, .debit, .verification, .fileAction, .administrative: false
      }
    }

    /// The digits of class and function, for example `22` of a 2220.
    public var classAndFunction: String {
      switch self {
      case .hold, .verification: "10"
      case .advice: "12"
      case .debit: "20"
      case .clearing: "22"
      case .clearingNotification: "24"
      case .fileAction: "30"
      case .fileActionAdvice: "32"
      case .reversal: "40"
      case .reversalAdvice: "42"
      case .reversalNotification: "44"
      case .administrative: "60"
      }
    }
  }

  /// What kind of message it is.
  public var kind: Kind
  /// Which message this is; a repeat has the same key.
  public var key: DuplicateKey
  /// What the message asks; a repeat has the same digest.
  public var content: ContentDigest
  /// Whether processing and function code ask for something that this switch does.
  public var isOffered: Bool
  /// Who asks, and so on which business day.
  public var network: NetworkID
  /// The card.
  public var card: PANToken
  /// What of the card number may be shown and what the decision must know of it.
  public var number: CardNumberFacts
  /// DE 14 or the month in track 2, when sent.
  public var expiry: CardExpiry?
  /// DE 4.
  public var amount: Amount
  /// DE 3, 11, 26, 32, 37, 41: kept with the decision for people who look for the payment.
  public var trace: MessageTrace
  /// What it asks beyond a plain purchase; `nil` for a plain purchase.
  public var details: PaymentDetails?

  /// A request from its parts.
  @inlinable
  public init(
    kind: Kind,
    key: DuplicateKey,
    content: ContentDigest,
    isOffered: Bool = true,
    network: NetworkID = .none,
    card: PANToken,
    number: CardNumberFacts,
    expiry: CardExpiry?,
    amount: Amount,
    trace: MessageTrace,
    details: PaymentDetails? = nil
  ) {
    self.kind = kind
    self.key = key
    self.content = content
    self.isOffered = isOffered
    self.network = network
    self.card = card
    self.number = number
    self.expiry = expiry
    self.amount = amount
    self.trace = trace
    self.details = details
  }
}

extension UnsafeMutablePointer<AuthorizationRequest> {
  /// Initializes memory to the request of a plain purchase, field by field.
  ///
  /// A request that is first made and then moved is copied whole on its way: the compiler does not take
  /// a value of this size apart.
  @inlinable
  @inline(__always)
  public func initialize(
    kind: AuthorizationRequest.Kind,
    key: DuplicateKey,
    content: ContentDigest,
    network: NetworkID,
    card: PANToken,
    number: CardNumberFacts,
    expiry: CardExpiry?,
    amount: Amount,
    trace: MessageTrace
  ) {
    pointer(to: \.kind)?.initialize(to: kind)
    pointer(to: \.key)?.initialize(to: key)
    pointer(to: \.content)?.initialize(to: content)
    pointer(to: \.isOffered)?.initialize(to: true)
    pointer(to: \.network)?.initialize(to: network)
    pointer(to: \.card)?.initialize(to: card)
    pointer(to: \.number)?.initialize(to: number)
    pointer(to: \.expiry)?.initialize(to: expiry)
    pointer(to: \.amount)?.initialize(to: amount)
    pointer(to: \.trace)?.initialize(to: trace)
    pointer(to: \.details)?.initialize(to: nil)
  }
}

/// Names one message, whatever it was sent again: listener, class, DE 11, 12, 32 (else 33), 41 and
/// 2 (dialect, section 6.2).
///
/// Neither the repeat digit nor DE 7 belongs to it.
///
/// It begins with DE 12, which no repeat changes, so that keys grow with time and the newest stand
/// together at the end of the stored tree.
public struct DuplicateKey: Hashable, Sendable {
  /// DE 12.
  public var localTime: LocalTime
  /// The first half of the keyed digest of the other parts.
  public var high: UInt64
  /// The second half of the keyed digest of the other parts.
  public var low: UInt64

  /// A key from its parts.
  @inlinable
  public init(localTime: LocalTime, high: UInt64, low: UInt64) {
    self.localTime = localTime
    self.high = high
    self.low = low
  }
}

/// A digest of DE 3, 4, 24, 30 and 56: two messages with one key and different digests are a
/// conflict, answered with 9113.
public struct ContentDigest: Hashable, Sendable {
  /// Eight bytes of a keyed digest.
  public var value: UInt64

  /// A digest from its value.
  @inlinable
  public init(_ value: UInt64) { self.value = value }
}

/// What is known of a card number without knowing the number.
public struct CardNumberFacts: Hashable, Sendable {
  /// Whether it has 14 to 19 digits and a right check digit.
  public var isPlausible: Bool
  /// The number of digits.
  public var count: UInt8
  /// The first six digits as a number: the most that may be shown of the front.
  public var firstSix: UInt32
  /// The last four digits as a number.
  public var lastFour: UInt16
  /// The first nine digits as a number, for finding the programme; never stored.
  public var leadingNine: UInt32

  /// The facts of a number.
  @inlinable
  @inline(__always)
  public init(_ pan: PAN) {
    self.isPlausible = pan.hasValidLength && pan.hasValidCheckDigit
    self.count = pan.count
    let nine = pan.leadingNine
    self.firstSix = nine.map { $0 / 1000 } ?? UInt32(truncatingIfNeeded: pan.leading(6))
    self.lastFour = pan.lastFour
    self.leadingNine = nine ?? 0
  }

  /// Facts read back from storage, where `leadingNine` is not kept.
  public init(count: UInt8, firstSix: UInt32, lastFour: UInt16) {
    self.isPlausible = true
    self.count = count
    self.firstSix = firstSix
    self.lastFour = lastFour
    self.leadingNine = 0
  }

  /// The masked number, for example `400000******0002`.
  public var masked: MaskedPAN {
    guard count >= 14 else {
      return MaskedPAN(
        text: String(repeating: "*", count: max(0, Int(count) - 4)) + padded(lastFour, to: 4)
      )
    }
    return MaskedPAN(
      text: padded(firstSix, to: 6) + String(repeating: "*", count: Int(count) - 10)
        + padded(lastFour, to: 4)
    )
  }

  private func padded(_ number: some BinaryInteger, to digits: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
  }
}

/// The elements that people search a payment by; fixed size, copied from the message.
public struct MessageTrace: Hashable, Sendable {
  /// DE 3, six ASCII characters in the low 48 bits, first character highest.
  public var processingCode: UInt64
  /// DE 11, twelve digits.
  public var stan: UInt64
  /// DE 32, up to eleven digits; 0 when absent.
  public var acquirer: UInt64
  /// DE 37, twelve characters.
  public var retrievalReference: FixedText
  /// DE 41, sixteen characters.
  public var terminal: FixedText
  /// DE 26; 0 when absent.
  public var merchantCategory: UInt16

  /// A trace from its parts.
  @inlinable
  public init(
    processingCode: UInt64,
    stan: UInt64,
    acquirer: UInt64,
    retrievalReference: FixedText,
    terminal: FixedText,
    merchantCategory: UInt16
  ) {
    self.processingCode = processingCode
    self.stan = stan
    self.acquirer = acquirer
    self.retrievalReference = retrievalReference
    self.terminal = terminal
    self.merchantCategory = merchantCategory
  }
}

/// Up to sixteen bytes of text kept inline, so that a request stays a plain value.
public struct FixedText: Hashable, Sendable {
  /// The first eight bytes, first byte highest; 0 behind the end.
  public var high: UInt64
  /// The next eight bytes.
  public var low: UInt64

  /// Text from its halves; both 0 means absent.
  @inlinable
  public init(high: UInt64 = 0, low: UInt64 = 0) {
    self.high = high
    self.low = low
  }

  /// The first sixteen bytes of some text.
  @inlinable
  public init(bytes: some Sequence<UInt8>) {
    var high: UInt64 = 0
    var low: UInt64 = 0
    var position = 0
    for byte in bytes.prefix(16) {
      if position < 8 {
        high |= UInt64(byte) << UInt64(56 - 8 * position)
      } else {
        low |= UInt64(byte) << UInt64(56 - 8 * (position - 8))
      }
      position += 1
    }
    self.high = high
    self.low = low
  }

  /// The text as Latin-1 without trailing spaces; empty when absent.
  public var text: String {
    var characters = String.UnicodeScalarView()
    for position in 0..<16 {
      let half = position < 8 ? high : low
      let byte = UInt8(truncatingIfNeeded: half >> UInt64(56 - 8 * (position & 7)))
      guard byte != 0 else { break }
      characters.append(Unicode.Scalar(byte))
    }
    while characters.last == " " { characters.removeLast() }
    return String(characters)
  }
}
