/// What should have been and what was.
struct Mismatch: Error {
  let expected: String
  let found: String
  /// Why the story cannot be played on this issuer at all; `nil` when it can.
  let skips: String?

  init(_ expected: String, found: String) {
    self.expected = expected
    self.found = found
    skips = nil
  }

  /// The story cannot be played here.
  init(skipping why: String) {
    expected = ""
    found = why
    skips = why
  }
}
