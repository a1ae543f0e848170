internal import COpenSSL

/// Bytes that must not be seen: wiped when the last reference goes, shown by no print or mirror, and
/// by design without any conversion to text or to a coder.
///
/// The bytes never change after `init`, so a value may be shared between threads.
public final class SecretBytes: @unchecked Sendable {
  private let storage: UnsafeMutableRawBufferPointer

  /// How many bytes there are.
  public var count: Int { storage.count }

  /// Makes a secret of `count` bytes that `initialize` writes, so that no copy of them is left
  /// elsewhere; they are zero before.
  public init<Failure: Error>(
    count: Int,
    initializedBy initialize: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    storage = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 16)
    storage.initializeMemory(as: UInt8.self, repeating: 0)
    try initialize(storage)
  }

  /// Makes a secret from a copy of bytes; wiping the original is the caller's business.
  public convenience init(copying bytes: UnsafeRawBufferPointer) {
    self.init(count: bytes.count) { $0.copyMemory(from: bytes) }
  }

  deinit {
    OPENSSL_cleanse(storage.baseAddress, storage.count)
    storage.deallocate()
  }

  /// `count` random bytes: a new key.
  public static func random(count: Int) -> SecretBytes {
    SecretBytes(count: count) { SecureRandom.fill($0) }
  }

  /// Runs `body` with the bytes.
  ///
  /// The pointer is valid during the call only; what `body` copies is no longer wiped.
  public func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeRawBufferPointer(storage))
  }

  /// Whether two secrets are equal, in a time that depends on their lengths only.
  public func isEqualInConstantTime(to other: SecretBytes) -> Bool {
    ConstantTime.areEqual(
      UnsafeRawBufferPointer(storage),
      UnsafeRawBufferPointer(other.storage)
    )
  }

  /// Overwrites bytes in a way that the compiler may not leave out.
  public static func wipe(_ bytes: UnsafeMutableRawBufferPointer) {
    OPENSSL_cleanse(bytes.baseAddress, bytes.count)
  }
}

extension SecretBytes: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Always `<secret>`.
  public var description: String { "<secret>" }
  /// Always `<secret>`.
  public var debugDescription: String { "<secret>" }
  /// A mirror without children.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
