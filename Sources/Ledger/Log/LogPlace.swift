/// Where an entry stands in its segment.
struct LogPlace: Equatable {
  let sequence: UInt64
  let offset: Int
  /// Where the next entry begins.
  let end: Int
  /// The number of its first event or, when it has none, of the next one.
  let firstEvent: UInt64
}
