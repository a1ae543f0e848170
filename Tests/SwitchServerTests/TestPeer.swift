#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The other end of a link: a plain socket whose every wait is bounded.
final class TestPeer {
  private let descriptor: Int32
  private var received: [UInt8] = []
  /// The peer has read the end of what the listener sends.
  private(set) var isAtEnd = false

  /// No single wait of a test is longer.
  static let patience: Int32 = 20_000

  /// Connects to a port of this machine; `receiveBuffer` makes for a peer that can hold little.
  init(port: Int, receiveBuffer: Int32? = nil) throws(TestPeerError) {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw .cannotConnect(errno) }
    if var size = receiveBuffer {
      setsockopt(
        descriptor,
        SOL_SOCKET,
        SO_RCVBUF,
        &size,
        socklen_t(MemoryLayout<Int32>.size)
      )
    }
    var on: Int32 = 1
    setsockopt(
      descriptor,
      Int32(IPPROTO_TCP),
      TCP_NODELAY,
      &on,
      socklen_t(MemoryLayout<Int32>.size)
    )
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else {
      let error = errno
      Self.closeDescriptor(descriptor)
      throw .cannotConnect(error)
    }
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
  }

  deinit {
    Self.closeDescriptor(descriptor)
  }

  /// Sends everything; false when the listener has closed the link or takes no more within
  /// `patience` milliseconds.
  @discardableResult
  func send(_ bytes: [UInt8], patience: Int32 = TestPeer.patience) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count > 0 {
        sent += count
      } else if errno == EAGAIN {
        guard wait(for: POLLOUT, patience) else { return false }
      } else {
        return false
      }
    }
    return true
  }

  /// Says that nothing more is sent.
  func finish() {
    shutdown(descriptor, Int32(SHUT_WR))
  }

  /// Ends the connection with a reset.
  func reset() {
    var linger = linger(l_onoff: 1, l_linger: 0)
    setsockopt(
      descriptor,
      SOL_SOCKET,
      SO_LINGER,
      &linger,
      socklen_t(MemoryLayout.size(ofValue: linger))
    )
    // Connecting to nothing dissolves the connection; the descriptor is closed with the object.
    var nowhere = sockaddr()
    nowhere.sa_family = sa_family_t(AF_UNSPEC)
    connect(descriptor, &nowhere, socklen_t(MemoryLayout<sockaddr>.size))
  }

  /// Reads exactly so many bytes; fewer only when the listener ends the link before.
  func receive(_ count: Int) -> [UInt8] {
    while received.count < count, fill() {}
    let bytes = Array(received.prefix(count))
    received.removeFirst(bytes.count)
    return bytes
  }

  /// Reads so many messages of 2-byte lengths; fewer only when the listener ends the link before.
  func receiveMessages(_ count: Int) -> [[UInt8]] {
    var messages: [[UInt8]] = []
    while messages.count < count {
      let prefix = receive(2)
      guard prefix.count == 2 else { break }
      let length = Int(prefix[0]) << 8 | Int(prefix[1])
      let message = receive(length)
      guard message.count == length else { break }
      messages.append(message)
    }
    return messages
  }

  /// Reads until the listener ends the link; false when it does not within the patience.
  func waitForEnd() -> Bool {
    while fill() {}
    return isAtEnd
  }

  /// Takes in what comes next; false at the end or after the patience.
  private func fill() -> Bool {
    guard !isAtEnd else { return false }
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = recv(descriptor, &chunk, chunk.count, 0)
      if count > 0 {
        received += chunk[..<count]
        return true
      }
      guard count < 0, errno == EAGAIN else {
        isAtEnd = true
        return false
      }
      guard wait(for: POLLIN, Self.patience) else { return false }
    }
  }

  private func wait(for event: Int32, _ patience: Int32) -> Bool {
    var request = pollfd(fd: descriptor, events: Int16(event), revents: 0)
    return poll(&request, 1, patience) > 0
  }

  private static func closeDescriptor(_ descriptor: Int32) {
    _ = Glibc.close(descriptor)
  }
}
