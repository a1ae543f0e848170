import LoadGenerator
import NIOCore
import NIOPosix
import Synchronization

/// A small issuer in this process: answers 2xx0 with 2xx1, approving up to a limit.
final class EchoIssuer: Sendable {
  /// How it behaves.
  struct Behaviour: Sendable {
    /// DE 4 (value part) above which it answers 1016.
    var limit: UInt64 = 1_000_000
    /// Every so many-th request is not answered; 0 answers all.
    var swallowsEvery: UInt64 = 0
    /// Every so many-th request is answered 9107; 0 decides all.
    var refusesEvery: UInt64 = 0
    /// Whether a marked repeat brings another approval code, as if it were decided again.
    var isForgetful = false
    /// While set, answers are kept back.
    var holdsAnswers = false
    /// Bytes sent in front of the first answer, to provoke a framing error.
    var noise: [UInt8] = []
  }

  let port: Int
  private let channel: any Channel
  private let group: MultiThreadedEventLoopGroup
  private let shared: IssuerState

  init(framing: LinkFraming = LinkFraming(), behaviour: Behaviour = Behaviour()) async throws {
    let shared = IssuerState(framing: framing, behaviour: behaviour)
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    channel = try await ServerBootstrap(group: group)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(IssuerHandler(shared))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    port = channel.localAddress?.port ?? 0
    self.group = group
    self.shared = shared
  }

  /// How many requests came.
  var requests: UInt64 { shared.requests.load(ordering: .relaxed) }

  /// Changes the behaviour.
  func change(_ edit: (inout Behaviour) -> Void) { shared.behaviour.withLock { edit(&$0) } }

  func stop() async throws {
    try await channel.close()
    try await group.shutdownGracefully()
  }
}
