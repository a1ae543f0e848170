import Glibc
import SystemLMDB

/// The bare loop: appends journal entries to LMDB just as the product does.
///
/// Integer keys, append, full sync and one commit a batch; no network, codec, decision or checksum.
final class AppendLoop {
  private static let mapBytes = 1 << 36
  private static let zerosAtOnce = 1 << 20
  private let environment: OpaquePointer
  private let table: MDB_dbi
  private let path: String
  private let content: UnsafeMutableRawPointer
  private let overheadBytes: Int
  private let authorizationBytes: Int
  private var sequence: UInt64 = 0

  /// - Parameters:
  ///   - directory: must exist and hold no environment.
  ///   - authorizationBytes: what one authorization adds to an entry.
  ///   - overheadBytes: what an entry has besides.
  ///   - largestBatch: authorizations in the largest entry.
  /// - Throws: `Fault` when the environment cannot be made.
  init(
    directory: String,
    authorizationBytes: Int,
    overheadBytes: Int,
    largestBatch: Int
  ) throws {
    var created: OpaquePointer?
    try Self.check("create an environment", mdb_env_create(&created))
    guard let created else { throw Fault("create an environment: nothing came") }
    environment = created
    path = directory + "/data.mdb"
    self.overheadBytes = overheadBytes
    self.authorizationBytes = authorizationBytes
    let bytes = overheadBytes + largestBatch * authorizationBytes
    content = .allocate(byteCount: bytes, alignment: 16)
    // Not zeros: a disk that stores zeros in no space must not be measured.
    for offset in 0..<bytes {
      content.storeBytes(of: UInt8.random(in: 0...255), toByteOffset: offset, as: UInt8.self)
    }
    try Self.check("set the map size", mdb_env_set_mapsize(environment, Self.mapBytes))
    let flags = UInt32(MDB_NOTLS | MDB_NORDAHEAD)
    try Self.check("open \(directory)", mdb_env_open(environment, directory, flags, 0o600))
    var transaction: OpaquePointer?
    try Self.check("begin", mdb_txn_begin(environment, nil, 0, &transaction))
    var handle: MDB_dbi = 0
    try Self.check(
      "open the tree",
      mdb_dbi_open(transaction, nil, UInt32(MDB_CREATE | MDB_INTEGERKEY), &handle)
    )
    table = handle
    try Self.check("commit", mdb_txn_commit(transaction))
  }

  deinit {
    mdb_env_close(environment)
    content.deallocate()
  }

  private static func check(_ operation: String, _ code: Int32) throws {
    guard code == MDB_SUCCESS else {
      throw Fault("\(operation): \(String(cString: mdb_strerror(code)))")
    }
  }

  /// Bytes of an entry of so many authorizations.
  func entryBytes(_ batch: Int) -> Int { overheadBytes + batch * authorizationBytes }

  /// One batch: one entry, one commit.
  private func commit(_ batch: Int) throws {
    sequence += 1
    var transaction: OpaquePointer?
    try Self.check("begin", mdb_txn_begin(environment, nil, 0, &transaction))
    try withUnsafeMutableBytes(of: &sequence) { bytes in
      var key = MDB_val(mv_size: bytes.count, mv_data: bytes.baseAddress)
      var value = MDB_val(mv_size: entryBytes(batch), mv_data: content)
      try Self.check("append", mdb_put(transaction, table, &key, &value, UInt32(MDB_APPEND)))
    }
    try Self.check("commit", mdb_txn_commit(transaction))
  }

  /// Bytes of the file that LMDB has used.
  private var usedBytes: Int {
    var information = MDB_envinfo()
    mdb_env_info(environment, &information)
    return (information.me_last_pgno + 1) * 4_096
  }

  /// Writes zeros behind what is used, durably, and leaves the page cache clean.
  ///
  /// - Returns: The size of the file.
  func extend(by bytes: Int) throws -> Int {
    let file = open(path, O_WRONLY)
    guard file >= 0 else { throw Fault.system("open \(path)") }
    defer { close(file) }
    let zeros = [UInt8](repeating: 0, count: Self.zerosAtOnce)
    var offset = usedBytes
    let end = offset + bytes
    while offset < end {
      guard pwrite(file, zeros, zeros.count, offset) == zeros.count else {
        throw Fault.system("extend \(path)")
      }
      offset += zeros.count
    }
    guard fsync(file) == 0 else { throw Fault.system("fsync") }
    return offset
  }

  /// Commits batches of one size for a time, or until the file has reached a size.
  func measure(batch: Int, seconds: Double, fileBytes: Int = .max) throws -> CommitPoint {
    var latency = LatencyHistogram()
    let start = nanoseconds()
    let end = start + UInt64(seconds * 1e9)
    var now = start
    var commits = 0
    // The margin holds what one more commit can need besides the entry: leaf, branches, free list.
    while now < end, fileBytes == .max || usedBytes + entryBytes(batch) + (1 << 17) < fileBytes {
      let before = now
      try commit(batch)
      now = nanoseconds()
      latency.record(nanoseconds: now - before)
      commits += 1
    }
    let elapsed = max(Double(now - start) / 1e9, 1e-9)
    return CommitPoint(
      commitsPerSecond: Double(commits) / elapsed,
      authorizationsPerSecond: Double(commits * batch) / elapsed,
      seconds: elapsed,
      latencyMicroseconds: Latency(latency)
    )
  }

  /// Has authorizations become due at a constant rate; each commit takes all that are due.
  ///
  /// Waiting spins: a wake-up would be measured too.
  func measure(rate: Double, seconds: Double, largestBatch: Int) throws -> RatePoint {
    var latency = LatencyHistogram()
    let start = nanoseconds()
    let end = start + UInt64(seconds * 1e9)
    let interval = 1e9 / rate
    var done = 0
    var commits = 0
    var now = start
    while now < end {
      let due = min(Int(Double(now - start) / interval) + 1 - done, largestBatch)
      if due > 0 {
        try commit(due)
        now = nanoseconds()
        for index in done..<done + due {
          latency.record(nanoseconds: now - start - UInt64(Double(index) * interval))
        }
        done += due
        commits += 1
      } else {
        now = nanoseconds()
      }
    }
    return RatePoint(
      offeredPerSecond: rate,
      achievedPerSecond: Double(done) / (Double(now - start) / 1e9),
      authorizationsPerCommit: Double(done) / Double(max(commits, 1)),
      latencyMicroseconds: Latency(latency, distribution: true)
    )
  }
}
