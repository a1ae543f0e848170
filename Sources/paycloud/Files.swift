import Glibc

/// The few things done with files.
enum Files {
  /// A whole file.
  static func read(_ path: String) throws(Failure) -> [UInt8] {
    var bytes: [UInt8] = []
    try read(path) { bytes.append(contentsOf: $0) }
    return bytes
  }

  /// A file, a mebibyte at a time.
  static func read(
    _ path: String,
    _ take: (ArraySlice<UInt8>) throws(Failure) -> Void
  ) throws(Failure) {
    let descriptor = open(path, O_RDONLY)
    guard descriptor >= 0 else { throw .failed("cannot read \(path): \(lastError)") }
    defer { close(descriptor) }
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      guard count >= 0 else { throw .failed("cannot read \(path): \(lastError)") }
      if count == 0 { return }
      try take(buffer[..<count])
    }
  }

  /// Writes a file that only this user can read.
  static func write(_ text: String, to path: String) throws(Failure) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    guard descriptor >= 0 else { throw .failed("cannot write \(path): \(lastError)") }
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard written > 0 else {
        let reason = lastError
        close(descriptor)
        throw .failed("cannot write \(path): \(reason)")
      }
      rest = rest.dropFirst(written)
    }
    guard close(descriptor) == 0 else { throw .failed("cannot write \(path): \(lastError)") }
  }

  /// The scenario files that a path names: itself, or those in the directory it is and below, by
  /// name.
  static func scenarios(at path: String) throws(Failure) -> [String] {
    let found = try scenarios(at: path, depth: 0)
    guard !found.isEmpty else { throw .failed("\(path) holds no file named *.scenario") }
    return found
  }

  /// Links that lead in circles end at the depth.
  private static func scenarios(at path: String, depth: Int) throws(Failure) -> [String] {
    var status = stat()
    guard stat(path, &status) == 0 else { throw .failed("cannot read \(path): \(lastError)") }
    guard status.st_mode & S_IFMT == S_IFDIR else { return [path] }
    guard let directory = opendir(path) else {
      throw .failed("cannot read \(path): \(lastError)")
    }
    defer { closedir(directory) }
    var names: [String] = []
    var directories: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasSuffix(".scenario") {
        names.append("\(path)/\(name)")
      } else if depth < 8, !name.hasPrefix("."), isDirectory("\(path)/\(name)") {
        directories.append("\(path)/\(name)")
      }
    }
    names.sort()
    for directory in directories.sorted() {
      names += try scenarios(at: directory, depth: depth + 1)
    }
    return names
  }

  private static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// A fresh directory that only this user can enter.
  static func makeScratchDirectory() throws(Failure) -> String {
    let parent = Environment["TMPDIR"] ?? "/tmp"
    var template = Array("\(parent)/paycloud-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw .failed("cannot make a directory in \(parent): \(lastError)")
    }
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Removes a directory that `makeScratchDirectory` made, with what is in it.
  static func removeScratchDirectory(_ path: String) {
    guard path.contains("/paycloud-") else { return }
    guard let directory = opendir(path) else { return }
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard name != ".", name != ".." else { continue }
      let child = "\(path)/\(name)"
      var status = stat()
      if lstat(child, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
        removeScratchDirectory(child)
      } else {
        unlink(child)
      }
    }
    closedir(directory)
    rmdir(path)
  }

  /// The path of another program of the product, which stands beside this one.
  static func besideThisProgram(_ name: String) -> String {
    var buffer = [CChar](repeating: 0, count: 4_096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count)
    guard count > 0 else { return name }
    let own = String(
      decoding: buffer[..<count].map { UInt8(bitPattern: $0) },
      as: UTF8.self
    )
    guard let slash = own.lastIndex(of: "/") else { return name }
    return own[...slash] + name
  }

  /// The system's words for the last error.
  static var lastError: String { strerror(errno).map { String(cString: $0) } ?? "error \(errno)" }
}
