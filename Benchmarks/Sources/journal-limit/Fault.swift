import Glibc

/// Why nothing can be measured.
struct Fault: Error, CustomStringConvertible {
  /// What was tried, and what the system or LMDB said.
  let description: String

  init(_ description: String) {
    self.description = description
  }

  /// The failure that `errno` names.
  static func system(_ operation: String) -> Fault {
    Fault("\(operation): \(String(cString: strerror(errno)))")
  }
}
