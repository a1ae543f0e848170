import Authorization
import Synchronization

/// How far the search for holds that have run out has come.
///
/// Holds that run out in one hour stand in spans of payment numbers (`ExpirySpan`), each in order of
/// their ends, so that a search goes on where the last one found a hold that was not due.
final class HoldSweep: Sendable {
  /// The next payment to look at, by span; those of hours that were left behind are dropped.
  fileprivate let next = Mutex<[ExpiryKey: UInt64]>([:])

  /// What a look at the books found.
  struct Found {
    /// Payments whose holds have run out.
    var due: [AuthorizationID] = []
    /// Whether there may be more.
    var isCut = false
    /// The hour of which, and of none before, holds may still run out.
    var hour: UInt32 = 0
  }

  /// Looks for holds that have run out.
  ///
  /// - Parameters:
  ///   - books: a view of the books, in which what was decided last may be missing: no hold runs out so
  ///     soon.
  ///   - now: the present instant.
  /// - Returns: what was found.
  /// - Throws: `LedgerError` when the books cannot be read.
  func look(_ books: BooksAccess, now: Instant) throws(LedgerError) -> Found {
    let swept = try books.state()?.counters.sweptHour ?? 0
    let hour = UInt32(clamping: now.microsecondsSinceEpoch / 3_600_000_000)
    var found = Found(hour: hour)
    var next = self.next.withLock { $0 }
    var budget = LedgerLimits.holdsPerView
    let start = withUnsafeBytes(of: swept.bigEndian) { Array($0) }
    try books.access.walk(books.schema.expiries, from: .atOrAfter(start)) {
      (stored, value) throws(LedgerError) in
      let key = try ExpiryKey(stored: stored)
      guard key.hour <= hour else { return false }
      let span = try ExpirySpan(stored: value)
      var position = max(next[key] ?? 0, span.first.number)
      search: while position <= span.last.number {
        guard budget > 0 else {
          found.isCut = true
          break
        }
        budget -= 1
        let id = AuthorizationID(position)
        if let record = try books.authorization(id), let expires = record.expires,
          key.days == 0 || ExpiryKey(expires, since: record.decided) == key
        {
          if expires > now {
            if key.days == 0 { break search }
            next[key] = position
            return true
          }
          if record.held > .zero { found.due.append(id) }
        }
        position += 1
      }
      next[key] = position
      return !found.isCut
    }
    next = next.filter { $0.key.hour >= swept }
    self.next.withLock { $0 = next }
    return found
  }
}

extension HoldSweep {
  /// Looks again at everything from the last noted hour on.
  func restart() { next.withLock { $0 = [:] } }
}

extension Ledger {
  /// Ends the holds that have run out, in small commands between which authorizations are decided.
  ///
  /// Each ends once, whatever happens: the writer looks at the hold again before it ends it, and a hold
  /// that ended holds nothing. What ran out while the daemon stood still ends at the first sweep.
  ///
  /// - Parameter seesEverything: whether what was decided a moment ago is looked at too; only a clock
  ///   that leaps needs it.
  /// - Returns: how many holds ended; those that a cancelled task left end in the next sweep.
  /// - Throws: `LedgerError`.
  @discardableResult
  public func endExpiredHolds(seesEverything: Bool = false) async throws(LedgerError) -> Int {
    if seesEverything { try await readPosted { (_) throws(LedgerError) in () } }
    do throws(LedgerError) {
      return try await sweepHolds()
    } catch {
      // What was found and not ended must be found again.
      holdSweep.restart()
      throw error
    }
  }

  private func sweepHolds() async throws(LedgerError) -> Int {
    var ended = 0
    while !Task.isCancelled {
      let sweep = holdSweep
      let now = now
      let found = try glance { (books) throws(LedgerError) in try sweep.look(books, now: now) }
      var rest = found.due[...]
      while !rest.isEmpty {
        guard !Task.isCancelled else {
          holdSweep.restart()
          return ended
        }
        let ids = Array(rest.prefix(LedgerLimits.holdsPerCommand))
        rest = rest.dropFirst(LedgerLimits.holdsPerCommand)
        if case .expired(let count) = try await perform(.expireHolds(ids)) { ended += count }
      }
      guard found.isCut else {
        try await noteSweep(before: found.hour)
        return ended
      }
    }
    return ended
  }

  /// Every hour before this one is done with.
  private func noteSweep(before hour: UInt32) async throws(LedgerError) {
    let swept = try glance { (books) throws(LedgerError) in
      try books.state()?.counters.sweptHour ?? 0
    }
    // An hour back: ends that were noted and not yet posted may belong to the present one.
    guard hour > swept + 1 else { return }
    _ = try await perform(.noteSweep(hour: hour - 1))
  }
}
