/// Writes hundredths of a percent as people read them: `1.5 %`.
enum BasisPointsText {
  /// The text of that many hundredths of a percent, not negative.
  static func of(_ basisPoints: Int64) -> String {
    let hundredths = basisPoints % 100
    let whole = String(basisPoints / 100)
    if hundredths == 0 { return whole + " %" }
    let decimals =
      hundredths % 10 == 0
      ? String(hundredths / 10)
      : hundredths < 10
        ? "0\(hundredths)" : String(hundredths)
    return "\(whole).\(decimals) %"
  }
}
