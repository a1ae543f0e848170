import Cryptography

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// An open file or directory of the operating system, closed at the end of its life.
///
/// It knows the calls that a key file needs and no others. The path is kept for error texts.
struct FileDescriptor: ~Copyable {
  private let number: Int32
  private let path: String

  private init(number: Int32, path: String) {
    self.number = number
    self.path = path
  }

  deinit { _ = close(number) }

  static func directory(at path: String) throws(VaultKeyFileError) -> FileDescriptor {
    let number = retrying { open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard number >= 0 else { throw failure(.open, path) }
    return FileDescriptor(number: number, path: path)
  }

  /// Opens an existing regular file for reading.
  ///
  /// A link is refused, since it could be changed to name another file; a pipe must not block the
  /// start, so opening never waits.
  static func file(at path: String) throws(VaultKeyFileError) -> FileDescriptor {
    let number = retrying { open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC) }
    guard number >= 0 else {
      switch errno {
      case ENOENT: throw .notFound(path: path)
      case ELOOP, EMLINK: throw .notARegularFile(path: path)
      default: throw failure(.open, path)
      }
    }
    return FileDescriptor(number: number, path: path)
  }

  /// Throws unless this is a regular file of this process's user that nobody else may use.
  ///
  /// It is asked of the open file, so that the answer is about the bytes that will be read.
  func checkIsPrivate() throws(VaultKeyFileError) {
    var status = stat()
    guard fstat(number, &status) == 0 else { throw Self.failure(.status, path) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notARegularFile(path: path) }
    guard status.st_uid == geteuid() else {
      throw .ownedByAnother(path: path, owner: status.st_uid)
    }
    let permissions = UInt32(status.st_mode) & 0o7777
    guard permissions & 0o077 == 0 else { throw .openToOthers(path: path, mode: permissions) }
  }

  /// At most `limit` bytes from the start of the file, fewer when it ends before.
  func readPrefix(_ limit: Int) throws(VaultKeyFileError) -> SecretBytes {
    var count = 0
    let buffer = try SecretBytes(count: limit) { (bytes) throws(VaultKeyFileError) in
      while count < limit {
        let done = Self.retrying {
          read(number, bytes.baseAddress.map { $0 + count }, limit - count)
        }
        guard done >= 0 else { throw Self.failure(.read, path) }
        guard done > 0 else { break }
        count += done
      }
    }
    return buffer.withBytes { SecretBytes(copying: UnsafeRawBufferPointer(rebasing: $0[..<count])) }
  }

  /// Creates a file in this directory that only its owner may read and write, whatever the process's
  /// file mode mask says.
  func createFile(named name: String) throws(VaultKeyFileError) -> FileDescriptor {
    let file = Self.retrying {
      openat(number, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    }
    guard file >= 0 else { throw Self.failure(.create, path + "/" + name) }
    let descriptor = FileDescriptor(number: file, path: path + "/" + name)
    guard fchmod(file, 0o600) == 0 else {
      let error = Self.failure(.create, descriptor.path)
      removeFile(named: name)
      throw error
    }
    return descriptor
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws(VaultKeyFileError) {
    var rest = bytes
    while !rest.isEmpty {
      let buffer = rest
      let done = Self.retrying { systemWrite(number, buffer.baseAddress, buffer.count) }
      guard done > 0 else { throw Self.failure(.write, path) }
      rest = UnsafeRawBufferPointer(rebasing: rest[done...])
    }
  }

  func synchronize() throws(VaultKeyFileError) {
    // Not repeated after a failure: the next call may report success for lost data.
    guard fsync(number) == 0 else { throw Self.failure(.synchronize, path) }
  }

  /// Gives a file of this directory a second name; throws `alreadyExists` when the name is taken.
  func link(_ name: String, as newName: String) throws(VaultKeyFileError) {
    guard linkat(number, name, number, newName, 0) == 0 else {
      let newPath = path + "/" + newName
      throw errno == EEXIST ? .alreadyExists(path: newPath) : Self.failure(.name, newPath)
    }
  }

  /// Takes a name from this directory; a name that is not there is fine.
  func removeFile(named name: String) {
    _ = unlinkat(number, name, 0)
  }

  /// The operating system's text for an error number.
  static func message(for errorNumber: Int32) -> String {
    // The text is the thread's own in glibc and a constant in musl.
    strerror(errorNumber).map { String(cString: $0) } ?? "unknown"
  }

  /// Repeats a call that a signal interrupted.
  private static func retrying<Number: SignedInteger>(_ call: () -> Number) -> Number {
    while true {
      let result = call()
      if result >= 0 || errno != EINTR { return result }
    }
  }

  private static func failure(
    _ operation: VaultKeyFileError.Operation,
    _ path: String
  ) -> VaultKeyFileError {
    .systemFailure(path: path, operation: operation, errorNumber: errno)
  }
}

/// The system's `write`, under a name that the method of the same name does not hide.
private func systemWrite(_ number: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  write(number, bytes, count)
}
