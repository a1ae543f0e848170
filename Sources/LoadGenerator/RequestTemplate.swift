import ISO8583
import Simulator

/// A framed request of which only digits change from one sending to the next.
struct RequestTemplate: Sendable {
  let bytes: [UInt8]
  let type: Int
  let pan: Int
  let digits: Int
  let transmissionTime: Int
  let trace: Int
  let localTime: Int
  let expiry: Int
  let reference: Int
  /// Where the number stands in track 2, or -1.
  let track: Int

  /// A template of a composed message, or `nil` when it lacks an element that changes.
  init?(_ message: [UInt8], framing: LinkFraming) {
    guard let framed = framing.framed(message),
      let layout = try? MessageLayout(parsing: message.span.bytes),
      let pan = layout.contentRange(.pan), let digits = layout.digitCount(.pan),
      let transmissionTime = layout.contentRange(.transmissionTime),
      let trace = layout.contentRange(.stan), let localTime = layout.contentRange(.localTime),
      let expiry = layout.contentRange(.expirationDate),
      let reference = layout.contentRange(.retrievalReference)
    else { return nil }
    let offset = framed.count - message.count
    self.bytes = framed
    self.type = offset
    self.pan = offset + pan.lowerBound
    self.digits = digits
    self.transmissionTime = offset + transmissionTime.lowerBound
    self.trace = offset + trace.lowerBound
    self.localTime = offset + localTime.lowerBound
    self.expiry = offset + expiry.lowerBound
    self.reference = offset + reference.lowerBound
    self.track = layout.contentRange(.track2).map { offset + $0.lowerBound } ?? -1
  }

  /// Writes one request into `target`, which has room for `bytes.count`.
  @inline(__always)
  func write(
    to target: UnsafeMutableRawPointer,
    card: LoadCards.Packed,
    trace number: UInt64,
    transmission: ClockDigits,
    local: ClockDigits,
    isRepeat: Bool
  ) {
    bytes.withUnsafeBytes { source in
      guard let base = source.baseAddress else { return }
      target.copyMemory(from: base, byteCount: source.count)
    }
    if isRepeat {
      target.storeBytes(of: 0x01, toByteOffset: type + 1, as: UInt8.self)
    }
    let panBytes = (digits + 1) / 2
    if panBytes >= 8 {
      target.storeBytes(of: card.high.bigEndian, toByteOffset: pan, as: UInt64.self)
      if panBytes > 8 {
        target.storeBytes(of: UInt8(card.low >> 8), toByteOffset: pan + 8, as: UInt8.self)
      }
      if panBytes > 9 {
        target.storeBytes(of: UInt8(card.low & 255), toByteOffset: pan + 9, as: UInt8.self)
      }
    } else {
      for index in 0..<panBytes {
        target.storeBytes(
          of: UInt8(truncatingIfNeeded: card.high >> UInt64(56 - 8 * index)),
          toByteOffset: pan + index,
          as: UInt8.self
        )
      }
    }
    if track >= 0 {
      for index in 0..<digits {
        let digit =
          index < 16
          ? card.high >> UInt64(60 - 4 * index) & 15
          : UInt64(card.low) >> UInt64(12 - 4 * (index - 16)) & 15
        target.storeBytes(
          of: 0x30 | UInt8(truncatingIfNeeded: digit),
          toByteOffset: track + index,
          as: UInt8.self
        )
      }
      for index in 0..<4 {
        target.storeBytes(
          of: 0x30 | UInt8(truncatingIfNeeded: card.expiry >> UInt16(12 - 4 * index) & 15),
          toByteOffset: track + digits + 1 + index,
          as: UInt8.self
        )
      }
    }
    target.storeBytes(of: card.expiry.bigEndian, toByteOffset: expiry, as: UInt16.self)
    transmission.writeTransmission(to: target + transmissionTime)
    local.writeLocal(to: target + localTime)
    var rest = number
    for index in (0..<6).reversed() {
      let pair = UInt8(truncatingIfNeeded: rest % 100)
      rest /= 100
      let high = pair / 10
      let low = pair - high * 10
      target.storeBytes(of: high << 4 | low, toByteOffset: trace + index, as: UInt8.self)
      target.storeBytes(of: 0x30 | high, toByteOffset: reference + index * 2, as: UInt8.self)
      target.storeBytes(of: 0x30 | low, toByteOffset: reference + index * 2 + 1, as: UInt8.self)
    }
  }
}
