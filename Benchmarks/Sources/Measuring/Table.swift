import Foundation

/// A text at the right end of a column.
public func padded(_ text: String, _ width: Int) -> String {
  String(repeating: " ", count: max(0, width - text.count)) + text
}

/// A count of instructions as text; what stands for none differs.
public func text(_ instructions: Double?, orElse none: String) -> String {
  instructions.map { String(format: "%.0f", $0) } ?? none
}
