import Cryptography
import Foundation

/// What tests do to the files of a data directory.
enum RecoveryFiles {
  static func removeBooks(_ path: String) throws {
    try FileManager.default.removeItem(atPath: path + "/books")
  }

  /// A digest of both data files.
  static func digests(_ path: String) throws -> [Digest256?] {
    try ["/journal/data.mdb", "/books/data.mdb"].map { name in
      guard FileManager.default.fileExists(atPath: path + name) else { return nil }
      let data = try Data(contentsOf: URL(fileURLWithPath: path + name))
      return data.withUnsafeBytes { SHA256.digest(of: $0) }
    }
  }

  /// Copies the data files, as a process that was killed at this moment leaves them.
  ///
  /// The writer must stand still meanwhile.
  static func copy(_ path: String, to copy: String) throws {
    for name in ["journal", "books"] {
      try FileManager.default.createDirectory(
        atPath: copy + "/" + name,
        withIntermediateDirectories: true
      )
      try FileManager.default.copyItem(
        atPath: "\(path)/\(name)/data.mdb",
        toPath: "\(copy)/\(name)/data.mdb"
      )
    }
  }

  /// Puts one file of a data directory in the place of another's.
  static func replace(_ name: String, of path: String, from other: String) throws {
    try FileManager.default.removeItem(atPath: "\(path)/\(name)/data.mdb")
    try FileManager.default.copyItem(
      atPath: "\(other)/\(name)/data.mdb",
      toPath: "\(path)/\(name)/data.mdb"
    )
  }
}
