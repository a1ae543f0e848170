import Synchronization

/// Places of entries that were found, one in every few, so that a search begins near its end.
///
/// What readers learn stays with them: the writer does nothing for it. A full segment of the smallest
/// entries has about a thousand marks of 32 bytes.
final class LogMarks: Sendable {
  /// Entries from one mark to the next: a search reads the headers of at most so many.
  static let spacing: UInt64 = 64

  private let segments = Mutex<[UInt64: [LogPlace]]>([:])

  /// The last mark of a segment that something holds for which holds for none behind it.
  func last(in segment: LogSegment, where holds: (LogPlace) -> Bool) -> LogPlace? {
    segments.withLock { segments in
      guard let marks = segments[segment.first] else { return nil }
      var (low, high) = (0, marks.count)
      while low < high {
        let middle = (low + high) / 2
        if holds(marks[middle]) { low = middle + 1 } else { high = middle }
      }
      return low == 0 ? nil : marks[low - 1]
    }
  }

  /// Keeps a place when it is far enough behind the last one that is kept.
  func note(_ place: LogPlace, in segment: LogSegment) {
    guard place.sequence % Self.spacing == 0 else { return }
    segments.withLock { segments in
      let last = segments[segment.first]?.last?.sequence
      guard last.map({ place.sequence > $0 }) ?? true else { return }
      segments[segment.first, default: []].append(place)
    }
  }
}
