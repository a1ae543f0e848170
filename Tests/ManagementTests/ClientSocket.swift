import Foundation

/// A plain blocking socket to the server, every wait of which is bounded; for threads that may block.
final class ClientSocket {
  let descriptor: Int32

  init(unix path: String, seconds: Int = 30) throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw ClientError.system("socket", errno) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    try limit(seconds)
    let result = withUnsafeBytes(of: &address) { bytes in
      connect(
        descriptor,
        bytes.assumingMemoryBound(to: sockaddr.self).baseAddress,
        socklen_t(bytes.count)
      )
    }
    guard result == 0 else { throw ClientError.system("connect", errno) }
  }

  init(port: UInt16, seconds: Int = 30) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw ClientError.system("socket", errno) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    try limit(seconds)
    let result = withUnsafeBytes(of: &address) { bytes in
      connect(
        descriptor,
        bytes.assumingMemoryBound(to: sockaddr.self).baseAddress,
        socklen_t(bytes.count)
      )
    }
    guard result == 0 else { throw ClientError.system("connect", errno) }
  }

  deinit { close(descriptor) }

  private func limit(_ seconds: Int) throws {
    var limit = timeval(tv_sec: seconds, tv_usec: 0)
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
      let size = socklen_t(MemoryLayout<timeval>.size)
      guard setsockopt(descriptor, SOL_SOCKET, option, &limit, size) == 0 else {
        throw ClientError.system("setsockopt", errno)
      }
    }
  }

  func send(_ text: String) throws { try send(Array(text.utf8)) }

  func send(_ bytes: [UInt8]) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let sent = rest.withUnsafeBytes {
        Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard sent > 0 else {
        throw errno == EAGAIN ? ClientError.timeout : ClientError.system("send", errno)
      }
      rest = rest.dropFirst(sent)
    }
  }

  /// Some bytes; none at the end of the stream.
  func receive() throws -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    let count = buffer.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
    guard count >= 0 else {
      if errno == ECONNRESET { return [] }
      throw errno == EAGAIN ? ClientError.timeout : ClientError.system("recv", errno)
    }
    return Array(buffer.prefix(count))
  }

  func receiveToEnd() throws -> [UInt8] {
    var all: [UInt8] = []
    while true {
      let some = try receive()
      if some.isEmpty { return all }
      all += some
    }
  }

  /// The answer that a stream of bytes is.
  static func answer(_ bytes: [UInt8]) throws -> Answer {
    let separator = Array("\r\n\r\n".utf8)
    guard let end = bytes.firstRange(of: separator) else {
      throw ClientError.noAnswer(String(decoding: bytes.prefix(200), as: UTF8.self))
    }
    let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
      .components(separatedBy: "\r\n")
    guard
      let status = lines.first.flatMap({ Int($0.split(separator: " ").dropFirst().first ?? "") })
    else { throw ClientError.noAnswer(lines.first ?? "") }
    // An interim answer goes before the real one.
    if status == 100 { return try answer(Array(bytes[end.upperBound...])) }
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2 else { continue }
      headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
    }
    var body = Array(bytes[end.upperBound...])
    if headers["transfer-encoding"] == "chunked" { body = try unchunked(body) }
    if let length = headers["content-length"].flatMap(Int.init), body.count < length {
      throw ClientError.noAnswer("the body is cut off")
    }
    guard let text = String(validating: body, as: UTF8.self) else {
      throw ClientError.noAnswer("the body is not UTF-8")
    }
    return Answer(status: status, headers: headers, body: text)
  }

  private static func unchunked(_ bytes: [UInt8]) throws -> [UInt8] {
    var rest = bytes[...]
    var body: [UInt8] = []
    while let end = rest.firstRange(of: Array("\r\n".utf8)) {
      guard let count = Int(String(decoding: rest[..<end.lowerBound], as: UTF8.self), radix: 16)
      else { throw ClientError.noAnswer("a chunk has no length") }
      rest = rest[end.upperBound...]
      if count == 0 { return body }
      body += rest.prefix(count)
      rest = rest.dropFirst(count + 2)
    }
    throw ClientError.noAnswer("the last chunk is missing")
  }
}
