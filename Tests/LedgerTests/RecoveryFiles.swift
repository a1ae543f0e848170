import Cryptography
import Foundation

/// What tests do to the files of a data directory.
enum RecoveryFiles {
  static func removeBooks(_ path: String) throws {
    try FileManager.default.removeItem(atPath: path + "/books")
  }

  /// A digest of the journal's files and one of the books'.
  static func digests(_ path: String) throws -> [Digest256?] {
    try ["journal", "books"].map { name in
      var all = Data()
      for file in dataFiles("\(path)/\(name)") {
        all += Data(file.utf8)
        all += try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(name)/\(file)"))
      }
      return all.isEmpty ? nil : all.withUnsafeBytes { SHA256.digest(of: $0) }
    }
  }

  /// The files of a directory that hold data: all but LMDB's lock.
  private static func dataFiles(_ directory: String) -> [String] {
    let names = try? FileManager.default.contentsOfDirectory(atPath: directory)
    return (names ?? []).filter { $0 != "lock.mdb" }.sorted()
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
      for file in dataFiles("\(path)/\(name)") {
        try FileManager.default.copyItem(
          atPath: "\(path)/\(name)/\(file)",
          toPath: "\(copy)/\(name)/\(file)"
        )
      }
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
