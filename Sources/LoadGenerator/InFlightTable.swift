/// The requests of one connection that wait for an answer, found by their sequence number at once.
///
/// A ring that doubles when a slot is still taken. At `mostSlots` it stops growing and gives up on
/// the oldest request instead, so a peer that never answers cannot make it grow without end.
struct InFlightTable {
  struct Slot {
    var sequence: UInt64 = .max
    /// Nanoseconds of the monotonic clock at which the request was to leave.
    var intended: UInt64 = 0
    var card: UInt32 = 0
    /// The second of DE 12 since 1970, which fits until 2106.
    var second: UInt32 = 0
    /// The answer to the first sending, which that to a repeat must equal: action code, and a hash
    /// of the approval code.
    var code: UInt16 = 0
    var kind = RequestKind.approval
    var isRepeat = false
    var isWaiting = false
    var approval: UInt32 = 0
  }

  static let mostSlots = 1 << 20

  private var slots: [Slot]
  private var mask: UInt64
  /// How many requests wait.
  private(set) var waiting = 0

  init(slots count: Int = 1 << 10) {
    slots = Array(repeating: Slot(), count: count)
    mask = UInt64(count - 1)
  }

  /// Notes a new request.
  mutating func insert(_ slot: Slot) {
    var index = Int(slot.sequence & mask)
    while slots[index].isWaiting {
      guard slots.count < InFlightTable.mostSlots else {
        waiting -= 1
        break
      }
      grow()
      index = Int(slot.sequence & mask)
    }
    slots[index] = slot
    slots[index].isWaiting = true
    waiting += 1
  }

  /// Takes the answered request out, or returns `nil` when none waits under this number.
  mutating func take(sequence: UInt64) -> Slot? {
    let index = Int(sequence & mask)
    guard slots[index].sequence == sequence, slots[index].isWaiting else { return nil }
    slots[index].isWaiting = false
    waiting -= 1
    return slots[index]
  }

  /// Keeps the first answer of a request that was taken out, for its repeat.
  mutating func remember(code: UInt16, approval: UInt32, sequence: UInt64) {
    let index = Int(sequence & mask)
    guard slots[index].sequence == sequence, !slots[index].isWaiting else { return }
    slots[index].code = code
    slots[index].approval = approval
  }

  /// Lets an answered request wait again, for a repeat; `nil` when its slot was used since.
  mutating func waitAgain(sequence: UInt64, intended: UInt64) -> Slot? {
    let index = Int(sequence & mask)
    guard slots[index].sequence == sequence, !slots[index].isWaiting else { return nil }
    slots[index].intended = intended
    slots[index].isWaiting = true
    slots[index].isRepeat = true
    waiting += 1
    return slots[index]
  }

  private mutating func grow() {
    let old = slots
    slots = Array(repeating: Slot(), count: old.count * 2)
    mask = UInt64(slots.count - 1)
    for slot in old where slot.sequence != .max { slots[Int(slot.sequence & mask)] = slot }
  }
}
