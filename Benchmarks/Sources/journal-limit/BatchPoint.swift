/// Commits of one batch size on both kinds of file.
struct BatchPoint: Encodable {
  /// Authorizations in a journal entry.
  let batch: Int
  /// Bytes of the entry.
  let entryBytes: Int
  /// The file grows with each commit.
  let growing: CommitPoint
  /// The file was written with zeros ahead, so that a commit changes no metadata of the file system.
  let extended: CommitPoint
}
