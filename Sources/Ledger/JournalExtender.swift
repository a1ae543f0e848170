/// The thread that makes room in the journal before the writer needs it.
final class JournalExtender: Sendable {
  private let journal: any Journal
  private let monitor = Monitor()
  private nonisolated(unsafe) var isAsked = false
  private nonisolated(unsafe) var isStopping = false

  init(journal: any Journal) { self.journal = journal }

  /// Asks for room when there is little; called by the writer after each entry.
  func journalGrew() {
    guard journal.isShortOfSpace else { return }
    monitor.withLock {
      isAsked = true
      monitor.signal()
    }
  }

  /// Lets the thread end.
  func stop() {
    monitor.withLock {
      isStopping = true
      monitor.signal()
    }
  }

  /// The body of the thread.
  func run() {
    while isWorkLeft() { journal.prepareSpace() }
  }

  private func isWorkLeft() -> Bool {
    monitor.withLock {
      while !isAsked, !isStopping { monitor.wait() }
      isAsked = false
      return !isStopping
    }
  }
}
