/// A walk over the data objects of BER-TLV (EMV Book 3, annex B), without allocating.
///
/// It never leaves the bytes it was given: an object that claims more ends the walk.
public struct TagReader: ~Escapable {
  private let bytes: RawSpan
  /// Where the next object begins; after the walk, the first byte that is not part of one.
  public private(set) var offset = 0
  /// Whether the walk ended at something that is not a whole object.
  public private(set) var isMalformed = false

  /// A walk from the first object on.
  @_lifetime(copy bytes)
  public init(_ bytes: RawSpan) { self.bytes = bytes }

  /// The next object: its tag, up to three bytes as they stand, and where its value is.
  ///
  /// Filler bytes 00 between objects are passed over. `nil` at the end, or when what follows is not
  /// an object of definite length; `isMalformed` tells which.
  public mutating func next() -> (tag: UInt32, value: Range<Int>)? {
    let end = bytes.byteCount
    var cursor = offset
    while cursor < end, WireReader.byte(bytes, cursor) == 0 { cursor &+= 1 }
    guard cursor < end else {
      offset = end
      return nil
    }
    offset = cursor
    isMalformed = true
    var tag = UInt32(WireReader.byte(bytes, cursor))
    cursor &+= 1
    if tag & 0x1F == 0x1F {
      var size = 1
      while true {
        guard cursor < end, size < 3 else { return nil }
        let next = WireReader.byte(bytes, cursor)
        tag = tag << 8 | UInt32(next)
        cursor &+= 1
        size &+= 1
        if next & 0x80 == 0 { break }
      }
    }
    guard cursor < end else { return nil }
    var length = Int(WireReader.byte(bytes, cursor))
    cursor &+= 1
    if length >= 0x80 {
      let size = length & 0x7F
      guard size == 1 || size == 2, cursor &+ size <= end else { return nil }
      length = 0
      for _ in 0..<size {
        length = length << 8 | Int(WireReader.byte(bytes, cursor))
        cursor &+= 1
      }
    }
    guard length <= end &- cursor else { return nil }
    isMalformed = false
    offset = cursor &+ length
    return (tag, cursor..<offset)
  }
}
