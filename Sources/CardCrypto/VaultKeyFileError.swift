/// Why a vault key file was not created or not accepted.
///
/// No case carries anything of the key.
public enum VaultKeyFileError: Error, Hashable, Sendable {
  /// There is no file.
  case notFound(path: String)
  /// There is one already; it is never overwritten.
  case alreadyExists(path: String)
  /// The path names a directory, a link, a device or the like.
  case notARegularFile(path: String)
  /// Others than the owner may read or write the file; the mode is its permission bits.
  case openToOthers(path: String, mode: UInt32)
  /// The file belongs to another user than the one of this process.
  case ownedByAnother(path: String, owner: UInt32)
  /// The file is a key file of a version that this program does not know.
  case unknownVersion(path: String)
  /// The file is no key file, or was cut, edited or otherwise damaged.
  case damaged(path: String, Damage)
  /// The operating system refused; `errorNumber` is its `errno`.
  case systemFailure(path: String, operation: Operation, errorNumber: Int32)

  /// What is wrong with a damaged file.
  public enum Damage: String, Hashable, Sendable {
    /// It does not begin with the header line of a key file.
    case noHeader = "it does not begin with the header of a key file"
    /// It has fewer or more bytes than a key file.
    case wrongSize = "it is too short or too long"
    /// A line is not of its form.
    case malformedLine = "a line is malformed"
    /// The key and its check value do not belong together.
    case checkValueMismatch = "the key does not match its check value"
  }

  /// What the operating system was asked for.
  public enum Operation: String, Hashable, Sendable {
    /// Opening the directory or the file.
    case open
    /// Asking for the file's kind, owner and mode.
    case status
    /// Reading it.
    case read
    /// Creating it with its mode.
    case create
    /// Writing it.
    case write
    /// Making file or directory durable.
    case synchronize
    /// Giving the finished file its name.
    case name
  }
}

extension VaultKeyFileError: CustomStringConvertible {
  /// What happened and what to do next, for the operator.
  public var description: String {
    switch self {
    case .notFound(let path):
      "there is no vault key file at \(path)"
    case .alreadyExists(let path):
      "a vault key file exists at \(path) and is not overwritten"
    case .notARegularFile(let path):
      "\(path) is not a regular file; the vault key must be one, not a link or a device"
    case .openToOthers(let path, let mode):
      "\(path) has mode \(Self.octal(mode)): others may use the vault key; run chmod 600 on it and"
        + " consider the key known to whoever could read it"
    case .ownedByAnother(let path, let owner):
      "\(path) belongs to user \(owner), not to the user of this process; change its owner"
    case .unknownVersion(let path):
      "\(path) is a vault key file of a version unknown to this program; use the program that wrote it"
    case .damaged(let path, let damage):
      "\(path) is not a valid vault key file: \(damage.rawValue); restore it from a backup"
    case .systemFailure(let path, let operation, let errorNumber):
      "\(operation.rawValue) failed for \(path): error \(errorNumber)"
        + " (\(FileDescriptor.message(for: errorNumber)))"
    }
  }

  private static func octal(_ mode: UInt32) -> String {
    "0" + String(mode, radix: 8)
  }
}
