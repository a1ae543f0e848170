/// The thread that looks after the journal's files, so that the writer need not: makes room before it
/// is needed, and lets the page cache go of what nobody will read soon.
final class JournalKeeper: Sendable {
  private let journal: any Journal
  private let monitor = Monitor()
  private nonisolated(unsafe) var isAsked = false
  private nonisolated(unsafe) var isStopping = false

  init(journal: any Journal) { self.journal = journal }

  /// Asks for upkeep when there is need; called by the writer after each entry.
  func journalGrew() {
    guard journal.needsUpkeep else { return }
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
    while isWorkLeft() { journal.keepUp() }
  }

  private func isWorkLeft() -> Bool {
    monitor.withLock {
      while !isAsked, !isStopping { monitor.wait() }
      isAsked = false
      return !isStopping
    }
  }
}
