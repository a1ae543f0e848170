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

  private var slots: [Slot] = []
  private var free: [Int] = []

  /// Claims a slot.
  func claim() -> Ticket {
    let position: Int
    if let last = free.popLast() {
      position = last
    } else {
      position = slots.count
      slots.append(Slot())
    }
    let slot = slots[position]
    slot.use &+= 1
    return Ticket(number: UInt64(slot.use) << 32 | UInt64(position))
  }

  /// Reads a message into the slot's layout.
  func parse(_ bytes: RawSpan, for ticket: Ticket) throws(WireError) {
    try MessageLayout.parse(bytes, into: &slots[ticket.slot].layout)
  }

  /// Runs `body` with the message in `bytes`, which the slot's layout was read from.
  ///
  /// `body` must not read another message into the slot.
  func withMessage<Value>(
    _ bytes: RawSpan,
    of ticket: Ticket,
    _ body: (borrowing MessageView) -> Value
  ) -> Value {
    Self.withView(bytes, slots[ticket.slot].layout, body)
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
    let slot = slots[ticket.slot]
    slot.frame.append(contentsOf: frame)
    slot.origin = Origin(link: link, header: header, arrival: arrival)
  }

  /// The ticket of an outcome, while its slot waits for it.
  func ticket(_ number: UInt64) -> Ticket? {
    let ticket = Ticket(number: number)
    guard ticket.slot < slots.count, UInt64(slots[ticket.slot].use) == number >> 32,
      !slots[ticket.slot].frame.isEmpty
    else { return nil }
    return ticket
  }

  /// Runs `body` with the kept message and where its answer goes.
  func withRequest(_ ticket: Ticket, _ body: (borrowing MessageView, Origin) -> Void) {
    let slot = slots[ticket.slot]
    Self.withView(slot.frame.span.bytes, slot.layout) { body($0, slot.origin) }
  }

  /// Gives the slot back.
  func release(_ ticket: Ticket) {
    let slot = slots[ticket.slot]
    slot.use &+= 1
    slot.frame.removeAll(keepingCapacity: true)
    free.append(ticket.slot)
  }
}
