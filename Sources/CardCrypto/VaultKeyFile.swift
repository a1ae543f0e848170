import Cryptography

/// The file that keeps an installation's vault key: outside the data directory's databases, so that
/// the databases alone give no card number away (row S-007).
///
/// Text of exactly 113 bytes in three lines: a header with the version, a check value (the first 8
/// bytes of a keyed hash, so that damage is noticed before a wrong key makes every card unknown), and
/// the key, both in lower-case hexadecimal.
///
/// ```
/// holdfast-vault-key 1
/// check 0123456789abcdef
/// key 00…(64 digits)
/// ```
///
/// It is readable by its owner only, and a file that others may read is refused. Losing it loses
/// every card number: a backup of it belongs in another place than the backups of the data.
public enum VaultKeyFile {
  private static let magic: StaticString = "holdfast-vault-key "
  private static let header: StaticString = "holdfast-vault-key 1\n"
  private static let checkPrefix: StaticString = "check "
  private static let keyPrefix: StaticString = "key "
  private static let checkDigits = 16
  private static let keyDigits = 2 * VaultKey.byteCount
  private static let size =
    header.utf8CodeUnitCount + checkPrefix.utf8CodeUnitCount + checkDigits + 1
    + keyPrefix.utf8CodeUnitCount + keyDigits + 1

  /// The key of the file, which is created with a random key when there is none.
  ///
  /// When two processes start at once, one creates the file and both get its key.
  public static func loadOrCreate(at path: String) throws(VaultKeyFileError) -> VaultKey {
    do throws(VaultKeyFileError) {
      return try load(from: path)
    } catch .notFound {
      do throws(VaultKeyFileError) {
        return try create(at: path)
      } catch .alreadyExists {
        return try load(from: path)
      }
    }
  }

  /// Creates the file with a random key; throws `alreadyExists` rather than touch an existing one.
  ///
  /// File and directory are durable when this returns: a key that the first card was sealed under
  /// must survive a power failure. The file gets its name only when it is complete, so nobody ever
  /// reads half of it.
  public static func create(at path: String) throws(VaultKeyFileError) -> VaultKey {
    let key = VaultKey.random()
    let (directoryPath, name) = split(path)
    let directory = try FileDescriptor.directory(at: directoryPath)
    let suffix = SecureRandom.bytes(8).withUnsafeBytes { Hexadecimal.text(of: $0) }
    let temporaryName = ".\(name).\(suffix).new"
    let file = try directory.createFile(named: temporaryName)
    // Only the finished file has the name; whatever happens, the temporary name goes.
    defer { directory.removeFile(named: temporaryName) }
    try withText(of: key) { text throws(VaultKeyFileError) in try file.write(text) }
    try file.synchronize()
    try directory.link(temporaryName, as: name)
    try directory.synchronize()
    return key
  }

  /// The key of an existing file.
  ///
  /// Throws `notFound`, and otherwise says why the file cannot be trusted; the file is never changed.
  public static func load(from path: String) throws(VaultKeyFileError) -> VaultKey {
    let file = try FileDescriptor.file(at: path)
    try file.checkIsPrivate()
    // One byte more than a key file has tells a longer one.
    let text = try file.readPrefix(size + 1)
    return try text.withBytes { text throws(VaultKeyFileError) in
      try key(in: text, path: path)
    }
  }

  /// Runs `body` with the text of a key's file and wipes it afterwards.
  private static func withText(
    of key: VaultKey,
    _ body: (UnsafeRawBufferPointer) throws(VaultKeyFileError) -> Void
  ) throws(VaultKeyFileError) {
    let check = withUnsafeBytes(of: key.fileCheckValue.bigEndian) { Array($0) }
    let text = SecretBytes(count: size) { text in
      var position = 0
      func append(_ bytes: UnsafeRawBufferPointer) {
        UnsafeMutableRawBufferPointer(rebasing: text[position...]).copyMemory(from: bytes)
        position += bytes.count
      }
      func append(_ string: StaticString) { string.withRawBytes { append($0) } }
      func appendHexadecimal(of bytes: UnsafeRawBufferPointer) {
        for byte in bytes {
          text[position] = Hexadecimal.digit(byte >> 4)
          text[position + 1] = Hexadecimal.digit(byte & 15)
          position += 2
        }
      }
      append(header)
      append(checkPrefix)
      check.withUnsafeBytes { appendHexadecimal(of: $0) }
      append("\n")
      append(keyPrefix)
      key.withBytes { appendHexadecimal(of: $0) }
      append("\n")
      precondition(position == size, "the text of a key file has a fixed size")
    }
    try text.withBytes(body)
  }

