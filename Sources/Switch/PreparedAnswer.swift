import Authorization
import ISO8583
import Ledger

/// The answer to one message, written when the message is read and completed when its outcome is
/// known: a request in flight so keeps its answer and not itself.
///
/// The outcome changes three places only: DE 7, the approval code (DE 38, there or not) and the action
/// code (DE 39). The memory is used again for the next message.
///
/// A value in the memory of its owner: an object would be retained and released for each use.
struct PreparedAnswer: ~Copyable {
  /// What the elements of the largest answer take beyond those that it repeats: message type,
  /// bitmaps, DE 7, DE 18 and its length, DE 38, DE 39, institutions that change places; and what
  /// copying writes behind its end.
  private static let ownBytes = 2 + 16 + 5 + 142 + 6 + 2 + 14 + MessageView.copyReserve

  /// What answers take with a chip purchase, and some more.
  private static let usualBytes = 1024

  private var base: UnsafeMutableRawPointer
  private var capacity: Int
  private var count = 0
  /// Where DE 7 stands.
  private var sentOffset = 0
  /// Where DE 38 stands, and DE 39 behind it.
  private var outcomeOffset = 0
  /// How many characters of an approval code the terminal takes.
  private var codeLength = 6

  init() {
    capacity = Self.usualBytes
    base = .allocate(byteCount: capacity, alignment: 8)
  }

  deinit { base.deallocate() }

  /// Writes all but the outcome.
  mutating func prepare(_ message: borrowing MessageView, byteCount: Int, _ plan: ReplyPlan) {
    // Nearly all have DE 7 and keep their institutions' places.
    guard !plan.swaps, message.has(.transmissionTime) else {
      return prepareInParts(message, byteCount: byteCount, plan, errors: nil)
    }
    var writer = begin(message, byteCount, plan)
    (sentOffset, outcomeOffset) = writer.copy(
      plan.inFrontOfOutcome,
      around: .actionCode,
      Self.outcomeBytes,
      plan.behindOutcome | ReplyPlan.last,
      noting: .transmissionTime,
      of: message
    )
    count = writer.finish()
    codeLength = ReplyPlan.approvalCodeLength(message)
  }

  /// Writes all but the outcome of an answer that may have DE 18, lack DE 7 in its message, or go back
  /// to where that came from.
  ///
  /// - Parameters:
  ///   - message: The message.
  ///   - byteCount: How many bytes it has.
  ///   - plan: What the answer has.
  ///   - errors: What is wrong with the message, for DE 18.
  @inline(never)
  mutating func prepareInParts(
    _ message: borrowing MessageView,
    byteCount: Int,
    _ plan: ReplyPlan,
    errors: FormatErrors?
  ) {
    var writer = begin(message, byteCount, plan)
    writer.copy(ReplyPlan.beforeSent, upTo: .transmissionTime, 5, of: message)
    sentOffset = writer.count - 5
    writer.copy(ReplyPlan.beforeErrors, of: message)
    if let errors, !errors.isEmpty { writer.append(.messageError, text: errors.text) }
    writer.copy(plan.beforeOutcome, of: message)
    outcomeOffset = writer.count
    writer.skip(.actionCode, Self.outcomeBytes)
    writer.copy(plan.behindOutcome, of: message)
    if plan.swaps {
      writer.append(.destination, from: .originator, of: message)
      writer.append(.originator, from: .destination, of: message)
    }
    writer.copy(ReplyPlan.last, of: message)
    count = writer.finish()
    codeLength = ReplyPlan.approvalCodeLength(message)
  }

  /// Room for DE 38 and 39.
  private static var outcomeBytes: Int { 8 }

  /// Begins an answer in memory that has room for it.
  @inline(__always)
  private mutating func begin(
    _ message: borrowing MessageView,
    _ byteCount: Int,
    _ plan: ReplyPlan
  ) -> AnswerWriter {
    if capacity < byteCount + Self.ownBytes { grow(to: byteCount + Self.ownBytes) }
    var writer = AnswerWriter(base: base)
    writer.begin(
      plan.response,
      message.elements & plan.repeated,
      hasSecondary: plan.hasSecondary
    )
    return writer
  }

