import NIOCore
import Switch
import Testing

@testable import SwitchServer

struct FrameDecoderTests {
  /// What a decoder says of a whole stream; `nil` stands for a keep-alive.
  private struct Reading: Equatable {
    var header: FrameHeader
    var message: [UInt8]?
  }

  /// How the network cuts the stream.
  enum Cut: CaseIterable {
    case whole, perFrame, bytes, random
  }

  private static func decoder(
    _ framing: Framing,
    tpdu: Bool = false,
    maximum: Int = 9000
  ) -> FrameDecoder {
    FrameDecoder(framing: framing, hasTPDU: tpdu, maximumFrameBytes: maximum)
  }

  private static func drain(
    _ decoder: inout FrameDecoder
  ) throws(FramingFault) -> [Reading] {
    var readings: [Reading] = []
    while true {
      switch try decoder.next() {
      case .incomplete:
        decoder.release()
        return readings
      case .keepAlive:
        readings.append(Reading(header: .none, message: nil))
      case .frame(let header, let place):
        let message = [UInt8](decoder.message(at: place))
        readings.append(Reading(header: header, message: message))
      }
    }
  }

  private static func fault(_ framing: Framing, tpdu: Bool = false, _ bytes: [UInt8])
    -> FramingFault?
  {
    var decoder = decoder(framing, tpdu: tpdu, maximum: 4096)
    decoder.receive(ByteBuffer(bytes: bytes))
    do throws(FramingFault) {
      _ = try drain(&decoder)
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: Framing.allCases, Cut.allCases)
  func `frames come out as they went in however the network cuts them`(
    framing: Framing,
    cut: Cut
  ) throws {
    for hasTPDU in [false, true] {
      let seed = UInt64.random(in: .min ... .max)
      var random = SeededGenerator(seed: seed)
      var chunks: [[UInt8]] = []
      var expected: [Reading] = []
      for _ in 0..<100 {
        if Int.random(in: 0..<8, using: &random) == 0 {
          chunks.append(ReferenceFrames.prefix(framing, 0))
          expected.append(Reading(header: .none, message: nil))
          continue
        }
        let size = Bool.random(using: &random) ? 1...40 : 1...3000
        let message = random.bytes(Int.random(in: size, using: &random))
        let tpdu = hasTPDU ? random.bytes(5) : []
        chunks.append(ReferenceFrames.frame(framing, message, tpdu: tpdu))
        let header = tpdu.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        expected.append(Reading(header: FrameHeader(bytes: header), message: message))
      }
      let stream = chunks.flatMap { $0 }
      switch cut {
      case .whole: chunks = [stream]
      case .perFrame: break
      case .bytes: chunks = stream.map { [$0] }
      case .random:
        chunks = []
        var rest = stream[...]
        while !rest.isEmpty {
          let size = Bool.random(using: &random) ? 1...7 : 1...20_000
          let count = min(rest.count, Int.random(in: size, using: &random))
          chunks.append(Array(rest.prefix(count)))
          rest = rest.dropFirst(count)
        }
      }
      var decoder = Self.decoder(framing, tpdu: hasTPDU)
      var readings: [Reading] = []
      for chunk in chunks {
        decoder.receive(ByteBuffer(bytes: chunk))
        readings += try Self.drain(&decoder)
      }
      #expect(readings == expected, "seed \(seed), TPDU \(hasTPDU)")
      #expect(decoder.bufferedBytes == 0)
    }
  }

  @Test func `frames held back between reads are kept in order`() throws {
    let seed = UInt64.random(in: .min ... .max)
    var random = SeededGenerator(seed: seed)
    var decoder = Self.decoder(.nac2)
    var sent: [[UInt8]] = []
    var received: [[UInt8]] = []
    for _ in 0..<500 {
      let messages = (0..<Int.random(in: 0...5, using: &random)).map { _ in
        random.bytes(Int.random(in: 1...300, using: &random))
      }
      sent += messages
      decoder.receive(ByteBuffer(bytes: messages.flatMap { ReferenceFrames.frame(.nac2, $0) }))
      for _ in 0..<Int.random(in: 0...4, using: &random) {
        guard case .frame(_, let place) = try decoder.next() else { break }
        received.append([UInt8](decoder.message(at: place)))
      }
      decoder.release()
    }
    received += try Self.drain(&decoder).compactMap(\.message)
    #expect(received == sent, "seed \(seed)")
  }

  @Test(arguments: Framing.allCases)
  func `a length above the limit is refused before its frame arrives`(framing: Framing) {
    let prefix = ReferenceFrames.prefix(framing, 4097)
    #expect(Self.fault(framing, prefix) == .tooLong(frameBytes: 4097, prefix: prefix))
    #expect(Self.fault(framing, Array(prefix.dropLast())) == nil)
    #expect(Self.fault(framing, ReferenceFrames.prefix(framing, 4096)) == nil)
  }

  @Test func `the largest lengths that prefixes can state are refused`() {
    #expect(
      Self.fault(.raw4, [0xFF, 0xFF, 0xFF, 0xFF])
        == .tooLong(frameBytes: 0xFFFF_FFFF, prefix: [0xFF, 0xFF, 0xFF, 0xFF])
    )
    #expect(
      Self.fault(.cmf3, [0xFF, 0xFF, 0xFF])
        == .tooLong(frameBytes: 0xFF_FFFF, prefix: [0xFF, 0xFF, 0xFF])
    )
  }

  @Test(arguments: Framing.allCases)
  func `a length that leaves no message behind the TPDU is refused`(framing: Framing) {
    for length in 1...5 {
      #expect(
        Self.fault(framing, tpdu: true, ReferenceFrames.prefix(framing, length))
          == .tooShort(frameBytes: length)
      )
    }
    #expect(Self.fault(framing, tpdu: true, ReferenceFrames.prefix(framing, 6)) == nil)
  }

  @Test func `prefixes that state no length are refused`() {
    #expect(Self.fault(.nac2incl, [0, 1]) == .notALength(prefix: [0, 1]))
    #expect(Self.fault(.nac2incl, [0, 0]) == .notALength(prefix: [0, 0]))
    #expect(Self.fault(.bcd2, [0x1A, 0x00]) == .notALength(prefix: [0x1A, 0x00]))
    #expect(Self.fault(.bcd2, [0x00, 0xB0]) == .notALength(prefix: [0x00, 0xB0]))
  }

  @Test func `a length that looks like text says so`() {
    let explanation = Self.fault(.nac2, Array("2000".utf8))?.explanation(framing: .nac2)
    #expect(
      explanation == "length 12848 looks like ASCII '20…': is the peer's framing different?"
    )
    let raw = Self.fault(.raw4, [0x00, 0x50, 0x21, 0x00])?.explanation(framing: .raw4)
    #expect(
      raw == "length 5251328 looks like a 2-byte length of 80: is the peer's framing nac2?"
    )
  }

  @Test func `a burst does not hold its memory`() throws {
    var decoder = Self.decoder(.nac2)
    decoder.receive(ByteBuffer(bytes: [0x10]))
    #expect(try Self.drain(&decoder).isEmpty)
    let messages = Array(repeating: [UInt8](repeating: 1, count: 0x1000), count: 200)
    let stream = messages.flatMap { ReferenceFrames.frame(.nac2, $0) }.dropFirst()
    decoder.receive(ByteBuffer(bytes: stream))
    #expect(try Self.drain(&decoder).count == 200)
    #expect(decoder.bufferedBytes == 0)
    #expect(decoder.heldBytes <= 64 * 1024)
  }

  @Test(arguments: Framing.allCases, [false, true])
  func `what the encoder writes the reference reads alike`(framing: Framing, hasTPDU: Bool) {
    let encoder = FrameEncoder(framing: framing, hasTPDU: hasTPDU)
    let message = [UInt8](repeating: 0x42, count: 300)
    var frames = OutgoingFrames()
    let header = FrameHeader(bytes: hasTPDU ? 0x60_0001_0002 : 0)
    let written = message.withUnsafeBytes {
      encoder.write($0, answering: header, into: &frames)
    }
    encoder.writeKeepAlive(into: &frames)
    let tpdu: [UInt8] = hasTPDU ? [0x60, 0x00, 0x02, 0x00, 0x01] : []
    #expect(written)
    #expect(
      Array(frames.whole().readableBytesView)
        == ReferenceFrames.frame(framing, message, tpdu: tpdu) + ReferenceFrames.prefix(framing, 0)
    )
  }

  @Test func `a message that the framing cannot state is not written at all`() {
    for (framing, limit) in [(Framing.nac2, 65_535), (.nac2incl, 65_533), (.bcd2, 9999)] {
      for hasTPDU in [false, true] {
        let encoder = FrameEncoder(framing: framing, hasTPDU: hasTPDU)
        let largest = limit - (hasTPDU ? 5 : 0)
        for (count, fits) in [(largest, true), (largest + 1, false), (0, false)] {
          var frames = OutgoingFrames()
          let written = [UInt8](repeating: 7, count: count).withUnsafeBytes {
            encoder.write($0, answering: .none, into: &frames)
          }
          #expect(written == fits)
          #expect((frames.byteCount > 0) == fits)
        }
      }
    }
  }

  @Test func `frames handed over stay as they were when the next ones are written`() {
    var frames = OutgoingFrames()
    var handedOver: [ByteBuffer] = []
    for round in UInt8(0)..<8 {
      for _ in 0..<100 * Int(round) {
        frames.append(3) { room in
          for index in 0..<3 { room[index] = round }
        }
      }
      handedOver.append(frames.whole())
      frames.clear(retaining: 1000)
      #expect(frames.byteCount == 0)
      #expect(frames.heldBytes <= 1024)
    }
    for (round, buffer) in handedOver.enumerated() {
      #expect(buffer.readableBytes == 300 * round)
      #expect(buffer.readableBytesView.allSatisfy { $0 == UInt8(round) })
    }
  }
}
