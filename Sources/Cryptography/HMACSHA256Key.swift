/// A key for HMAC-SHA-256 (RFC 2104, FIPS 198-1), ready for use.
///
/// Both padded keys are digested once, at the start, so that a code over at most 55 bytes costs two
/// compressions and no allocation. The state never changes, so one key serves all threads.
public struct HMACSHA256Key: Sendable {
  private let state: HMACSHA256State

  /// A key from its bytes, of any length; those above 64 bytes are digested first, as the standard
  /// says.
  ///
  /// Wiping the bytes is the caller's business.
  public init(_ keyBytes: UnsafeRawBufferPointer) {
    state = HMACSHA256State(keyBytes)
  }

  /// A key from a secret of any length.
  public init(_ secret: SecretBytes) {
    state = secret.withBytes { HMACSHA256State($0) }
  }

  /// The code of one message, all 32 bytes.
  public func authenticationCode(for message: UnsafeRawBufferPointer) -> Digest256 {
    state.authenticationCode(for: message)
  }

  /// The code of one message, all 32 bytes.
  public func authenticationCode(for message: RawSpan) -> Digest256 {
    message.withUnsafeBytes { state.authenticationCode(for: $0) }
  }

  /// Whether `code` is the code of `message`, in a time that does not depend on where they differ.
  public func isValid(_ code: Digest256, for message: UnsafeRawBufferPointer) -> Bool {
    authenticationCode(for: message).isEqualInConstantTime(to: code)
  }
}

extension HMACSHA256Key: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Always `<secret>`.
  public var description: String { "<secret>" }
  /// Always `<secret>`.
  public var debugDescription: String { "<secret>" }
  /// A mirror without children.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
