import Switch
import Synchronization
import Telemetry

/// The part of an `EchoSwitch` on one event loop.
final class EchoProcessor: FrameProcessor {
  private let index: Int
  private let echo: EchoSwitch

  init(index: Int, echo: EchoSwitch) {
    self.index = index
    self.echo = echo
  }

  func accept(
    _ frame: UnsafeRawBufferPointer,
    header: FrameHeader,
    from link: LinkID,
    at arrival: MonotonicTime,
    into output: any FrameOutput
  ) -> FrameDisposition {
    let isReleased = echo.state.withLock { state in
      state.accepted += 1
      return state.isReleased
    }
    let pending = EchoSwitch.Pending(link: link, header: header, message: [UInt8](frame))
    switch echo.mode {
    case .atOnce:
      output.answer(link, header, frame)
      return .answered
    case .longWinded:
      let answer = Array(repeating: pending.message, count: 1000).flatMap { $0 }
      answer.withUnsafeBytes { output.answer(link, header, $0) }
      return .answered
    case .dropped:
      return .dropped
    case .strict where frame[0] == 0xFF:
      return .close
    case .held where !isReleased:
      echo.state.withLock { $0.held[index, default: []].append(pending) }
      return .pending
    case .later, .strict, .withdrawn, .held:
      echo.answerLater(pending, processor: index)
      return .pending
    }
  }

  func collect(into output: any FrameOutput) {
    let ready = echo.state.withLock { $0.ready.removeValue(forKey: index) ?? [] }
    for pending in ready {
      if echo.mode == .withdrawn {
        output.withdraw(pending.link)
      } else {
        pending.message.withUnsafeBytes { output.answer(pending.link, pending.header, $0) }
      }
    }
  }

  func linkOpened(_ link: LinkRecord) {
    echo.state.withLock { _ = $0.opened.insert(link.id) }
  }

  func tick(
    _ link: LinkID,
    listening: MonotonicTime?,
    at now: MonotonicTime,
    into output: any FrameOutput
  ) -> LinkVerdict { .keep }

  func request(
    _ command: LinkCommand,
    on link: LinkID,
    at now: MonotonicTime,
    into output: any FrameOutput,
    _ done: @escaping @Sendable (LinkReply) -> Void
  ) { done(.unknown) }

  func linkClosed(_ link: LinkID) {
    echo.state.withLock { _ = $0.closed.insert(link) }
  }
}
