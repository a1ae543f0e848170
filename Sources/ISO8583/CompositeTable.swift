/// The formats of composites alone, for reading and writing: trivial values, no names.
enum CompositeTable {
  /// The formats of a composite's parts, by part number; `undefined` where there is no part.
  static func formats(of element: UInt8) -> [FieldFormat] {
    switch element {
    case 21: lifeCycle
    case 27: posCapability
    case 30: originalAmounts
    case 43: merchantPlace
    case 49: verificationData
    case 74: reconciliation
    default: []
    }
  }

  private static let lifeCycle = indexed(21)
  private static let posCapability = indexed(27)
  private static let originalAmounts = indexed(30)
  private static let merchantPlace = indexed(43)
  private static let verificationData = indexed(49)
  private static let reconciliation = indexed(74)

  private static func indexed(_ element: Int) -> [FieldFormat] {
    let parts = FieldTable.rows[element].parts
    var formats = [FieldFormat](
      repeating: .undefined,
      count: (parts.last.map { Int($0.number) } ?? -1) + 1
    )
    for part in parts { formats[Int(part.number)] = part.format }
    return formats
  }
}
