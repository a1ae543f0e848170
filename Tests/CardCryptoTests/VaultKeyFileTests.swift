import CardCrypto
import Cryptography
import Foundation
import Testing

/// The key file: created once, private, and refused when anything about it is wrong.
@Suite final class VaultKeyFileTests {
  private let directory: String
  private var path: String { directory + "/vault.key" }

  init() throws {
    directory = NSTemporaryDirectory() + "vault-key-file-\(UUID().uuidString)"
    try FileManager.default.createDirectory(
      atPath: directory,
      withIntermediateDirectories: true
    )
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  private func text() throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

  private func replace(_ text: String, mode: Int = 0o600) throws {
    try? FileManager.default.removeItem(atPath: path)
    let created = FileManager.default.createFile(
      atPath: path,
      contents: Data(text.utf8),
      attributes: [.posixPermissions: mode]
    )
    try #require(created)
  }

  private func mode() throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return try #require(attributes[.posixPermissions] as? NSNumber).intValue
  }

  @Test func `the first start creates a private file and later starts load it`() throws {
    let created = try VaultKeyFile.loadOrCreate(at: path)
    #expect(try mode() == 0o600)
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["vault.key"])
    let before = try text()
    let loaded = try VaultKeyFile.loadOrCreate(at: path)
    #expect(loaded.isEqualInConstantTime(to: created))
    #expect(try VaultKeyFile.load(from: path).keyCheckValue == created.keyCheckValue)
    #expect(try text() == before)
  }

  @Test func `the file is three lines of a known form`() throws {
    _ = try VaultKeyFile.create(at: path)
    let text = try text()
    #expect(text.utf8.count == 113)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == 4 && lines[3].isEmpty)
    #expect(lines[0] == "holdfast-vault-key 1")
    #expect(lines[1].hasPrefix("check ") && lines[1].count == 22)
    #expect(lines[2].hasPrefix("key ") && lines[2].count == 68)
  }

  @Test func `a file written elsewhere is accepted`() throws {
    try replace(
      "holdfast-vault-key 1\ncheck 78b4a28a1fbd16ac\nkey "
        + "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n"
    )
    #expect(try VaultKeyFile.load(from: path).keyCheckValue.text == "ffe4404c")
  }

  @Test func `two files have two keys`() throws {
    let first = try VaultKeyFile.create(at: path)
    let second = try VaultKeyFile.create(at: path + "2")
    #expect(!first.isEqualInConstantTime(to: second))
    #expect(first.keyCheckValue != second.keyCheckValue)
  }

  @Test func `an existing file is never overwritten`() throws {
    let key = try VaultKeyFile.create(at: path)
    #expect(throws: VaultKeyFileError.alreadyExists(path: path)) {
      try VaultKeyFile.create(at: path)
    }
    #expect(try VaultKeyFile.load(from: path).isEqualInConstantTime(to: key))
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["vault.key"])
  }

  @Test func `of many starters at once one creates the file and all get its key`() async throws {
    for round in 0..<20 {
      let path = directory + "/race-\(round)"
      let values = try await withThrowingTaskGroup(of: KeyCheckValue.self) { group in
        for _ in 0..<8 {
          group.addTask { try VaultKeyFile.loadOrCreate(at: path).keyCheckValue }
        }
        return try await group.reduce(into: Set<KeyCheckValue>()) { $0.insert($1) }
      }
      #expect(values.count == 1)
      #expect(try values.first == VaultKeyFile.load(from: path).keyCheckValue)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory).count == 20)
  }

  @Test(arguments: [0o640, 0o604, 0o660, 0o644, 0o601, 0o620])
  func `a file that others may use is refused`(mode: Int) throws {
    _ = try VaultKeyFile.create(at: path)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    #expect(throws: VaultKeyFileError.openToOthers(path: path, mode: UInt32(mode))) {
      try VaultKeyFile.loadOrCreate(at: path)
    }
  }

  @Test func `a file that only its owner may read is accepted`() throws {
    let key = try VaultKeyFile.create(at: path)
    try FileManager.default.setAttributes([.posixPermissions: 0o400], ofItemAtPath: path)
    #expect(try VaultKeyFile.load(from: path).isEqualInConstantTime(to: key))
  }

  @Test func `a missing file, a missing directory, a link and a directory are told apart`() throws {
    #expect(throws: VaultKeyFileError.notFound(path: path)) { try VaultKeyFile.load(from: path) }
    let nowhere = directory + "/nowhere"
    #expect(
      throws: VaultKeyFileError.systemFailure(path: nowhere, operation: .open, errorNumber: ENOENT)
    ) {
      try VaultKeyFile.loadOrCreate(at: nowhere + "/vault.key")
    }
    #expect(throws: VaultKeyFileError.notARegularFile(path: directory)) {
      try VaultKeyFile.load(from: directory)
    }
    _ = try VaultKeyFile.create(at: path)
    let link = directory + "/link"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
    #expect(throws: VaultKeyFileError.notARegularFile(path: link)) {
      try VaultKeyFile.loadOrCreate(at: link)
    }
    try FileManager.default.removeItem(atPath: path)
    #expect(throws: VaultKeyFileError.notARegularFile(path: link), "a link to nothing") {
      try VaultKeyFile.loadOrCreate(at: link)
    }
  }

  @Test func `every changed character is noticed`() throws {
    _ = try VaultKeyFile.create(at: path)
    let intact = Array(try text().utf8)
    for position in intact.indices {
      var changed = intact
      changed[position] = changed[position] == UInt8(ascii: "0") ? UInt8(ascii: "1") : 0x30
      try replace(String(decoding: changed, as: UTF8.self))
      #expect(throws: VaultKeyFileError.self, "position \(position)") {
        try VaultKeyFile.loadOrCreate(at: path)
      }
    }
    try replace(String(decoding: intact, as: UTF8.self))
    _ = try VaultKeyFile.load(from: path)
  }

  @Test func `what is damaged is said and the file stays as it is`() throws {
    _ = try VaultKeyFile.create(at: path)
    let intact = try text()
    let lines = intact.split(separator: "\n")
    var otherKey = Array(lines[2].utf8)
    otherKey[10] = otherKey[10] == UInt8(ascii: "0") ? UInt8(ascii: "1") : UInt8(ascii: "0")
    let cases: [(String, VaultKeyFileError)] = [
      ("", .damaged(path: path, .noHeader)),
      ("-----BEGIN PRIVATE KEY-----\n", .damaged(path: path, .noHeader)),
      ("holdfast-vault-key", .damaged(path: path, .noHeader)),
      ("holdfast-vault-key x\n", .damaged(path: path, .noHeader)),
      ("holdfast-vault-key 2\nanything", .unknownVersion(path: path)),
      (String(intact.dropLast()), .damaged(path: path, .wrongSize)),
      (intact + "\n", .damaged(path: path, .wrongSize)),
      (intact + intact, .damaged(path: path, .wrongSize)),
      (String(intact.prefix(30)), .damaged(path: path, .wrongSize)),
      ("\(lines[0])\n\(lines[2])\n\(lines[1])\n", .damaged(path: path, .malformedLine)),
      (
        "\(lines[0])\n\(lines[1])\nkey \(String(repeating: "z", count: 64))\n",
        .damaged(path: path, .malformedLine)
      ),
      (
        "\(lines[0])\n\(lines[1])\n\(String(decoding: otherKey, as: UTF8.self))\n",
        .damaged(path: path, .checkValueMismatch)
      ),
    ]
    for (text, expected) in cases {
      try replace(text)
      #expect(throws: expected) { try VaultKeyFile.loadOrCreate(at: path) }
      #expect(try self.text() == text)
    }
  }

  @Test func `errors say what to do and show nothing of the key`() throws {
    _ = try VaultKeyFile.create(at: path)
    let keyText = try text().split(separator: "\n")[2].dropFirst(4)
    let errors: [VaultKeyFileError] = [
      .notFound(path: path), .alreadyExists(path: path), .notARegularFile(path: path),
      .openToOthers(path: path, mode: 0o644), .ownedByAnother(path: path, owner: 12),
      .unknownVersion(path: path), .damaged(path: path, .checkValueMismatch),
      .systemFailure(path: path, operation: .write, errorNumber: ENOSPC),
    ]
    for error in errors {
      #expect("\(error)".contains(path))
      #expect(!"\(error)".contains(keyText))
    }
    #expect("\(errors[3])".contains("chmod 600"))
    #expect("\(errors[3])".contains("0644"))
    #expect("\(errors[7])".contains("No space left"))
  }

  @Test func `the mask of the process does not widen or narrow the mode`() throws {
    let before = umask(0)
    defer { umask(before) }
    _ = try VaultKeyFile.create(at: path)
    #expect(try mode() == 0o600)
  }

  @Test func `the file of another user is refused`() throws {
    try #require(geteuid() == 0 || !FileManager.default.fileExists(atPath: path))
    guard geteuid() == 0 else { return }
    _ = try VaultKeyFile.create(at: path)
    try #require(chown(path, 12_345, 12_345) == 0)
    #expect(throws: VaultKeyFileError.ownedByAnother(path: path, owner: 12_345)) {
      try VaultKeyFile.loadOrCreate(at: path)
    }
  }
}
