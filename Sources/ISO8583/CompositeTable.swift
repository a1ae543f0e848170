/// Where the formats of composites' parts stand behind those of the elements.
enum CompositeTable {
  /// Places for the parts of each composite.
  static let partsKept = 16
  /// Behind the formats of the elements.
  static let firstRow = 129

  /// One more than the number of the last part; 0 for what has no parts that are known.
  @inline(__always)
  static func partCount(of element: UInt8) -> Int {
    switch element {
    case 21: 4
    case 27: 10
    case 30: 2
    case 43: 13
    case 49: 7
    case 74: 12
    default: 0
    }
  }

  /// Where an element's parts begin in the table of formats.
  @inline(__always)
  static func place(of element: UInt8) -> Int { firstRow &+ Int(element) &* partsKept }

  /// Where the parts of a composite with a bitmap, DE 43 or 49, begin in the table of rules.
  @inline(__always)
  static func rulePlace(of element: UInt8) -> Int {
    assert(element == 43 || element == 49)
    return element == 43 ? firstRow : firstRow &+ partsKept
  }

  /// The formats of a composite's parts, by part number; `undefined` where there is no part.
  @inline(__always)
  static func formats(
    of element: UInt8,
    _ table: UnsafePointer<FieldFormat> = FieldTable.formats
  ) -> UnsafeBufferPointer<FieldFormat> {
    UnsafeBufferPointer(start: table + place(of: element), count: partCount(of: element))
  }
}
