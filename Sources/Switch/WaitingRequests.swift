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

  /// One slot, in memory of its own: objects would be retained and released, and looked at for
  /// overlapping access, several times for each message.
  struct Slot: ~Copyable {
    var answer = PreparedAnswer()
    fileprivate(set) var origin = Origin()
    fileprivate var use: UInt32 = 0
    fileprivate var isWaiting = false
    /// The next of the free slots, or -1.
    fileprivate var nextFree = -1
  }

  /// Free slots that keep the memory of a long answer, and slots that are kept at all: some turns of
  /// a busy event loop.
  ///
  /// What a peak needed beyond them is given back.
  private static let sparesKept = 4096

  /// By position; `nil` for a slot that was given back.
  private var slots: UnsafeMutablePointer<UnsafeMutablePointer<Slot>?>
  private var capacity = 1024
  private var count = 0
  /// Positions without a slot.
  private var vacant: [Int] = []
  private var firstFree = -1
  private var freeCount = 0
  private var uses: UInt32 = 0

  init() { slots = .allocate(capacity: capacity) }

  deinit {
    for position in 0..<count { free(position) }
    slots.deallocate()
  }

  /// Claims a slot.
  func claim() -> Ticket {
    if firstFree < 0 { makeSlot() }
    let position = firstFree
    let slot = slot(at: position)
    firstFree = slot.pointee.nextFree
    freeCount &-= 1
    uses &+= 1
    slot.pointee.use = uses
    return Ticket(number: UInt64(uses) << 32 | UInt64(position))
  }

  private func makeSlot() {
    let slot = UnsafeMutablePointer<Slot>.allocate(capacity: 1)
    slot.initialize(to: Slot())
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
    let larger = UnsafeMutablePointer<UnsafeMutablePointer<Slot>?>.allocate(capacity: capacity * 2)
    larger.moveInitialize(from: slots, count: count)
    slots.deallocate()
    slots = larger
    capacity *= 2
  }

  private func free(_ position: Int) {
    guard let slot = slots[position] else { return }
    slot.deinitialize(count: 1)
    slot.deallocate()
    slots[position] = nil
  }

  private func slot(at position: Int) -> UnsafeMutablePointer<Slot> {
    guard position < count, let slot = slots[position] else {
      preconditionFailure("a ticket is used after its slot was given back")
    }
    return slot
  }

  /// Keeps where the answer goes until its outcome comes; gives the slot, whose answer is to be
  /// prepared.
  func keep(
    _ ticket: Ticket,
    _ header: FrameHeader,
    _ link: LinkID,
    _ arrival: MonotonicTime,
    isSilent: Bool = false
  ) -> UnsafeMutablePointer<Slot> {
    let slot = slot(at: ticket.slot)
    slot.pointee.origin = Origin(link: link, header: header, arrival: arrival, isSilent: isSilent)
    slot.pointee.isWaiting = true
    return slot
  }

  /// The slot of an outcome, while it waits for it; good until it is released.
  func slot(_ number: UInt64) -> (ticket: Ticket, slot: UnsafeMutablePointer<Slot>)? {
    let ticket = Ticket(number: number)
    guard ticket.slot < count, let slot = slots[ticket.slot],
      UInt64(slot.pointee.use) == number >> 32, slot.pointee.isWaiting
    else { return nil }
    return (ticket, slot)
  }

  /// Gives the slot back.
  func release(_ ticket: Ticket) {
    let position = ticket.slot
    let slot = slot(at: position)
    slot.pointee.isWaiting = false
    guard freeCount < Self.sparesKept else {
      free(position)
      vacant.append(position)
      return
    }
    slot.pointee.answer.shrink()
    slot.pointee.nextFree = firstFree
    firstFree = position
    freeCount &+= 1
  }
}
