import NIOCore
import NIOHTTP1

/// Writes the body of a streamed call piece by piece.
///
/// `write` returns when the connection takes more, so a source of any length passes through
/// without being held in memory.
public struct BodyWriter: Sendable {
  private let writer: NIOAsyncChannelOutboundWriter<HTTPClientRequestPart>

  private let progress: Progress

  init(_ writer: NIOAsyncChannelOutboundWriter<HTTPClientRequestPart>, progress: Progress) {
    self.writer = writer
    self.progress = progress
  }

  /// Sends the next piece; throws when the connection is gone.
  public func write(_ bytes: [UInt8]) async throws {
    guard !bytes.isEmpty else { return }
    try await writer.write(.body(.byteBuffer(ByteBuffer(bytes: bytes))))
    progress.moved()
  }
}
