import ISO8583
import Telemetry

/// The requests of one event loop that the writer has: what their answers repeat is kept here, in
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
  }

  /// One slot.
  ///
  /// A class, so that the layout is filled in place and never copied.
  private final class Slot {
    var layout = MessageLayout()
    var frame: [UInt8] = []
    var origin = Origin()
    var use: UInt32 = 0
  }

  /// Slots that are kept for the next requests: some turns of a busy event loop.
  ///
  /// What a peak needed beyond them is given back.
  private static let sparesKept = 4096

  /// By position; `nil` where nobody waits.
  private var slots: [Slot?] = []
  /// Positions where nobody waits.
  private var free: [Int] = []
  private var spares: [Slot] = []
  private var uses: UInt32 = 0

  /// Claims a slot.
  func claim() -> Ticket {
    let position: Int
    if let last = free.popLast() {
      position = last
    } else {
      position = slots.count
      slots.append(nil)
    }
    let slot = spares.popLast() ?? Slot()
    uses &+= 1
    slot.use = uses
    slots[position] = slot
    return Ticket(number: UInt64(uses) << 32 | UInt64(position))
  }

  private func slot(_ ticket: Ticket) -> Slot {
    guard let slot = slots[ticket.slot] else {
      preconditionFailure("a ticket is used after its slot was given back")
    }
    return slot
  }

  /// Reads a message into the slot's layout.
  func parse(_ bytes: RawSpan, for ticket: Ticket) throws(WireError) {
    try MessageLayout.parse(bytes, into: &slot(ticket).layout)
  }

  /// Runs `body` with the message in `bytes`, which the slot's layout was read from.
  ///
  /// `body` must not read another message into the slot.
  func withMessage<Value>(
    _ bytes: RawSpan,
    of ticket: Ticket,
    _ body: (borrowing MessageView) -> Value
  ) -> Value {
    Self.withView(bytes, slot(ticket).layout, body)
  }

  private static func withView<Value>(
    _ bytes: RawSpan,
    _ layout: borrowing MessageLayout,
    _ body: (borrowing MessageView) -> Value
  ) -> Value {
    let message = MessageView(bytes, layout)
    return body(message)
  }

  /// Keeps a copy of the frame until its outcome comes.
  func keep(
    _ frame: UnsafeRawBufferPointer,
    _ ticket: Ticket,
    _ header: FrameHeader,
    _ link: LinkID,
    _ arrival: MonotonicTime
  ) {
    let slot = slot(ticket)
    slot.frame.append(contentsOf: frame)
    slot.origin = Origin(link: link, header: header, arrival: arrival)
  }

  /// The ticket of an outcome, while its slot waits for it.
  func ticket(_ number: UInt64) -> Ticket? {
    let ticket = Ticket(number: number)
    guard ticket.slot < slots.count, let slot = slots[ticket.slot],
      UInt64(slot.use) == number >> 32, !slot.frame.isEmpty
    else { return nil }
    return ticket
  }

  /// Runs `body` with the kept message and where its answer goes.
  func withRequest(_ ticket: Ticket, _ body: (borrowing MessageView, Origin) -> Void) {
    let slot = slot(ticket)
    Self.withView(slot.frame.span.bytes, slot.layout) { body($0, slot.origin) }
  }

  /// Gives the slot back.
  func release(_ ticket: Ticket) {
    if spares.count < Self.sparesKept {
      let slot = slot(ticket)
      slot.frame.removeAll(keepingCapacity: true)
      spares.append(slot)
    }
    slots[ticket.slot] = nil
    free.append(ticket.slot)
  }
}
