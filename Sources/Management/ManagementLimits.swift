/// The bounds of the management side, each with its unit and its reason.
struct ManagementLimits: Sendable {
  /// Bytes of a request's body, imports aside; the largest legal one has about 2 KiB.
  var bodyBytes = 64 << 10
  /// Bytes of one line of an import.
  var importLineBytes = 4 << 10
  /// Import commands between being submitted and being answered: with 256 lines each, enough to keep
  /// the writer busy, and a bound on memory (about half a megabyte).
  var importCommandsInFlight = 8
  /// Connections on one socket; further ones wait in the kernel until one closes.
  var connections = 256
  /// Bytes of all header fields of a request.
  var headerBytes = 16 << 10
  /// Header fields of a request.
  var headerFields = 64
  /// Seconds that a connection may stay without a request, the request's header included.
  var idleSeconds: Int64 = 60
  /// Seconds from a request's header to the end of its body, imports aside.
  var receiveSeconds: Int64 = 15
  /// Seconds without progress while an answer is written or an import is read.
  var stallSeconds: Int64 = 30
  /// Seconds that a clean stop waits for requests in flight before it closes their connections.
  var stopSeconds: Int64 = 3
  /// The nice value of the threads that serve management: authorizations go first.
  static let nice: Int32 = 10
  /// Requests a second while authorizations come, and how many at once after a rest: a person or a
  /// program that looks things up does not notice, and a flood takes a few hundredths of a processor.
  var sharedRequestsPerSecond = 100
  var sharedRequestsAtOnce = 16
  /// Lines of imports a second while authorizations come, and how many at once after a rest.
  var sharedImportLinesPerSecond = 6_000
  var sharedImportLinesAtOnce = 64
  /// Objects on a page of a list when the caller names no number.
  static let defaultPage = 50
  /// The most objects on a page of a list.
  static let maximumPage = 200
  /// The longest that a reader of the event feed may wait for the next event, in seconds: less than what
  /// programs on the way take for a broken connection.
  static let longestEventWait = 60
  /// Readers that may wait for events at one time: a quarter of the connections, each woken at every
  /// `eventLookMilliseconds`.
  var waitingEventReaders = 64
  /// How often a waiting reader looks for news: late by as much at most, and a few microseconds each.
  static let eventLookMilliseconds = 50
  /// Balances of one user that a list of payments by user looks at.
  static let balancesOfCustomer = 1_000
}
