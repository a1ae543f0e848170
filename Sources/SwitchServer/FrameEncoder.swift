import Switch

/// Puts messages into frames of one listener's framing.
struct FrameEncoder {
  private let framing: Framing
  private let headerBytes: Int

  init(framing: Framing, hasTPDU: Bool) {
    self.framing = framing
    headerBytes = hasTPDU ? TPDU.byteCount : 0
  }

  /// Appends a frame that answers a frame with `header`; false, and nothing appended, when the
  /// message is empty or longer than the framing can state.
  ///
  /// A length cut to its low digits, as some peers write it, would break the link for every later
  /// message.
  @inline(__always)
  func write(
    _ message: UnsafeRawBufferPointer,
    answering header: FrameHeader,
    into frames: inout OutgoingFrames
  ) -> Bool {
    let frameBytes = headerBytes &+ message.count
    guard !message.isEmpty, frameBytes <= framing.maximumFrameBytes else { return false }
    let prefixBytes = framing.prefixBytes
    frames.append(prefixBytes &+ frameBytes) { room in
      framing.storePrefix(frameBytes: frameBytes, into: room)
      if headerBytes != 0 {
        TPDU.storeAnswer(
          to: header,
          into: UnsafeMutableRawBufferPointer(rebasing: room[prefixBytes...])
        )
      }
      let place = UnsafeMutableRawBufferPointer(
        rebasing: room[prefixBytes &+ headerBytes..<prefixBytes &+ frameBytes]
      )
      place.copyMemory(from: message)
    }
    return true
  }

  /// Appends a keep-alive: the prefix that states no bytes, even where frames carry a header.
  func writeKeepAlive(into frames: inout OutgoingFrames) {
    frames.append(framing.prefixBytes) { framing.storePrefix(frameBytes: 0, into: $0) }
  }
}
