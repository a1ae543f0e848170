import Testing

/// Holds that nothing differs, and otherwise says what does.
func expectAgreement(
  _ differences: [String],
  _ when: String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(
    differences.isEmpty,
    "\(when) \(differences.joined(separator: "; "))",
    sourceLocation: sourceLocation
  )
}