  private static func key(
    in text: UnsafeRawBufferPointer,
    path: String
  ) throws(VaultKeyFileError) -> VaultKey {
    guard starts(text, with: magic) else { throw .damaged(path: path, .noHeader) }
    guard starts(text, with: header) else {
      // The rest of the first line decides: another number is another version, all else is damage.
      let version = text.dropFirst(magic.utf8CodeUnitCount).prefix { $0 != UInt8(ascii: "\n") }
      let isNumber = !version.isEmpty && version.allSatisfy { (0x30...0x39).contains($0) }
      guard isNumber, version.endIndex < text.endIndex else {
        throw .damaged(path: path, .noHeader)
      }
      throw .unknownVersion(path: path)
    }
    guard text.count == size else { throw .damaged(path: path, .wrongSize) }
    var rest = text[header.utf8CodeUnitCount...]
    let check = try line(of: &rest, after: checkPrefix, digits: checkDigits, path: path)
    let secret = try line(of: &rest, after: keyPrefix, digits: keyDigits, path: path)
    let key: VaultKey
    do throws(CryptographyError) {
      key = try VaultKey(secret)
    } catch {
      throw .damaged(path: path, .malformedLine)
    }
    let isIntact = withUnsafeBytes(of: key.fileCheckValue.bigEndian) { expected in
      check.withBytes { ConstantTime.areEqual($0, expected) }
    }
    guard isIntact else { throw .damaged(path: path, .checkValueMismatch) }
    return key
  }

  private static func starts(_ text: UnsafeRawBufferPointer, with prefix: StaticString) -> Bool {
    prefix.withRawBytes { text.starts(with: $0) }
  }

  /// Takes one line off the front of `rest`: a prefix, then so many lower-case digits.
  private static func line(
    of rest: inout Slice<UnsafeRawBufferPointer>,
    after prefix: StaticString,
    digits: Int,
    path: String
  ) throws(VaultKeyFileError) -> SecretBytes {
    let length = prefix.utf8CodeUnitCount + digits + 1
    let line = UnsafeRawBufferPointer(rebasing: rest.prefix(length))
    rest = rest.dropFirst(length)
    guard line.count == length, starts(line, with: prefix), line.last == UInt8(ascii: "\n") else {
      throw .damaged(path: path, .malformedLine)
    }
    let start = prefix.utf8CodeUnitCount
    var isWellFormed = true
    let value = SecretBytes(count: digits / 2) { bytes in
      for position in bytes.indices {
        guard let high = Hexadecimal.value(of: line[start + 2 * position]),
          let low = Hexadecimal.value(of: line[start + 2 * position + 1])
        else {
          isWellFormed = false
          return
        }
        bytes[position] = high << 4 | low
      }
    }
    guard isWellFormed else { throw .damaged(path: path, .malformedLine) }
    return value
  }

  /// Directory and last component of a path; the directory of a bare name is the current one.
  private static func split(_ path: String) -> (directory: String, name: String) {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return (".", path) }
    let directory = slash == path.startIndex ? "/" : String(path[..<slash])
    return (directory, String(path[path.index(after: slash)...]))
  }
}

extension StaticString {
  /// Runs `body` with the text's UTF-8 bytes.
  fileprivate func withRawBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    body(UnsafeRawBufferPointer(start: utf8Start, count: utf8CodeUnitCount))
  }
}
