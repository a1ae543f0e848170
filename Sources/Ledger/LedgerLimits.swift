/// The ledger's bounds, each with its unit and its reason.
public enum LedgerLimits {
  /// The most that stands on one account: a hundred thousand times the largest single amount, and so
  /// far below 2^63 that no sum of a batch reaches its end.
  static let accountLedgerMinorUnits: Int64 = 100_000_000_000_000_000
  /// The most that came in from outside per currency: half of what 64 bits hold.
  static let bankLedgerMinorUnits: Int64 = 4_000_000_000_000_000_000
  /// Authorizations that may wait for the writer; a full queue answers 9107 at once.
  ///
  /// More than a writer's batch, so that it never runs dry, and a fraction of a second of work, so that
  /// whoever is let in is answered soon.
  public static let queuedAuthorizations = 16_384
  /// Cut-overs that may wait for the writer: a network sends one a day.
  static let queuedCutOvers = 64
  /// Networks of one process.
  public static let networks = 255
  /// Management commands that may wait for the writer.
  public static let queuedCommands = 4_096
  /// Authorizations in one journal entry: beyond this a larger batch gains no throughput and costs
  /// latency.
  static let batchAuthorizations = 4_096
  /// Work of management commands between two commits, counted in import lines (a command is four): a
  /// few milliseconds.
  static let batchCommandCost = 512
  /// The same while authorizations come: a fraction of a commit, so that a flood of commands or an
  /// import does not hold them up.
  static let sharedBatchCommandCost = 32
  /// Reads that may wait for the writer; more than the connections that can ask.
  static let queuedReads = 1_024
  /// Work for reads between two batches, counted in records looked for (`UnpostedQuery.cost`): well
  /// under a millisecond.
  static let batchReadCost = 2_048
  /// The same while authorizations come: some ten microseconds, a tenth of a commit.
  static let sharedBatchReadCost = 128
  /// Records of one kind that one read may ask the writer for: a page of a list and its neighbours.
  ///
  /// A read that looks at more waits until the books are new enough.
  static let recordsPerRead = 512
  /// How often a read asks the writer before it waits for the books; a list takes three rounds.
  static let readRounds = 6
  /// Events on one page.
  public static let eventsPerPage = 200
  /// Events that one call looks at: a few milliseconds of work, whatever is filtered out.
  static let eventsPerRead = 4_096
  /// Entries without events, one behind the other, that a walk passes before it ends the page: the next
  /// one begins behind them.
  static let entriesWithoutEvents = 64
  /// Lines in one import command, which is executed whole.
  public static let importLinesPerCommand = 32
  /// Messages about one payment that are taken; a reversal looks at all of them.
  static let entriesPerPayment = 1_000
  /// Holds that one command ends, so that authorizations are decided between.
  public static let holdsPerCommand = 32
  /// Payments that a sweep looks at under one view of the books.
  static let holdsPerView = 4_096
  /// Merchant groups, all of them in memory.
  public static let merchantGroups = 1_000
  /// Exchange rates, all of them in memory.
  public static let exchangeRates = 40_000
  /// Records that may be decided and not yet posted (`UnpostedBounds`), whatever the ledger's size.
  static let unpostedRecords = 3_000_000
  /// The same for the largest ledger: some 1.8 GB, and seconds of a start that replays them.
  static let mostUnpostedRecords = 12_000_000
  /// How long a start reads cards and accounts from disk into memory, in milliseconds.
  static let warmUpMilliseconds: Int64 = 3_000
  /// How long a start takes cards up into the writer's cache, and as long for accounts, in milliseconds.
  static let cacheFillMilliseconds: Int64 = 2_500
  /// Distinct local times of posted messages that are kept one by one: most of a day.
  static let postedTimes = 65_536
  /// Records for which an emptied table keeps its memory, where nobody says otherwise: what a second of
  /// a busy ledger decides.
  static let keptTableCapacity = 1_048_576
  /// Journal bytes that wait to be posted at which the poster does not wait any longer.
  static let postingBytes = 256 << 20
  /// Journal bytes in one transaction of a start that brings the books up to the journal.
  static let replayBytes = 64 << 20
  /// The newest bytes of the journal that the page cache keeps: what the feed of events reads.
  static let cachedJournalBytes = 16 << 20
  /// How long the poster leaves small work lying, in milliseconds.
  ///
  /// A longer time merges changes of the same page, a shorter one keeps memory and recovery small. A
  /// reader that needs the newest state wakes the poster at once.
  static let postingDelayMilliseconds = 1_000
  /// How many milliseconds lie at least between the beginnings of postings that readers ask for while
  /// authorizations come: each costs processor and disk, and all who wait meanwhile share one.
  static let readerPostingMilliseconds = 2_000
  /// For how long after the last authorization more are expected, in nanoseconds.
  static let trafficNanoseconds: UInt64 = 50_000_000
  /// The same in milliseconds.
  static let trafficMilliseconds = Int(trafficNanoseconds / 1_000_000)
  /// Over how many milliseconds a posting that nobody waits for may spread its writes, so that the
  /// journal's flushes pass between them.
  static let postingPaceMilliseconds: UInt32 = 2_500
  /// The same while somebody waits.
  static let urgentPaceMilliseconds: UInt32 = 500
  /// The least and the most that is written ahead of what a file uses, in bytes.
  static let leastExtensionBytes = 1 << 20
  static let largestExtensionBytes = 64 << 20
  /// How long the writer and the links' threads run at a time when others want the processor too:
  /// short turns come sooner.
  public static let urgentTurnNanoseconds: UInt64 = 100_000
  /// The nice value of poster and keeper: they yield to the writer and the links, and still keep up
  /// with them when every processor is busy.
  static let unhurriedNice: Int32 = 5
  /// The longest name, reference or URL, in bytes of UTF-8.
  public static let textBytes = 200
  /// The longest time that a clean stop waits for readers and poster, in seconds.
  static let stopSeconds = 5
}
