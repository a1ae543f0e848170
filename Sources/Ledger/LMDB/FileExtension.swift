import CFileIO
import Foundation
import Synchronization

/// Keeps zeros ahead of what a file of the ledger uses.
///
/// A flush of a file that grows must also flush the file system's own records, which takes two to
/// four times as long and holds up the flushes of other files. Zeros are written past the end of the
/// file only, and possibly by another thread than the one that commits; a commit that may reach that
/// end keeps the other thread out while it lasts.
final class FileExtension: Sendable {
  /// How much is written, in bytes.
  struct Bounds {
    /// Written at a time, so that a commit that does have to wait waits for some milliseconds; a
    /// multiple of the page size.
    var step = 1 << 20
    /// The same where there is time to rest between steps: other flushes hardly notice so little.
    var restingStep = 256 << 10
    /// The least that is kept ahead.
    var least = LedgerLimits.leastExtensionBytes
    /// The most that is kept ahead.
    var largest = LedgerLimits.largestExtensionBytes
  }

  private let path: String
  private let bounds: Bounds
  /// Held while zeros are written and while a commit may let the file grow.
  private let growth = NSLock()
  /// Bytes of the file as of the last extension: a commit that stays below meets nobody.
  private let extended: Atomic<Int>

  init(path: String, bounds: Bounds = Bounds()) {
    self.path = path
    self.bounds = bounds
    extended = Atomic(Self.size(path))
  }

  private static func size(_ path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
  }

  /// Begins a commit that uses the file up to `end` bytes at most.
  /// - Returns: whether `endCommit` must be called behind it.
  func beginCommit(upTo end: Int) -> Bool {
    guard end > extended.load(ordering: .acquiring) else { return false }
    growth.lock()
    return true
  }

  /// Ends a commit for which `beginCommit` said so.
  func endCommit() { growth.unlock() }

  /// Bytes of the file that are on disk with their size, used or not.
  var bytes: Int { extended.load(ordering: .relaxed) }

  /// Whether fewer zeros are ahead than there should be.
  func isShort(used: Int) -> Bool {
    extended.load(ordering: .relaxed) - used < ahead(used) / 2
  }

  /// Writes zeros, a step at a time, until there are enough ahead of what is used or the disk
  /// takes no more.
  /// - Parameters:
  ///   - rests: asked before each step: whether to rest, for the sake of other files.
  ///   - used: what is used now.
  func extend(rests: () -> Bool, used: () -> Int) {
    extend(to: { used() + ahead(used()) }, rests: { rests() && !isNearlyUsedUp(used()) })
  }

  /// Writes zeros, a step at a time, until the file has as many bytes as `target` says or the disk
  /// takes no more.
  func extend(to target: () -> Int, rests: () -> Bool) {
    while extended.load(ordering: .relaxed) < target() {
      let isResting = rests()
      let code = growth.withLock {
        let step = isResting ? min(bounds.step, bounds.restingStep) : bounds.step
        let code = file_io_append_zeros(path, step)
        extended.store(Self.size(path), ordering: .releasing)
        return code
      }
      guard code == 0 else { return }
      if isResting { usleep(Self.pauseMicroseconds) }
    }
  }

  /// Whether so little is left that whoever uses it would be at the end before long.
  private func isNearlyUsedUp(_ used: Int) -> Bool {
    extended.load(ordering: .relaxed) - used < ahead(used) / 4
  }

  private static let pauseMicroseconds: UInt32 = 10_000

  /// How many zeros should be ahead: a quarter of what is used, so that small ledgers stay small.
  func ahead(_ used: Int) -> Int {
    min(max(used / 4, bounds.least), bounds.largest)
  }
}
