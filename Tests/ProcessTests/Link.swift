import Foundation
import LoadGenerator

/// A blocking TCP connection of a test; each wait ends after a time limit.
///
/// Sending and receiving may happen on two threads at once.
final class Link: @unchecked Sendable {
  /// How a receive ended that brought no message.
  enum End: Error, Hashable {
    /// The other side has closed or reset the connection.
    case closed
    /// Nothing came in time.
    case timedOut
  }

  let framing: LinkFraming
  private let descriptor: Int32
  private var buffer: [UInt8] = []
  private var start = 0

  /// Connects to `HOST:PORT` with a numeric IPv4 host, or to the path of a Unix socket.
  ///
  /// A single send or receive may stand still for some seconds; the size of the kernel's buffer for
  /// what comes in may be set, in bytes.
  init(
    _ address: String,
    framing: LinkFraming = LinkFraming(),
    seconds: Int = 20,
    receiveBuffer: Int32? = nil
  ) throws {
    self.framing = framing
    let isLocal = address.hasPrefix("/")
    let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    descriptor = socket(isLocal ? AF_UNIX : AF_INET, type, 0)
    guard descriptor >= 0 else { throw TestFailure("no socket (error \(errno))") }
    var limit = timeval(tv_sec: seconds, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
    var one: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, 4)
    if var receiveBuffer { setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, 4) }
    let code = isLocal ? connect(unix: address) : connect(internet: address)
    guard code == 0 else { throw TestFailure("\(address) cannot be reached (error \(code))") }
  }

  private func connect(internet address: String) -> Int32 {
    let parts = address.split(separator: ":")
    var name = sockaddr_in()
    guard parts.count == 2, let port = UInt16(parts[1]),
      inet_pton(AF_INET, String(parts[0]), &name.sin_addr) == 1
    else { return EINVAL }
    name.sin_family = sa_family_t(AF_INET)
    name.sin_port = port.bigEndian
    return withUnsafeBytes(of: &name, connect)
  }

  private func connect(unix path: String) -> Int32 {
    var name = sockaddr_un()
    name.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: path.utf8.prefix(107)) }
    return withUnsafeBytes(of: &name, connect)
  }

  private func connect(_ name: UnsafeRawBufferPointer) -> Int32 {
    let base = name.assumingMemoryBound(to: sockaddr.self).baseAddress
    return Glibc.connect(descriptor, base, socklen_t(name.count)) == 0 ? 0 : errno
  }

  deinit { Glibc.close(descriptor) }

  /// Says that nothing more is sent; answers still come.
  func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// Resets the connection when this value goes, instead of closing it in order.
  func abandonOnClose() {
    var option = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
  }

  /// Sends messages with their framing, in one go.
  func send(_ messages: [UInt8]...) throws { try send(messages) }

  /// Sends messages with their framing, in one go.
  func send(_ messages: [[UInt8]]) throws {
    var frames: [UInt8] = []
    for message in messages {
      guard let frame = framing.framed(message) else {
        throw TestFailure("a message of \(message.count) bytes does not fit a frame")
      }
      frames += frame
    }
    try write(frames)
  }

  /// Sends bytes as they are.
  func write(_ bytes: [UInt8]) throws {
    guard try write(bytes, flags: 0) == bytes.count else { throw End.timedOut }
  }

  /// Sends bytes for as long as the connection takes them without a wait.
  ///
  /// - Returns: How many it took.
  func writeWithoutWaiting(_ bytes: [UInt8]) throws -> Int {
    try write(bytes, flags: Int32(MSG_DONTWAIT))
  }

  private func write(_ bytes: [UInt8], flags: Int32) throws -> Int {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.send(
          descriptor,
          $0.baseAddress.map { $0 + sent },
          bytes.count - sent,
          flags | Int32(MSG_NOSIGNAL)
        )
      }
      if count > 0 {
        sent += count
      } else if errno == EAGAIN || errno == EWOULDBLOCK {
        return sent
      } else if errno != EINTR {
        throw End.closed
      }
    }
    return sent
  }

  /// The next message, without its framing; empty for a keep-alive.
  func receive() throws -> [UInt8] {
    while true {
      if let message = takeMessage() { return message }
      try fill()
    }
  }

  /// The messages that have come and are whole, at least one.
  func receiveSome() throws -> [[UInt8]] {
    var messages = [try receive()]
    while let message = takeMessage() { messages.append(message) }
    return messages
  }

  /// Every byte until the other side closes.
  func receiveToEnd() throws -> [UInt8] {
    do {
      while true { try fill() }
    } catch End.closed {
      return Array(buffer[start...])
    }
  }

  private func fill() throws {
    if start > 0 {
      buffer.removeFirst(start)
      start = 0
    }
    let old = buffer.count
    buffer.append(contentsOf: repeatElement(0, count: 65_536))
    let count = buffer.withUnsafeMutableBytes { bytes in
      recv(descriptor, bytes.baseAddress.map { $0 + old }, 65_536, 0)
    }
    let code = errno
    buffer.removeLast(65_536 - max(0, count))
    if count > 0 { return }
    if count < 0, code == EINTR { return }
    throw count < 0 && (code == EAGAIN || code == EWOULDBLOCK) ? End.timedOut : End.closed
  }

  /// Cuts one message off what has come; written apart from the product's own decoders.
  private func takeMessage() -> [UInt8]? {
    let width = framing.prefix.count
    guard buffer.count - start >= width else { return nil }
    let prefix = buffer[start..<start + width]
    let length =
      switch framing.prefix {
      case .nac2, .cmf3, .raw4: prefix.reduce(0) { $0 << 8 | Int($1) }
      case .nac2incl: prefix.reduce(0) { $0 << 8 | Int($1) } - 2
      case .bcd2: prefix.reduce(0) { $0 * 100 + Int($1 >> 4) * 10 + Int($1 & 15) }
      }
    guard buffer.count - start >= width + length else { return nil }
    let frame = buffer[start + width..<start + width + length]
    start += width + length
    return Array(frame.dropFirst(frame.isEmpty ? 0 : framing.header.count))
  }
}
