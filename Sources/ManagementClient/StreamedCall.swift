import NIOCore
import NIOHTTP1

/// One call whose body and answer stream at the same time.
struct StreamedCall {
  let request: ManagementRequest
  let mayStandStill: Bool
  let endpoint: ManagementEndpoint
  let limits: ManagementClientLimits
  let inbound: NIOAsyncChannelInboundStream<HTTPClientResponsePart>
  let outbound: NIOAsyncChannelOutboundWriter<HTTPClientRequestPart>

  /// Runs upload, download and the watch over both; the first to fail ends the others.
  func run(
    body: @escaping @Sendable (BodyWriter) async throws -> Void,
    line: @escaping @Sendable ([UInt8]) async throws -> Void
  ) async throws -> ManagementResponse {
    let progress = Progress()
    return try await withThrowingTaskGroup(of: ManagementResponse?.self) { group in
      group.addTask { try await upload(body, progress: progress) }
      group.addTask { try await download(line, progress: progress) }
      if !mayStandStill { group.addTask { try await watch(progress) } }
      defer { group.cancelAll() }
      while let result = try await group.next() {
        if let response = result { return response }
      }
      throw ManagementClientError.connectionLost(endpoint, reason: "the answer did not end")
    }
  }

  private func upload(
    _ body: @Sendable (BodyWriter) async throws -> Void,
    progress: Progress
  ) async throws -> ManagementResponse? {
    var headers = HTTPHeaders()
    headers.add(name: "host", value: endpoint.hostHeader)
    for field in request.headers { headers.add(name: field.name, value: field.value) }
    let sendsBody = request.method != "GET" && request.method != "HEAD"
    if sendsBody { headers.add(name: "transfer-encoding", value: "chunked") }
    headers.add(name: "connection", value: "close")
    let head = HTTPRequestHead(
      version: .http1_1,
      method: HTTPMethod(rawValue: request.method),
      uri: request.path,
      headers: headers
    )
    do {
      try await outbound.write(.head(head))
      if sendsBody {
        let writer = BodyWriter(outbound, progress: progress)
        do {
          try await body(writer)
        } catch let error as ChannelError {
          throw error
        } catch is CancellationError {
          return nil
        } catch {
          throw ManagementClientError.bodyFailed("\(error)")
        }
      }
      try await outbound.write(.end(nil))
    } catch is ChannelError {
      // The daemon may refuse and close before it has read everything: the answer tells why.
      return nil
    }
    progress.moved()
    return nil
  }

  private func download(
    _ line: @Sendable ([UInt8]) async throws -> Void,
    progress: Progress
  ) async throws -> ManagementResponse? {
    var head: HTTPResponseHead?
    var refusal: [UInt8] = []
    var lines = ResultLines(limit: limits.largestBody)
    for try await part in inbound {
      progress.moved()
      switch part {
      case .head(let received):
        if received.status.code >= 200 { head = received }
      case .body(let buffer):
        guard let head else { break }
        if (200..<300).contains(head.status.code) {
          try await deliver(lines.take(buffer), to: line, progress: progress)
        } else {
          guard refusal.count + buffer.readableBytes <= limits.largestBody else {
            throw ManagementClientError.responseTooLarge(limit: limits.largestBody)
          }
          refusal.append(contentsOf: buffer.readableBytesView)
        }
      case .end:
        guard let head else { break }
        try await deliver(lines.finish(), to: line, progress: progress)
        return ManagementResponse(
          status: Int(head.status.code),
          headers: head.headers.map { ($0.name, $0.value) },
          body: refusal
        )
      }
    }
    throw ManagementClientError.connectionLost(endpoint, reason: "closed by the daemon")
  }

  private func deliver(
    _ lines: [[UInt8]],
    to receiver: @Sendable ([UInt8]) async throws -> Void,
    progress: Progress
  ) async throws {
    for line in lines {
      do {
        try await receiver(line)
      } catch is CancellationError {
        throw CancellationError()
      } catch {
        throw ManagementClientError.receiverFailed("\(error)")
      }
      progress.moved()
    }
  }

  private func watch(_ progress: Progress) async throws -> ManagementResponse? {
    let limit = limits.answerMilliseconds
    while true {
      let seen = progress.count
      try await Task.sleep(for: .milliseconds(limit))
      if progress.count == seen {
        throw ManagementClientError.timedOut(endpoint, milliseconds: limit)
      }
    }
  }
}
