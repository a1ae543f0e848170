/// A card number sealed with AES-256-GCM: 38 bytes whatever the number's length, so that a stored
/// record has a fixed layout and its size tells nothing.
///
/// Nonce (12), ciphertext (10: the digits two to a byte, then `F`), tag (16). It is bound to the
/// token of its card: copied to another card's record it does not open.
public struct EncryptedPAN: Hashable, Sendable {
  /// How many bytes a value has.
  public static let byteCount = 38

  /// Memory of exactly 38 bytes, in stored order.
  typealias Storage = (UInt64, UInt64, UInt64, UInt64, UInt32, UInt16)

  private var storage: Storage

  /// A value whose bytes `initialize` writes.
  init<Failure: Error>(
    initializedBy initialize: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    storage = (0, 0, 0, 0, 0, 0)
    try withUnsafeMutableBytes(of: &storage, initialize)
  }

  /// A value from its stored bytes, or `nil` unless there are exactly 38.
  public init?(bytes: UnsafeRawBufferPointer) {
    guard bytes.count == Self.byteCount else { return nil }
    self.init { $0.copyMemory(from: bytes) }
  }

  /// The 38 bytes as they are stored.
  public var bytes: [UInt8] { withBytes { Array($0) } }

  /// Runs `body` with the 38 bytes as they are stored.
  ///
  /// The pointer is valid during the call only.
  public func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try withUnsafeBytes(of: storage, body)
  }

  /// Equal when all bytes are; two seals of one number differ by their nonces.
  public static func == (left: EncryptedPAN, right: EncryptedPAN) -> Bool {
    left.storage == right.storage
  }

  /// Hashes all bytes.
  public func hash(into hasher: inout Hasher) {
    withBytes { hasher.combine(bytes: $0) }
  }
}

extension EncryptedPAN: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Always `<encrypted PAN>`: the bytes are no use in a log.
  public var description: String { "<encrypted PAN>" }
  /// Always `<encrypted PAN>`.
  public var debugDescription: String { "<encrypted PAN>" }
  /// A mirror without children.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
