import ISO8583
import Telemetry

/// The requests of one event loop that the writer has: their answers wait here for the outcome, in
/// slots that are used again, so that a request in flight allocates nothing.
final class WaitingRequests {
  /// Names a claimed slot; the upper half changes with each use, so that a late outcome finds nothing.
  struct Ticket {
    let number: UInt64
    fileprivate var slot: Int { Int(number & 0xFFFF_FFFF) }
  }

  /// Where an answer goes.
  struct Origin {
    var link = LinkID(number: 0)
    var header = FrameHeader.none
    var arrival = MonotonicTime(nanoseconds: 0)
    /// Nobody waits for the answer: it is not sent.
    var isSilent = false
  }

  /// One slot.
  final class Slot {
    let answer = PreparedAnswer()
    // Unchecked: they are read and written whole, on the thread of their event loop, and no access
    // spans a call.
    @exclusivity(unchecked) fileprivate(set) var origin = Origin()
    @exclusivity(unchecked) fileprivate var use: UInt32 = 0
    @exclusivity(unchecked) fileprivate var isWaiting = false
    /// The next of the free slots, or -1.
    @exclusivity(unchecked) fileprivate var nextFree = -1
  }

  /// Free slots that keep the memory of a long answer, and slots that are kept at all: some turns of
  /// a busy event loop.
  ///
  /// What a peak needed beyond them is given back.
  private static let sparesKept = 4096

  /// By position; `nil` for a slot that was given back.
  ///
  /// Memory of its own and not an array: each use of an array in a class is guarded against
  /// overlapping access, several times for each message.
  private var slots: UnsafeMutablePointer<Slot?>
  private var capacity = 1024
  private var count = 0
  /// Positions without a slot.
  private var vacant: [Int] = []
  private var firstFree = -1
  private var freeCount = 0
  private var uses: UInt32 = 0

  init() { slots = .allocate(capacity: capacity) }

  deinit {
    slots.deinitialize(count: count)
    slots.deallocate()
  }

  /// Claims a slot.
  func claim() -> Ticket {
    if firstFree < 0 { makeSlot() }
    let position = firstFree
    let slot = slot(at: position)
    firstFree = slot.nextFree
    freeCount &-= 1
    uses &+= 1
    slot.use = uses
    return Ticket(number: UInt64(uses) << 32 | UInt64(position))
  }

  private func makeSlot() {
    let slot = Slot()
    if let position = vacant.popLast() {
      slots[position] = slot
      firstFree = position
    } else {
      if count == capacity { grow() }
      (slots + count).initialize(to: slot)
      firstFree = count
      count += 1
    }
    freeCount += 1
  }

  private func grow() {
    let larger = UnsafeMutablePointer<Slot?>.allocate(capacity: capacity * 2)
    larger.moveInitialize(from: slots, count: count)
    slots.deallocate()
    slots = larger
    capacity *= 2
  }

  private func slot(at position: Int) -> Slot {
    guard position < count, let slot = slots[position] else {
      preconditionFailure("a ticket is used after its slot was given back")
    }
    return slot
  }

  /// Keeps where the answer goes until its outcome comes; gives the answer, to be prepared.
  func keep(
    _ ticket: Ticket,
    _ header: FrameHeader,
    _ link: LinkID,
    _ arrival: MonotonicTime,
    isSilent: Bool = false
  ) -> PreparedAnswer {
    let slot = slot(at: ticket.slot)
    slot.origin = Origin(link: link, header: header, arrival: arrival, isSilent: isSilent)
    slot.isWaiting = true
    return slot.answer
  }

  /// The slot of an outcome, while it waits for it.
  func slot(_ number: UInt64) -> (ticket: Ticket, slot: Slot)? {
    let ticket = Ticket(number: number)
    guard ticket.slot < count, let slot = slots[ticket.slot],
      UInt64(slot.use) == number >> 32, slot.isWaiting
    else { return nil }
    return (ticket, slot)
  }

  /// Gives the slot back.
  func release(_ ticket: Ticket) {
    let position = ticket.slot
    let slot = slot(at: position)
    slot.isWaiting = false
    guard freeCount < Self.sparesKept else {
      slots[position] = nil
      vacant.append(position)
      return
    }
    slot.answer.shrink()
    slot.nextFree = firstFree
    firstFree = position
    freeCount &+= 1
  }
}
