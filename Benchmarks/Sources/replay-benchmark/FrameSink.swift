import NIOCore
import Switch

@testable import SwitchServer

/// The sending side of a link: frames answers into a buffer, which is emptied as a socket would.
final class FrameSink: FrameOutput {
  private let encoder = FrameEncoder(framing: .nac2, hasTPDU: false)
  private var buffer = ByteBuffer()
  private(set) var answered = 0
  private(set) var bytes = 0

  init() { buffer.reserveCapacity(1 << 20) }

  func answer(_ link: LinkID, _ header: FrameHeader, _ message: UnsafeRawBufferPointer) {
    if encoder.write(message, answering: header, into: &buffer) { answered += 1 }
  }

  func withdraw(_ link: LinkID) {}

  func send(_ link: LinkID, _ header: FrameHeader, _ message: UnsafeRawBufferPointer) {}

  /// Hands the answers over.
  func flush() {
    bytes += buffer.readableBytes
    buffer.clear()
  }
}
