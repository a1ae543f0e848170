import NIOCore
import Synchronization

/// How other threads ask an event loop to collect answers.
///
/// However often it is raised, the loop is asked once until it has begun to collect.
final class WakeSignal: Sendable {
  private let eventLoop: any EventLoop
  private let isRaised = Atomic<Bool>(false)
  /// Empty before the loop's links exist and after they are gone.
  private let links: NIOLoopBoundBox<LinkLoop?>

  init(eventLoop: any EventLoop) {
    self.eventLoop = eventLoop
    links = .makeEmptyBox(eventLoop: eventLoop)
  }

  /// Asks the event loop to collect.
  ///
  /// Any thread.
  func raise() {
    guard !isRaised.exchange(true, ordering: .acquiringAndReleasing) else { return }
    eventLoop.execute { self.collect() }
  }

  /// Names the links to collect for.
  ///
  /// On the event loop.
  func connect(_ loop: LinkLoop?) {
    links.value = loop
  }

  private func collect() {
    // Lowered first: an answer that becomes ready during the collection raises the signal again.
    isRaised.store(false, ordering: .sequentiallyConsistent)
    links.value?.collect()
  }
}
