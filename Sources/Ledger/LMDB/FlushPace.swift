import CFileIO

/// Over how long a commit may spread its writes, so that the flushes of another file pass between
/// them; any thread may change it at any time.
final class FlushPace: @unchecked Sendable {
  private let pace = UnsafeMutablePointer<file_io_pace>.allocate(capacity: 1)

  init() { pace.initialize(to: file_io_pace(milliseconds: 0)) }

  deinit { pace.deallocate() }

  /// How many commits of this process were paced.
  static var pacedFlushes: UInt64 { file_io_paced_flushes() }

  /// The pace as it was set last.
  var milliseconds: UInt32 { file_io_get_pace(pace) }

  /// Changes the pace, also for a commit that is under way; 0 writes everything at once.
  func set(milliseconds: UInt32) { file_io_set_pace(pace, milliseconds) }

  /// Commits at this pace.
  func commit(_ transaction: consuming WriteTransaction) throws(LedgerError) {
    file_io_pace_flushes(pace)
    defer { file_io_pace_flushes(nil) }
    try transaction.commit()
  }
}