  /// Writes the outcome, once.
  ///
  /// - Parameters:
  ///   - actionCode: DE 39.
  ///   - approvalCode: DE 38, when there is one.
  ///   - sent: DE 7, its ten digits packed into the low five bytes.
  /// - Returns: the answer's bytes, good until the next message is prepared.
  mutating func complete(
    _ actionCode: ActionCode,
    _ approvalCode: ApprovalCode?,
    sent: UInt64
  ) -> UnsafeRawBufferPointer {
    (base + sentOffset).storeBytes(of: UInt8(truncatingIfNeeded: sent >> 32), as: UInt8.self)
    (base + sentOffset + 1).storeBytes(
      of: UInt32(truncatingIfNeeded: sent).bigEndian,
      as: UInt32.self
    )
    (base + outcomeOffset + 6).storeBytes(
      of: Self.packed(actionCode).bigEndian,
      as: UInt16.self
    )
    if let approvalCode {
      let characters = Self.characters(of: approvalCode, count: codeLength)
      (base + outcomeOffset).storeBytes(
        of: UInt32(truncatingIfNeeded: characters >> 16).bigEndian,
        as: UInt32.self
      )
      (base + outcomeOffset + 4).storeBytes(
        of: UInt16(truncatingIfNeeded: characters).bigEndian,
        as: UInt16.self
      )
      let byte = base + 2 + Int(Element.approvalCode.number - 1) / 8
      let bit: UInt8 = 0x80 >> ((Element.approvalCode.number - 1) & 7)
      byte.storeBytes(of: byte.load(as: UInt8.self) | bit, as: UInt8.self)
    } else {
      // No approval code: the rest moves up.
      (base + outcomeOffset).copyMemory(
        from: base + outcomeOffset + 6,
        byteCount: count - outcomeOffset - 6
      )
      count -= 6
    }
    return UnsafeRawBufferPointer(start: base, count: count)
  }

  /// The four digits of an action code, the last one in the lowest half-byte.
  @inline(__always)
  static func packed(_ code: ActionCode) -> UInt16 {
    let hundreds = code.number / 100
    let rest = code.number &- hundreds &* 100
    // Below 100, so the digits of each are a byte: six half-bytes are left out for each ten.
    return (hundreds &+ 6 &* (hundreds / 10)) << 8 | rest &+ 6 &* (rest / 10)
  }

  /// The first characters of an approval code and spaces up to six, the last one in the lowest byte:
  /// those of `ApprovalCode.character(at:)`, all at once.
  @inline(__always)
  static func characters(of code: ApprovalCode, count: Int) -> UInt64 {
    let bits = UInt64(code.bits)
    // Ten bits to each of three lanes, then five to each of six.
    let pairs = bits & 0x3FF | (bits & 0xF_FC00) << 6 | (bits & 0x3FF0_0000) << 12
    let values = pairs & 0x001F_001F_001F | (pairs & 0x03E0_03E0_03E0) << 3
    let ones: UInt64 = 0x0101_0101_0101
    // One where a value is the threshold or more, as its sum then has the top bit.
    func above(_ threshold: UInt64) -> UInt64 { (values + (128 - threshold) * ones) >> 7 & ones }
    // Digits, then letters from A on, one further behind each of I, L, O and U.
    let characters =
      values + 0x30 * ones + 7 * above(10) + above(18) + above(20) + above(22) + above(27)
    guard count < 6 else { return characters }
    let spaces: UInt64 = 1 << UInt64(8 * (6 - count)) - 1
    return characters & ~spaces | 0x2020_2020_2020 & spaces
  }

  /// Gives the memory of a long answer back.
  mutating func shrink() {
    guard capacity > Self.usualBytes else { return }
    base.deallocate()
    capacity = Self.usualBytes
    base = .allocate(byteCount: capacity, alignment: 8)
  }

  private mutating func grow(to needed: Int) {
    base.deallocate()
    capacity = needed
    base = .allocate(byteCount: capacity, alignment: 8)
  }
}
