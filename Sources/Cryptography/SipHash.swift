/// One computation of SipHash-2-4 over words, with 64 or 128 bits of result.
///
/// A plain value that allocates nothing. It is inlined into its callers: a call for each word would
/// cost as much as the word.
public struct SipHash: Sendable {
  @usableFromInline var v0: UInt64
  @usableFromInline var v1: UInt64
  @usableFromInline var v2: UInt64
  @usableFromInline var v3: UInt64
  /// The bytes so far; only the low eight bits count.
  @usableFromInline var count: UInt64 = 0

  /// Starts with no bytes; the width is that of the result to be taken.
  @inlinable
  init(_ key: SipHashKey, isWide: Bool) {
    v0 = key.word0 ^ 0x736F_6D65_7073_6575
    v1 = key.word1 ^ 0x646F_7261_6E64_6F6D ^ (isWide ? 0xEE : 0)
    v2 = key.word0 ^ 0x6C79_6765_6E65_7261
    v3 = key.word1 ^ 0x7465_6462_7974_6573
  }

  /// Adds eight bytes, the first one lowest.
  @inlinable
  @inline(__always)
  public mutating func add(_ word: UInt64) {
    v3 ^= word
    round()
    round()
    v0 ^= word
    count &+= 8
  }

  /// Adds bytes; only the last ones may be other than a multiple of eight.
  ///
  /// - Returns: the bytes behind the last whole word, for `tail`, and how many they are.
  @inlinable
  mutating func add(_ bytes: UnsafeRawBufferPointer) -> (tail: UInt64, count: Int) {
    var offset = 0
    while offset &+ 8 <= bytes.count {
      add(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
      offset &+= 8
    }
    var tail: UInt64 = 0
    for position in offset..<bytes.count {
      tail |= UInt64(bytes[position]) << UInt64(8 &* (position &- offset))
    }
    return (tail, bytes.count &- offset)
  }

  @inlinable
  @inline(__always)
  mutating func round() {
    v0 &+= v1
    v1 = v1 << 13 | v1 >> 51
    v1 ^= v0
    v0 = v0 << 32 | v0 >> 32
    v2 &+= v3
    v3 = v3 << 16 | v3 >> 48
    v3 ^= v2
    v0 &+= v3
    v3 = v3 << 21 | v3 >> 43
    v3 ^= v0
    v2 &+= v1
    v1 = v1 << 17 | v1 >> 47
    v1 ^= v2
    v2 = v2 << 32 | v2 >> 32
  }

  /// Adds the last word: up to seven bytes and the length.
  @inlinable
  @inline(__always)
  mutating func addLast(_ tail: UInt64, _ tailCount: Int) {
    add(tail | (count &+ UInt64(tailCount)) << 56)
  }

  @inlinable
  @inline(__always)
  mutating func finish64(tail: UInt64 = 0, tailCount: Int = 0) -> UInt64 {
    addLast(tail, tailCount)
    v2 ^= 0xFF
    for _ in 0..<4 { round() }
    return v0 ^ v1 ^ v2 ^ v3
  }

  @inlinable
  @inline(__always)
  mutating func finish128(
    tail: UInt64 = 0,
    tailCount: Int = 0
  ) -> (first: UInt64, second: UInt64) {
    addLast(tail, tailCount)
    v2 ^= 0xEE
    for _ in 0..<4 { round() }
    let first = v0 ^ v1 ^ v2 ^ v3
    v1 ^= 0xDD
    for _ in 0..<4 { round() }
    return (first, v0 ^ v1 ^ v2 ^ v3)
  }
}

extension SipHashKey {
  /// The 64-bit digest of the words that `fill` adds, eight bytes each, the first one lowest, and of
  /// the low seven bytes of `last`.
  @inlinable
  @inline(__always)
  public func digest64(last: UInt64, _ fill: (inout SipHash) -> Void) -> UInt64 {
    var hash = SipHash(self, isWide: false)
    fill(&hash)
    return hash.finish64(tail: last & ~0 >> 8, tailCount: 7)
  }

  /// The 128-bit digest of the words that `fill` adds, eight bytes each, the first one lowest, and of
  /// the low seven bytes of `last`.
  @inlinable
  @inline(__always)
  public func digest128(
    last: UInt64,
    _ fill: (inout SipHash) -> Void
  ) -> (first: UInt64, second: UInt64) {
    var hash = SipHash(self, isWide: true)
    fill(&hash)
    return hash.finish128(tail: last & ~0 >> 8, tailCount: 7)
  }

  /// The 64-bit digest of bytes.
  public func digest64(of bytes: UnsafeRawBufferPointer) -> UInt64 {
    var hash = SipHash(self, isWide: false)
    let (tail, count) = hash.add(bytes)
    return hash.finish64(tail: tail, tailCount: count)
  }

  /// The 128-bit digest of bytes.
  public func digest128(of bytes: UnsafeRawBufferPointer) -> (first: UInt64, second: UInt64) {
    var hash = SipHash(self, isWide: true)
    let (tail, count) = hash.add(bytes)
    return hash.finish128(tail: tail, tailCount: count)
  }
}
