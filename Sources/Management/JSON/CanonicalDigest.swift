import Cryptography
import JSON

/// A digest of a JSON value that does not depend on spaces, escapes or the order of members: two
/// bodies that say the same are the same request.
struct CanonicalDigest {
  /// The state after everything added.
  private(set) var hash: SHA256

  /// Goes on from what was digested before.
  init(_ hash: SHA256) { self.hash = hash }

  /// Adds a value.
  mutating func update(_ value: JSONValue) {
    switch value {
    case .null: tag(0, 0)
    case .boolean(let truth): tag(1, truth ? 1 : 0)
    case .integer(let number): tag(2, UInt64(bitPattern: number))
    // No member takes one: a request with it is refused whatever its digits are.
    case .decimal: tag(3, 0)
    case .string(let text): update(text)
    case .array(let elements):
      tag(5, UInt64(elements.count))
      for element in elements { update(element) }
    case .object(let members):
      tag(6, UInt64(members.count))
      for member in members.sorted(by: { $0.name < $1.name }) {
        update(member.name)
        update(member.value)
      }
    }
  }

  private mutating func update(_ text: String) {
    var text = text
    tag(4, UInt64(text.utf8.count))
    text.withUTF8 { hash.update(UnsafeRawBufferPointer($0)) }
  }

  private mutating func tag(_ kind: UInt8, _ number: UInt64) {
    withUnsafeBytes(of: kind) { hash.update($0) }
    withUnsafeBytes(of: number.littleEndian) { hash.update($0) }
  }
}
