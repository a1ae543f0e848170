/// What a journal is kept in.
public enum JournalKind: String, CaseIterable, Sendable {
  /// An LMDB environment: two flushes for each entry, and a database between crash and truth that
  /// many others rely on.
  case lmdb
  /// Preallocated files that are written past the page cache: one flush for each entry.
  case log
}
