/// One data object of chip data, for dumps.
struct ChipObject {
  let tag: UInt32
  /// Tag and length.
  let head: Range<Int>
  let value: Range<Int>
  let depth: Int

  /// The objects in a range of a message, those inside others behind them, and what cannot be read.
  static func objects(
    _ bytes: [UInt8],
    in range: Range<Int>,
    depth: Int = 1
  ) -> (objects: [ChipObject], rest: Range<Int>?) {
    var objects: [ChipObject] = []
    var reader = TagReader(bytes.span.bytes.extracting(range))
    var start = range.lowerBound
    while let next = reader.next() {
      let value =
        range.lowerBound + next.value.lowerBound..<range.lowerBound + next.value.upperBound
      objects.append(
        ChipObject(tag: next.tag, head: start..<value.lowerBound, value: value, depth: depth)
      )
      start = value.upperBound
      // Templates inside templates are rare; a limit keeps hostile nesting from growing the stack.
      if ChipTag(next.tag).isConstructed, depth < 4 {
        let inner = Self.objects(bytes, in: value, depth: depth + 1)
        if inner.rest == nil { objects += inner.objects }
      }
    }
    let rest = range.lowerBound + reader.offset
    return (objects, reader.isMalformed ? rest..<range.upperBound : nil)
  }

  /// Whether objects inside this one are listed behind it.
  func isParent(of next: ChipObject?) -> Bool { next.map { $0.depth > depth } ?? false }
}
