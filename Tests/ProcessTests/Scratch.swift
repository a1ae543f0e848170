import Foundation

/// Directories of tests; short paths, since a socket's path has at most 107 bytes.
enum Scratch {
  /// Runs a test with a directory of its own, and removes it afterwards.
  static func withDirectory<Result>(
    _ body: (String) async throws -> Result
  ) async throws -> Result {
    let path = NSTemporaryDirectory() + "/holdfast-\(UInt64.random(in: 0...(.max)))"
    try FileManager.default.createDirectory(
      atPath: path,
      withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700]
    )
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try await body(path)
  }

  /// Every regular file under a directory with its content.
  static func files(under path: String) throws -> [String: Data] {
    var found: [String: Data] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: path) {
      let file = "\(path)/\(name)"
      let type = try FileManager.default.attributesOfItem(atPath: file)[.type]
      guard type as? FileAttributeType == .typeRegular else { continue }
      found[name] = try bytes(of: file)
    }
    return found
  }

  /// A whole file.
  static func bytes(of path: String) throws -> Data {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw TestFailure("\(path) cannot be read")
    }
    return data
  }

  /// Where some bytes stand in others.
  static func places(of bytes: some Collection<UInt8>, in data: Data) -> [Int] {
    var found: [Int] = []
    let pattern = Data(bytes)
    var rest = data.startIndex
    while let range = data.range(of: pattern, in: rest..<data.endIndex) {
      found.append(range.lowerBound)
      rest = range.lowerBound + 1
    }
    return found
  }

  /// Writes a whole file that only its owner may read.
  static func write(_ bytes: some Sequence<UInt8>, to path: String) throws {
    let isWritten = FileManager.default.createFile(
      atPath: path,
      contents: Data(bytes),
      attributes: [.posixPermissions: 0o600]
    )
    guard isWritten else { throw TestFailure("\(path) cannot be written") }
  }
}
