/// What should have been and what was.
struct Mismatch: Error {
  let expected: String
  let found: String

  init(_ expected: String, found: String) {
    self.expected = expected
    self.found = found
  }
}
