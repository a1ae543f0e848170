import NIOCore
import Switch

/// Cuts a link's bytes into frames, however the network has split or merged them.
///
/// The order of calls is: `receive` once, `next` until it says `.incomplete` or the link may take no
/// more, `release`.  Between `receive` and `release` the frames are read where the network put
/// them; only what is left over at `release` is copied, and what completes it, so whole frames are
/// never copied and a link at rest holds no more than the part of a frame that has arrived.
struct FrameDecoder {
  private let framing: Framing
  private let headerBytes: Int
  private let maximumFrameBytes: Int

  /// The bytes being decoded: either a chunk of the network's or `own`'s storage.
  private var source = ByteBuffer()
  /// The storage of `source`, which keeps it, looked up once and not for each frame: everything that
  /// changes `source` begins with `settle` and ends with `look`.
  private var bytes = UnsafeRawBufferPointer(start: nil, count: 0)
  /// Where the next frame begins in `bytes`.
  private var position = 0
  /// Where what has arrived ends in `bytes`.
  private var end = 0
  private var own = ByteBuffer()
  private var sourceIsChunk = false
  /// The rest of the network's chunk, while the frame that it completes is in `source`.
  private var rest = ByteBuffer()

  /// Storage above this is given back once it is empty, so that one burst does not hold memory for
  /// the rest of a link's life.
  private static let retainedBytes = 64 * 1024

  /// A decoder; `maximumFrameBytes` limits header and message together.
  init(framing: Framing, hasTPDU: Bool, maximumFrameBytes: Int) {
    self.framing = framing
    headerBytes = hasTPDU ? TPDU.byteCount : 0
    self.maximumFrameBytes = maximumFrameBytes
  }

  /// The number of bytes that were received and not yet cut off as a frame.
  var bufferedBytes: Int { end - position + rest.readableBytes }

  /// The memory held for bytes of this link.
  var heldBytes: Int { source.capacity + own.capacity + rest.capacity }

  /// Adds bytes as they came from the network.
  mutating func receive(_ chunk: ByteBuffer) {
    settle()
    defer { look() }
    if source.readableBytes == 0, !sourceIsChunk {
      swap(&source, &own)
      source = chunk
      sourceIsChunk = true
    } else {
      if sourceIsChunk { keepRest() }
      rest = chunk
      completeFrame()
    }
  }

  /// Takes from the rest of the chunk what the frame in `source` lacks and no more: all behind it is
  /// read in place.
  private mutating func completeFrame() {
    while rest.readableBytes > 0 {
      let lacking = lackingBytes
      guard lacking > 0, var part = rest.readSlice(length: min(lacking, rest.readableBytes)) else {
        return
      }
      source.writeBuffer(&part)
    }
    rest = ByteBuffer()
  }

  /// How many bytes the prefix in `source` lacks, or else the frame; 0 when it is whole, or when its
  /// prefix is refused and nothing behind it is looked at.
  private var lackingBytes: Int {
    let prefixBytes = framing.prefixBytes
    guard source.readableBytes >= prefixBytes else { return prefixBytes - source.readableBytes }
    let stated = source.withUnsafeReadableBytes {
      framing.frameBytes(prefix: UnsafeRawBufferPointer(rebasing: $0[..<prefixBytes]))
    }
    guard let stated, stated <= maximumFrameBytes else { return 0 }
    return max(0, prefixBytes + stated - source.readableBytes)
  }

  /// Cuts off the next frame or keep-alive.
  ///
  /// The length is checked before a single byte of the frame is waited for.
  mutating func next() throws(FramingFault) -> FrameEvent {
    if position == end, rest.readableBytes > 0 { readRest() }
    let prefixBytes = framing.prefixBytes
    let arrived = end &- position &- prefixBytes
    guard arrived >= 0 else { return .incomplete }
    let stated = framing.frameBytes(
      prefix: UnsafeRawBufferPointer(rebasing: bytes[position..<position &+ prefixBytes])
    )
    guard let frameBytes = stated else { throw .notALength(prefix: prefix) }
    if frameBytes == 0 {
      position &+= prefixBytes
      return .keepAlive
    }
    guard frameBytes <= maximumFrameBytes else {
      throw .tooLong(frameBytes: frameBytes, prefix: prefix)
    }
    guard frameBytes > headerBytes else { throw .tooShort(frameBytes: frameBytes) }
    guard arrived >= frameBytes else { return .incomplete }
    let start = position &+ prefixBytes
    let header =
      headerBytes == 0
      ? FrameHeader.none
      : TPDU.header(UnsafeRawBufferPointer(rebasing: bytes[start..<start &+ headerBytes]))
    position = start &+ frameBytes
    return .frame(header, start &+ headerBytes..<position)
  }

  /// Goes on in the network's chunk, once the frame that began before it is taken.
  private mutating func readRest() {
    settle()
    defer { look() }
    swap(&source, &own)
    source = rest
    rest = ByteBuffer()
    sourceIsChunk = true
  }

  /// The bytes of a message that `next` named: in place, and good until the next call that changes the
  /// decoder.
  @inline(__always)
  func message(at place: Range<Int>) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: bytes[place])
  }

  /// Gives the network's chunk back and keeps what is left of it.
  mutating func release() {
    settle()
    keepRest()
    look()
  }

  private mutating func keepRest() {
    if rest.readableBytes > 0 {
      // The link may take no more for now: what it did not get to is kept.
      source.writeImmutableBuffer(rest)
      rest = ByteBuffer()
    }
    if sourceIsChunk {
      own.clear()
      if source.readableBytes > 0 { own.writeImmutableBuffer(source) }
      source = ByteBuffer()
      swap(&source, &own)
      sourceIsChunk = false
    } else if source.readableBytes == 0 {
      source.clear()
    } else {
      source.discardReadBytes()
    }
    if source.readableBytes == 0, source.capacity > Self.retainedBytes {
      source = ByteBuffer()
    }
  }

  /// Forgets everything received: the link takes no more frames.
  mutating func discard() {
    source = ByteBuffer()
    own = ByteBuffer()
    rest = ByteBuffer()
    sourceIsChunk = false
    look()
  }

  /// Brings `source` up to what was taken.
  private mutating func settle() { source.moveReaderIndex(to: position) }

  /// Finds the bytes of `source` anew.
  private mutating func look() {
    // The pointer outlives the closure: it is that of the storage, which `source` keeps and which
    // nothing writes to between here and `settle`.
    bytes = source.withVeryUnsafeBytes { $0 }
    position = source.readerIndex
    end = source.writerIndex
  }

  /// The prefix that the bytes not yet cut off begin with, as far as it has arrived.
  var prefix: [UInt8] {
    Array(bytes[position..<end].prefix(framing.prefixBytes))
  }
}
