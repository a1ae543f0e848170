import Testing

/// Expects two values to be equal; takes values that were read from views, which a macro cannot
/// capture.
func check<Value: Equatable>(
  _ actual: Value,
  _ expected: Value,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(actual == expected, sourceLocation: sourceLocation)
}

/// Three numbers of an amount, to compare.
struct AmountReading: Equatable {
  var currency: UInt16
  var exponent: UInt8
  var value: UInt64

  init(_ currency: UInt16, _ exponent: UInt8, _ value: UInt64) {
    self.currency = currency
    self.exponent = exponent
    self.value = value
  }

  init?(_ amount: (currency: UInt16, exponent: UInt8, value: UInt64)?) {
    guard let amount else { return nil }
    self.init(amount.currency, amount.exponent, amount.value)
  }
}
