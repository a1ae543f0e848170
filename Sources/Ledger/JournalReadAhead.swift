import CFileIO

/// Asks for the pages of entries before a reader comes to them, more the longer it reads on.
///
/// Entries lie in the file in the order in which they were written, but for pages that were free
/// before, and the page cache does not keep them (`LMDBJournal.keepUp`). A page at a time, a reader
/// would wait for the disk at each.
struct JournalReadAhead {
  /// Up to where pages were asked for.
  private var end: UnsafeRawPointer?
  private var bytes = 1 << 16

  private static let mostBytes = 8 << 20

  /// A reader has come to an entry.
  mutating func note(_ entry: UnsafeRawBufferPointer) {
    guard let start = entry.baseAddress else { return }
    let entryEnd = start + entry.count
    if let end, start <= end, entryEnd + bytes / 2 <= end { return }
    bytes = min(2 * bytes, Self.mostBytes)
    let wanted = entryEnd + bytes
    // What follows directly was asked for up to `end`; another place is asked for from its beginning.
    let first = end.map { start <= $0 && $0 <= wanted ? $0 : start } ?? start
    file_io_will_need(first, first.distance(to: wanted))
    end = wanted
  }
}
