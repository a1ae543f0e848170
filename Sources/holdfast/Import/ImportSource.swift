import Foundation
import Synchronization

/// The lines of an import: a file or standard input, read piece by piece.
final class ImportSource: Sendable {
  /// How far the reading is.
  struct Position: Sendable {
    /// Bytes handed out.
    var bytes: Int64 = 0
    /// Lines with anything but white space in them; the daemon answers each of them.
    var lines: Int64 = 0
    fileprivate var lineHasContent = false
  }

  private static let pieceSize = 64 * 1024

  /// The size of a file; `nil` when the end is not known beforehand.
  let byteCount: Int64?

  private let descriptor: Int32
  // Reads block, and must not take the threads on which answers are awaited.
  private let queue = DispatchQueue(label: "holdfast.import.source")
  private let state = Mutex(Position())

  /// The file at a path, or standard input for `-`.
  ///
  /// - Throws: `CommandFailure.failed` when it cannot be opened or is a directory.
  init(_ path: String) throws(CommandFailure) {
    var facts = stat()
    if path == "-" {
      descriptor = dup(STDIN_FILENO)
    } else {
      descriptor = open(path, O_RDONLY | O_CLOEXEC)
    }
    guard descriptor >= 0, fstat(descriptor, &facts) == 0 else {
      throw .failed(
        code: "FILE_UNREADABLE",
        "\(path) cannot be opened: \(String(cString: strerror(errno))).",
        next: "Name a file that this user may read, or - for standard input."
      )
    }
    guard facts.st_mode & S_IFMT != S_IFDIR else {
      close(descriptor)
      throw .failed(code: "FILE_UNREADABLE", "\(path) is a directory.", next: nil)
    }
    byteCount = facts.st_mode & S_IFMT == S_IFREG ? Int64(facts.st_size) : nil
  }

  deinit { close(descriptor) }

  /// How far the reading is.
  var position: Position { state.withLock { $0 } }

  /// The next piece; empty at the end.
  func next() async throws -> [UInt8] {
    let descriptor = descriptor
    let piece: [UInt8] = try await withCheckedThrowingContinuation { continuation in
      queue.async {
        var buffer = [UInt8](repeating: 0, count: Self.pieceSize)
        var count = read(descriptor, &buffer, buffer.count)
        while count < 0, errno == EINTR { count = read(descriptor, &buffer, buffer.count) }
        guard count >= 0 else {
          continuation.resume(throwing: POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO))
          return
        }
        buffer.removeLast(buffer.count - count)
        continuation.resume(returning: buffer)
      }
    }
    state.withLock { Self.count(piece, &$0) }
    return piece
  }

  private static func count(_ piece: [UInt8], _ position: inout Position) {
    position.bytes += Int64(piece.count)
    if piece.isEmpty {
      // The last line may lack its line feed.
      if position.lineHasContent { position.lines += 1 }
      position.lineHasContent = false
      return
    }
    for byte in piece {
      switch byte {
      case UInt8(ascii: "\n"):
        if position.lineHasContent { position.lines += 1 }
        position.lineHasContent = false
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): break
      default: position.lineHasContent = true
      }
    }
  }
}
