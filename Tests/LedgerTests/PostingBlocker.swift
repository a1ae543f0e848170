import Foundation

@testable import Ledger

/// Keeps the poster from its books, by a write transaction of another thread.
final class PostingBlocker: Sendable {
  private let released = DispatchSemaphore(value: 0)
  private let ended = DispatchSemaphore(value: 0)

  init(_ books: LMDBEnvironment) {
    let begun = DispatchSemaphore(value: 0)
    let released = released
    let ended = ended
    Thread.detachNewThread {
      // LMDB's write lock belongs to the thread that took it.
      if let transaction = try? books.write() {
        begun.signal()
        released.wait()
        _ = consume transaction
      } else {
        begun.signal()
      }
      ended.signal()
    }
    begun.wait()
  }

  /// Lets the poster go on.
  func release() {
    released.signal()
    ended.wait()
    ended.signal()
  }
}

extension Ledger {
  func holdPostings() throws -> PostingBlocker { PostingBlocker(books) }
}
