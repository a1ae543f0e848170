/// The formats of composites alone, for reading and writing: trivial values, no names.
///
/// Kept for the life of the process and never written again.
enum CompositeTable {
  /// The formats of a composite's parts, by part number; `undefined` where there is no part.
  static func formats(of element: UInt8) -> UnsafeBufferPointer<FieldFormat> {
    switch element {
    case 21: lifeCycle
    case 27: posCapability
    case 30: originalAmounts
    case 43: merchantPlace
    case 49: verificationData
    case 74: reconciliation
    default: UnsafeBufferPointer(start: nil, count: 0)
    }
  }

  nonisolated(unsafe) private static let lifeCycle = indexed(21)
  nonisolated(unsafe) private static let posCapability = indexed(27)
  nonisolated(unsafe) private static let originalAmounts = indexed(30)
  nonisolated(unsafe) private static let merchantPlace = indexed(43)
  nonisolated(unsafe) private static let verificationData = indexed(49)
  nonisolated(unsafe) private static let reconciliation = indexed(74)

  private static func indexed(_ element: Int) -> UnsafeBufferPointer<FieldFormat> {
    let parts = FieldTable.rows[element].parts
    let formats = UnsafeMutableBufferPointer<FieldFormat>.allocate(
      capacity: (parts.last.map { Int($0.number) } ?? -1) + 1
    )
    formats.initialize(repeating: .undefined)
    for part in parts { formats[Int(part.number)] = part.format }
    return UnsafeBufferPointer(formats)
  }
}
