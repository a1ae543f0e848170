import CardCrypto
import Foundation
import Testing

@testable import Management

@Suite(.timeLimit(.minutes(1)))
struct SocketTests {
  @Test func `the socket is for its owner alone and goes away with the server`() async throws {
    let key = VaultKey.random()
    try await TestDaemon.withScratchDirectory { directory in
      let path = directory + "/management.sock"
      try await TestDaemon.run(in: directory, key: key) { daemon in
        #expect(daemon.addresses == ["unix:\(path)"])
        var status = stat()
        #expect(lstat(path, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        #expect(status.st_mode & S_IFMT == S_IFSOCK)
      }
      #expect(!FileManager.default.fileExists(atPath: path))
    }
  }

  @Test func `a dead daemon's socket is replaced, a living one's is not`() async throws {
    let key = VaultKey.random()
    try await TestDaemon.withScratchDirectory { directory in
      try FileManager.default.createDirectory(
        atPath: directory,
        withIntermediateDirectories: true
      )
      let path = directory + "/management.sock"
      let descriptor = try Self.listen(path)
      #expect(throws: ManagementServerError.socketInUse(path: path)) {
        try SocketFile.prepare(path)
      }
      close(descriptor)
      #expect(FileManager.default.fileExists(atPath: path))
      try await TestDaemon.run(in: directory, key: key) { daemon in
        let alive = try await daemon.get("/healthz")
        #expect(alive.status == 200)
        #expect(throws: ManagementServerError.socketInUse(path: path)) {
          try SocketFile.prepare(path)
        }
        #expect(try await daemon.get("/healthz").status == 200)
      }
      try Data("keep me".utf8).write(to: URL(fileURLWithPath: path))
      #expect(throws: ManagementServerError.notASocket(path: path)) {
        try SocketFile.prepare(path)
      }
      #expect(FileManager.default.contents(atPath: path) == Data("keep me".utf8))
      let long = "/tmp/" + String(repeating: "x", count: 103)
      #expect(throws: ManagementServerError.pathTooLong(path: long)) {
        try SocketFile.prepare(long)
      }
    }
  }

  private static func listen(_ path: String) throws -> Int32 {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let result = withUnsafeBytes(of: &address) { bytes in
      bind(
        descriptor,
        bytes.assumingMemoryBound(to: sockaddr.self).baseAddress,
        socklen_t(bytes.count)
      )
    }
    guard result == 0, Foundation.listen(descriptor, 1) == 0 else {
      throw ClientError.system("bind", errno)
    }
    return descriptor
  }

  /// Whether this machine lets a test become somebody else for a call.
  private static var canBeSomebodyElse: Bool {
    geteuid() == 0
      && ["/usr/bin/setpriv", "/usr/bin/curl"].allSatisfy {
        FileManager.default.isExecutableFile(atPath: $0)
      }
  }

  @Test(.enabled(if: canBeSomebodyElse))
  func `another user is not the operator even where the file lets it connect`() async throws {
    try await TestDaemon.run { daemon in
      chmod(daemon.directory, 0o755)
      chmod(daemon.socketPath, 0o666)
      func status(as user: Int) async throws -> String {
        try await daemon.blocking { daemon in
          let process = Process()
          process.executableURL = URL(fileURLWithPath: "/usr/bin/setpriv")
          process.arguments = [
            "--reuid=\(user)", "--clear-groups", "/usr/bin/curl", "-s", "-m", "5", "-o",
            "/dev/null", "-w", "%{http_code}", "--unix-socket", daemon.socketPath,
            "http://holdfast/healthz",
          ]
          let pipe = Pipe()
          process.standardOutput = pipe
          try process.run()
          let output = pipe.fileHandleForReading.readDataToEndOfFile()
          process.waitUntilExit()
          return String(decoding: output, as: UTF8.self)
        }
      }
      let root = try await status(as: 0)
      #expect(root == "200")
      let nobody = try await status(as: 65534)
      #expect(nobody == "000")
      #expect(try await daemon.get("/healthz").status == 200)
    }
  }

  @Test func `a loopback port answers beside the socket`() async throws {
    try await TestDaemon.run(listen: ("127.0.0.1", 0)) { daemon in
      #expect(daemon.addresses.count == 2)
      let port = try #require(daemon.addresses[1].split(separator: ":").last.flatMap { UInt16($0) })
      #expect(daemon.addresses[1] == "127.0.0.1:\(port)")
      let answer = try await daemon.blocking { _ in
        let socket = try ClientSocket(port: port)
        try socket.send("GET /healthz HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
        return try ClientSocket.answer(try socket.receiveToEnd())
      }
      #expect(answer.status == 200)
      #expect(try await daemon.get("/healthz").status == 200)
    }
  }

  @Test func `other addresses than loopback are refused`() async throws {
    for host in ["0.0.0.0", "192.0.2.1", "::", "localhost", ""] {
      await #expect(throws: ManagementServerError.notLoopback(host: host)) {
        try await TestDaemon.run(listen: (host, 0)) { _ in }
      }
    }
  }

  // A stop that waited for these three would wait for ever.
  @Test(.timeLimit(.minutes(2)))
  func `a stop answers what is in flight and does not wait for those who do nothing`()
    async throws
  {
    try await TestDaemon.run { daemon in
      // An idle connection, one in the middle of a request, one in the middle of an import.
      let sockets = try await daemon.blocking { daemon in
        let descriptors = try [
          "", "POST /admin/partners HTTP/1.1\r\nContent-Length: 9\r\n\r\n{",
          "POST /admin/import HTTP/1.1\r\nHost: h\r\nContent-Length: 9999\r\n\r\n{\"partner\"",
        ].map { text in
          let socket = try ClientSocket(unix: daemon.socketPath)
          try socket.send(text)
          return dup(socket.descriptor)
        }
        usleep(100_000)
        return descriptors
      }
      #expect(sockets.count == 3)
    }
  }
}
