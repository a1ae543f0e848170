import Authorization

/// Card numbers of sixteen digits with right check digits, out of a BIN range of nine digits.
public struct CardNumberRange: Hashable, Sendable {
  /// The first nine digits of the lowest numbers, `100_000_000...999_999_999`.
  public let from: UInt32
  /// The first nine digits of the highest numbers.
  public let through: UInt32

  /// A range, or `nil` unless both ends have nine digits and are in order.
  public init?(from: UInt32, through: UInt32) {
    guard from >= 100_000_000, through <= 999_999_999, from <= through else { return nil }
    self.from = from
    self.through = through
  }

  /// The range of one BIN written with six to nine digits, for example `400000`, which stands for
  /// 400000000 to 400000999.
  public init?(bin: some StringProtocol) {
    guard (6...9).contains(bin.utf8.count), let number = UInt32(bin), bin.first != "+" else {
      return nil
    }
    var width: UInt32 = 1
    for _ in bin.utf8.count..<9 { width *= 10 }
    self.init(from: number * width, through: number * width + (width - 1))
  }

  /// How many different numbers there are.
  public var count: Int { Int(through - from + 1) * 1_000_000 }

  /// The number at a position counted from 0; positions go through a BIN before the next one.
  ///
  /// Traps outside `0..<count`.
  public func number(at position: Int) -> PAN {
    makeNumber(at: position, wrongCheckDigit: false)
  }

  /// The number at a position with a check digit that is wrong by one.
  public func numberWithWrongCheckDigit(at position: Int) -> PAN {
    makeNumber(at: position, wrongCheckDigit: true)
  }

  private func makeNumber(at position: Int, wrongCheckDigit: Bool) -> PAN {
    precondition(position >= 0 && position < count, "the BIN range holds no such card number")
    var rest = UInt64(from) * 1_000_000 + UInt64(position)
    var digits = [UInt8](repeating: 0, count: 16)
    var sum: UInt64 = 0
    for index in (0..<15).reversed() {
      let digit = rest % 10
      rest /= 10
      digits[index] = UInt8(digit)
      // The fifteenth digit stands next to the check digit, so it is the first to be doubled.
      sum += index & 1 == 0 ? (digit > 4 ? digit * 2 - 9 : digit * 2) : digit
    }
    digits[15] = UInt8((10 - sum % 10) % 10)
    if wrongCheckDigit { digits[15] = (digits[15] + 1) % 10 }
    guard let pan = PAN(digits: digits) else { preconditionFailure("sixteen digits are a PAN") }
    return pan
  }
}
