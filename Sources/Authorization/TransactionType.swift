/// The first two characters of a processing code (DE 3): what kind of transaction it is.
public struct TransactionType: Hashable, Sendable {
  /// Both characters, the first one highest.
  public let code: UInt16

  /// The type in a processing code: six ASCII characters in the low 48 bits, first character highest.
  public init(_ processingCode: UInt64) {
    code = UInt16(truncatingIfNeeded: processingCode >> 32)
  }

  /// The type with these two characters.
  public init(_ text: StaticString) {
    precondition(text.utf8CodeUnitCount == 2, "a transaction type has two characters")
    code = UInt16(text.utf8Start[0]) << 8 | UInt16(text.utf8Start[1])
  }

  /// 00 goods, 01 cash, 09 with cash back, 11 quasi-cash.
  public var isPurchase: Bool {
    [Self("00"), Self("01"), Self("09"), Self("11")].contains(self)
  }
  /// 20 refund, 21 deposit, 26 and 28 original credit.
  public var isCredit: Bool { [Self("20"), Self("21"), Self("26"), Self("28")].contains(self) }
  /// 02 void, 22 void of a refund.
  public var isVoid: Bool { self == Self("02") || self == Self("22") }
  /// 30, and 31 as ISO has it.
  public var isInquiry: Bool { self == Self("30") || self == Self("31") }
  /// 33.
  public var isVerification: Bool { self == Self("33") }
}

extension PaymentPurpose {
  /// What an authorization or financial request, or the advice of an authorization, asks; `nil` when
  /// that is not offered.
  ///
  /// - Parameters:
  ///   - kind: `hold`, `debit` or `advice`.
  ///   - type: the type in DE 3.
  ///   - function: DE 24.
  ///   - isZero: whether DE 4 is there and zero.
  public init?(
    _ kind: AuthorizationRequest.Kind,
    _ type: TransactionType,
    function: UInt64,
    isZero: Bool
  ) {
    if type.isVoid {
      self = .reversal
    } else if type.isInquiry || function == 108 {
      guard kind != .advice else { return nil }
      self = .inquiry
    } else if type.isVerification || function == 113 {
      self = .verification
    } else {
      guard type.isPurchase || type.isCredit else { return nil }
      // An advice tells what has happened, whatever it calls it.
      let isOriginal =
        kind == .advice || [181, 185].contains(function)
        || (kind == .debit ? [200] : [100, 101]).contains(function)
      switch function {
      case 201 where kind == .debit, 202 where kind == .debit: self = .clearing
      case 102 where kind != .debit, 103 where kind != .debit: self = .replacement
      case 187 where kind != .debit: self = .increment
      default:
        guard isOriginal else { return nil }
        let isCheck = kind != .debit && isZero
        self = type.isCredit ? .credit : isCheck ? .verification : .purchase
      }
    }
  }
}
