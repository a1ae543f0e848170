import Dispatch
import Switch
import Synchronization
import Telemetry

/// A switch that answers every message with itself, in one of several ways, and keeps account of
/// what its processors were told.
final class EchoSwitch: Sendable {
  /// How messages are answered.
  enum Mode: Sendable {
    /// During the call.
    case atOnce
    /// Later, from another thread, in changing order.
    case later
    /// When the test lets it.
    case held
    /// Not at all, and the link is told at once.
    case dropped
    /// Not at all, and the link is told later.
    case withdrawn
    /// As `later`, but a message that begins with FF closes the link.
    case strict
    /// During the call, with 1,000 times the message.
    case longWinded
  }

  struct Pending: Sendable {
    var link: LinkID
    var header: FrameHeader
    var message: [UInt8]
  }

  struct State: Sendable {
    var opened: Set<LinkID> = []
    var closed: Set<LinkID> = []
    var accepted = 0
    var isReleased = false
    /// Answers by the processor that they belong to.
    var ready: [Int: [Pending]] = [:]
    var held: [Int: [Pending]] = [:]
    var wakes: [@Sendable () -> Void] = []
  }

  let mode: Mode
  let state = Mutex(State())
  private let queue = DispatchQueue(label: "echo")

  init(_ mode: Mode) {
    self.mode = mode
  }

  func makeProcessor(wake: @escaping @Sendable () -> Void) -> EchoProcessor {
    let index = state.withLock { state in
      state.wakes.append(wake)
      return state.wakes.count - 1
    }
    return EchoProcessor(index: index, echo: self)
  }

  /// Answers what is held, and from now on everything as it comes.
  func release() {
    let wakes = state.withLock { state in
      state.isReleased = true
      for (index, held) in state.held {
        state.ready[index, default: []] += held
      }
      state.held = [:]
      return state.wakes
    }
    for wake in wakes { wake() }
  }

  func answerLater(_ pending: Pending, processor index: Int) {
    queue.async { [self] in
      let wake = state.withLock { state in
        var ready = state.ready[index, default: []]
        // The newest first every other time, so that answers overtake one another.
        ready.insert(pending, at: ready.count % 2 == 0 ? 0 : ready.count)
        state.ready[index] = ready
        return state.wakes[index]
      }
      wake()
    }
  }
}
