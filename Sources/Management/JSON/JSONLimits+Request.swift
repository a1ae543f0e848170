import JSON

extension JSONLimits {
  /// For what callers send; the interface itself needs three levels.
  ///
  /// Bodies and lines are cut off before they reach this number of bytes.
  static var request: JSONLimits { JSONLimits(bytes: 1 << 20, depth: 8, members: 64) }
}
