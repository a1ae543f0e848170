import Glibc

/// The file of a Unix socket: cleared of what a dead daemon left, and never taken from a living one.
enum SocketFile {
  /// Makes sure that a socket can be bound at a path.
  static func prepare(_ path: String) throws(ManagementServerError) {
    guard path.utf8.count <= 107 else { throw .pathTooLong(path: path) }
    var status = stat()
    guard lstat(path, &status) == 0 else {
      guard errno == ENOENT else { throw .socketUnusable(path: path, reason: reason(errno)) }
      return
    }
    guard status.st_mode & S_IFMT == S_IFSOCK else { throw .notASocket(path: path) }
    guard try !isAlive(path) else { throw .socketInUse(path: path) }
    guard unlink(path) == 0 || errno == ENOENT else {
      throw .socketUnusable(path: path, reason: reason(errno))
    }
  }

  /// Lets only the owner connect.
  static func restrict(_ path: String) throws(ManagementServerError) {
    guard chmod(path, 0o600) == 0 else {
      throw .socketUnusable(path: path, reason: reason(errno))
    }
  }

  /// Removes the file of a socket that was closed.
  static func remove(_ path: String) { unlink(path) }

  /// Whether somebody accepts connections on the socket.
  private static func isAlive(_ path: String) throws(ManagementServerError) -> Bool {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC | O_NONBLOCK, 0)
    guard descriptor >= 0 else { throw .socketUnusable(path: path, reason: reason(errno)) }
    defer { close(descriptor) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let result = withUnsafeBytes(of: &address) { bytes in
      connect(
        descriptor,
        bytes.assumingMemoryBound(to: sockaddr.self).baseAddress,
        socklen_t(bytes.count)
      )
    }
    // A full backlog (EAGAIN) is a living daemon; a refused connection is a dead one.
    return result == 0 || errno == EAGAIN || errno == EINPROGRESS
  }

  private static func reason(_ number: Int32) -> String { String(cString: strerror(number)) }
}
