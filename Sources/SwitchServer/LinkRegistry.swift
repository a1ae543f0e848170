import NIOCore
import Switch
import Synchronization

/// The links of one listener, for readers on any thread.
///
/// Locked when a link opens or closes and when somebody looks, never for a message.
final class LinkRegistry: Sendable {
  private struct Entry: Sendable {
    let record: LinkRecord
    let loop: NIOLoopBound<LinkLoop>
  }

  private struct State: Sendable {
    var open: [LinkID: Entry] = [:]
    /// Links that were given up and have not come back, the oldest first.
    var lost: [LinkRecord] = []
  }

  /// What is found under a name.
  enum Finding: Sendable {
    case open(NIOLoopBound<LinkLoop>)
    /// It was given up.
    case lost
    case unknown
  }

  /// A peer that comes and goes for ever must not fill the memory.
  private static let mostLost = 64

  private let state = Mutex(State())

  /// A link is open; it takes the place of one of its host's that was given up.
  func add(_ record: LinkRecord, on loop: NIOLoopBound<LinkLoop>) {
    state.withLock { state in
      state.open[record.id] = Entry(record: record, loop: loop)
      let host = Self.host(record.peer)
      if let position = state.lost.firstIndex(where: { Self.host($0.peer) == host }) {
        state.lost.remove(at: position)
      }
    }
  }

  /// A link is gone; one that was given up is remembered until its host comes back.
  func remove(_ record: LinkRecord) {
    state.withLock { state in
      guard state.open.removeValue(forKey: record.id) != nil, record.state == .down else { return }
      if state.lost.count == Self.mostLost { state.lost.removeFirst() }
      state.lost.append(record)
    }
  }

  /// All links, the oldest first.
  var records: [LinkRecord] {
    state.withLock { $0.open.values.map(\.record) + $0.lost }
      .sorted { $0.id.number < $1.id.number }
  }

  /// How many links are in a state.
  func count(_ sought: LinkState) -> Int {
    state.withLock { state in
      state.open.values.count { $0.record.state == sought }
        + state.lost.count { $0.state == sought }
    }
  }

  /// Where a link is.
  func find(_ id: LinkID) -> Finding {
    state.withLock { state in
      if let entry = state.open[id] { return .open(entry.loop) }
      return state.lost.contains { $0.id == id } ? .lost : .unknown
    }
  }

  private static func host(_ peer: String) -> Substring {
    peer[..<(peer.lastIndex(of: ":") ?? peer.endIndex)]
  }
}
