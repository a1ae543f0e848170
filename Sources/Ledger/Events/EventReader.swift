import Authorization

/// Reads events out of the journal, which is their only store.
struct EventReader {
  /// An event that is not looked up in the books yet.
  struct Found {
    let number: UInt64
    let type: EventType
    let time: Instant
    let effect: Effect
  }

  let journal: any Journal
  /// Events of this type only; `nil` reads all.
  let type: EventType?

  /// Reads on behind an event.
  ///
  /// - Parameters:
  ///   - after: the event before the first one to read, less than `last`.
  ///   - last: the last durable event.
  ///   - limit: how many to find at most, at least 1.
  ///   - budget: how many to look at, at least 1; the last entry is not counted.
  /// - Returns: what was found, and the last event that was looked at, which is behind `after`.
  /// - Throws: `LedgerError` when the journal is damaged or cannot be read.
  func read(
    after: UInt64,
    through last: UInt64,
    limit: Int,
    budget: Int
  ) throws(LedgerError) -> (found: [Found], next: UInt64) {
    precondition(after < last && limit > 0 && budget > 0, "there is something to read")
    guard let start = try journal.entry(ofEvent: after + 1) else {
      throw .damaged("the journal is empty")
    }
    var found: [Found] = []
    var next = after
    var entriesWithoutEvents = 0
    let type = type
    try journal.read(from: start) { (sequence, bytes) throws(LedgerError) in
      let entry = try JournalEntry(verifying: bytes, at: sequence)
      let before = next
      var number = entry.firstEvent
      guard number <= next + 1 else {
        throw .damaged("event \(next + 1) is not in the journal")
      }
      try entry.forEachEffect { (effect) throws(LedgerError) in
        guard effect.isEvent else { return }
        defer { number += 1 }
        guard number == next + 1, number <= last, found.count < limit else { return }
        next = number
        guard let told = effect.eventType, type == nil || type == told else { return }
        found.append(Found(number: number, type: told, time: entry.time, effect: effect))
      }
      entriesWithoutEvents = next == before ? entriesWithoutEvents + 1 : 0
      guard next > after else { throw .damaged("event \(after + 1) is not in the journal") }
      return found.count < limit && next < last && next - after < budget
        && entriesWithoutEvents < LedgerLimits.entriesWithoutEvents
    }
    return (found, next)
  }
}
