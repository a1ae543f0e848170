import Switch

@testable import SwitchServer

/// The sending side of a link: frames answers into a buffer, which is emptied as a socket would.
final class FrameSink: FrameOutput {
  private let encoder = FrameEncoder(framing: .nac2, hasTPDU: false)
  // Unchecked, so that what is measured is the switch: no access spans a call of another.
  @exclusivity(unchecked) private var buffer = OutgoingFrames()
  @exclusivity(unchecked) private(set) var answered = 0
  @exclusivity(unchecked) private(set) var bytes = 0

  func answer(_ link: LinkID, _ header: FrameHeader, _ message: UnsafeRawBufferPointer) {
    if encoder.write(message, answering: header, into: &buffer) { answered += 1 }
  }

  func withdraw(_ link: LinkID) {}

  func send(_ link: LinkID, _ header: FrameHeader, _ message: UnsafeRawBufferPointer) {}

  /// Hands the answers over.
  func flush() {
    bytes += buffer.byteCount
    buffer.clear(retaining: 1 << 20)
  }
}
