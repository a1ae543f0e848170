/// How much may be decided and not yet posted, in records of the working set (some 150 bytes each).
///
/// A posting writes nearly each page of the accounts, however little it brings for each of them. So
/// the more accounts there are, the more is collected for one posting.
struct UnpostedBounds: Sendable {
  /// Above this the writer waits for the poster, so that memory stays bounded.
  let most: Int

  /// Bounds that were asked for.
  init(most: Int) { self.most = most }

  /// Bounds for a ledger with so many accounts.
  init(accounts: Int) {
    most = min(max(accounts, LedgerLimits.unpostedRecords), LedgerLimits.mostUnpostedRecords)
  }

  /// Where the writer hands its layer over without being asked.
  var handedOver: Int { most / 5 }

  /// Where management commands begin to wait: an import waits for the poster, authorizations do not.
  var beforeCommandsWait: Int { most / 10 * 3 }

  /// Where the poster stops sparing the disk.
  var beforeHaste: Int { most / 2 }

  /// For how many records an emptied table keeps its memory: an authorization is a record in each of
  /// three tables.
  var keptInTable: Int { most / 3 }
}
