/// Which of several clearings of one payment a message is: parts 30 and 31 of DE 113.
public struct PartOfMany: Hashable, Sendable {
  /// The number of this one, from 1.
  public let number: Int
  /// How many there are, at most 99.
  public let count: Int

  /// A part; `nil` unless `1 ≤ number ≤ count ≤ 99`.
  public init?(_ number: Int, of count: Int) {
    guard number >= 1, number <= count, count <= 99 else { return nil }
    self.number = number
    self.count = count
  }

  /// DE 113: eight bytes of bitmap that announce parts 30 and 31, then two digits each.
  var processorData: [UInt8] {
    let bitmap: [UInt8] = [0, 0, 0, 0x06, 0, 0, 0, 0]
    return bitmap + [number, count].map { UInt8(($0 / 10) << 4 | $0 % 10) }
  }
}
