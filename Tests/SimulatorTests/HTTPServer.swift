import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A small HTTP server in this process, on a Unix socket.
final class HTTPServer: Sendable {
  let path: String
  private let channel: any Channel
  private let group: MultiThreadedEventLoopGroup
  private let state = ServerState()

  init() async throws {
    path = "/tmp/paycloud-test-\(UInt64.random(in: 0...(.max))).sock"
    group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let state = state
    channel = try await ServerBootstrap(group: group)
      .childChannelInitializer { channel in
        state.connections.add(1, ordering: .relaxed)
        return channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline()
          try channel.pipeline.syncOperations.addHandler(ServerHandler())
        }
      }
      .bind(unixDomainSocketPath: path).get()
  }

  /// How many connections were opened.
  var connections: Int { state.connections.load(ordering: .relaxed) }

  func stop() async throws {
    try await channel.close()
    try await group.shutdownGracefully()
  }
}
