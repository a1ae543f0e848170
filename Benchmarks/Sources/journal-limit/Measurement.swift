import Foundation
import Glibc

/// One run of the program: files made in a directory of their own, measured, and removed.
struct Measurement {
  let options: Options
  /// More would be measured past the largest batch that a writer takes at once.
  private static let largestBatch = 4_096
  /// No point may use more of the disk than this ahead.
  private static let mostExtendedBytes = 1 << 30

  func run() throws -> LimitReport {
    try inTemporaryDirectory { directory in
      LimitReport(
        bytesPerAuthorization: options.bytes,
        entryOverheadBytes: options.overhead,
        fdatasync: try FlushFile(directory: directory).measure(seconds: options.seconds),
        batches: try options.batches.map { try batchPoint($0, in: directory) },
        rates: try options.rates.map { try ratePoint($0, in: directory) }
      )
    }
  }

  private func batchPoint(_ batch: Int, in directory: String) throws -> BatchPoint {
    let growing = try withLoop(batch, in: directory) { loop in
      try loop.measure(batch: batch, seconds: options.seconds)
    }
    return try withLoop(batch, in: directory) { loop in
      // The prepared part lasts for twice the rate of the growing file.
      let commits = 2 * growing.commitsPerSecond * options.seconds
      let bytes = min(pagesBytes(loop.entryBytes(batch)) * commits, Double(Self.mostExtendedBytes))
      let fileBytes = try loop.extend(by: Int(bytes) + (1 << 20))
      return BatchPoint(
        batch: batch,
        entryBytes: loop.entryBytes(batch),
        growing: growing,
        extended: try loop.measure(
          batch: batch,
          seconds: options.seconds,
          fileBytes: fileBytes
        )
      )
    }
  }

  private func ratePoint(_ rate: Int, in directory: String) throws -> RatePoint {
    try withLoop(Self.largestBatch, in: directory) { loop in
      // A commit of few authorizations uses more of the file for each: a page at least.
      let bytes = Double(rate * options.bytes) * options.seconds * 3 + 3e4 * options.seconds * 4_096
      _ = try loop.extend(by: Int(min(bytes, Double(Self.mostExtendedBytes))))
      return try loop.measure(
        rate: Double(rate),
        seconds: options.seconds,
        largestBatch: Self.largestBatch
      )
    }
  }

  /// Values above half a page have whole pages of their own, with a header in the first.
  private func pagesBytes(_ entryBytes: Int) -> Double {
    entryBytes < 2_000 ? Double(entryBytes + 64) : Double((entryBytes + 16 + 4_095) / 4_096 * 4_096)
  }

  private func withLoop<Result>(
    _ largestBatch: Int,
    in directory: String,
    _ body: (AppendLoop) throws -> Result
  ) throws -> Result {
    defer {
      unlink(directory + "/data.mdb")
      unlink(directory + "/lock.mdb")
      // What removing a large file makes the file system write must not fall into the next point.
      sync()
    }
    return try body(
      try AppendLoop(
        directory: directory,
        authorizationBytes: options.bytes,
        overheadBytes: options.overhead,
        largestBatch: largestBatch
      )
    )
  }

  private func inTemporaryDirectory<Result>(_ body: (String) throws -> Result) throws -> Result {
    let directory = options.directory + "/journal-limit-\(getpid())"
    guard mkdir(directory, 0o700) == 0 else { throw Fault.system("make \(directory)") }
    defer { try? FileManager.default.removeItem(atPath: directory) }
    return try body(directory)
  }
}
