import Authorization
import CThreads
import Foundation
import Telemetry

/// Brings the pages of cards and accounts into memory before the first payment looks for them.
///
/// A thread that walks a tree waits for the disk page by page, and a disk serves many at once. So the
/// trees are walked by many threads, each a part of the keys, for a bounded time; what is not reached
/// is read when it is needed.
struct BooksWarmUp: Sendable {
  private let books: LMDBEnvironment
  private let schema: Schema
  /// How many balances there may be: their numbers are given in order.
  private let balances: UInt64
  private let deadline: MonotonicTime

  private static let parts = 32
  /// How many records a thread passes between two looks at the clock.
  private static let stretch = 256

  /// Walks the trees, and returns when that is done or the time is over.
  ///
  /// Nothing depends on it: what a thread cannot read is told by whoever needs it.
  static func run(_ books: LMDBEnvironment, _ schema: Schema, balances: UInt64) {
    let warmUp = BooksWarmUp(
      books: books,
      schema: schema,
      balances: balances,
      deadline: MonotonicTime.now()
        .advanced(by: .milliseconds(LedgerLimits.warmUpMilliseconds))
    )
    let group = DispatchGroup()
    for part in 0..<parts {
      group.enter()
      let thread = Thread {
        thread_set_name("ledger-warm-up")
        try? warmUp.walk(part)
        group.leave()
      }
      thread.stackSize = 1 << 18
      thread.start()
    }
    group.wait()
  }

  private func walk(_ part: Int) throws(LedgerError) {
    let transaction = try books.read()
    let access = transaction.access
    // Tokens are as good as random, so each part of the first byte's values has as many.
    let values = 256 / Self.parts
    try walk(access, schema.cards, from: [UInt8(part * values)]) { key in
      key.first.map { Int($0) / values == part } ?? false
    }
    let share = balances / UInt64(Self.parts) + 1
    let first = AccountID(.user, UInt64(part) * share).word
    let start = withUnsafeBytes(of: first) { Array($0) }
    try walk(access, schema.accounts, from: start) { key in
      key.count == 8 && key.loadUnaligned(as: UInt64.self) < first + share
    }
  }

  private func walk(
    _ access: LMDBAccess,
    _ table: LMDBTable,
    from start: [UInt8],
    while isPart: (UnsafeRawBufferPointer) -> Bool
  ) throws(LedgerError) {
    var passed = 0
    try access.walk(table, from: .atOrAfter(start)) { (key, _) throws(LedgerError) in
      passed += 1
      return isPart(key) && (passed % Self.stretch != 0 || .now() < deadline)
    }
  }
}
