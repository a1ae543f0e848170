/// Some of the elements, as the bitmaps of a message have them.
public struct ElementSet: Hashable, Sendable, BitwiseCopyable {
  /// Elements 1 to 64, 1 in the top bit; 1 is no element and is never set.
  public let primary: UInt64
  /// Elements 65 to 128, 65 in the top bit.
  public let secondary: UInt64

  /// No element.
  @inlinable @inline(__always)
  public init() { self.init(primary: 0, secondary: 0) }

  /// One element.
  @inlinable @inline(__always)
  public init(_ element: Element) {
    let bit: UInt64 = 1 &<< (63 &- UInt64(element.number &- 1) & 63)
    self.init(
      primary: element.number <= 64 ? bit : 0,
      secondary: element.number <= 64 ? 0 : bit
    )
  }

  @inlinable @inline(__always)
  init(primary: UInt64, secondary: UInt64) {
    self.primary = primary
    self.secondary = secondary
  }

  /// All elements of two sets.
  ///
  /// Sets that are written as unions of elements are constants for the compiler, unlike lists.
  @inlinable @inline(__always)
  public static func | (left: ElementSet, right: ElementSet) -> ElementSet {
    ElementSet(
      primary: left.primary | right.primary,
      secondary: left.secondary | right.secondary
    )
  }

  /// The elements of two sets that both have.
  @inlinable @inline(__always)
  public static func & (left: ElementSet, right: ElementSet) -> ElementSet {
    ElementSet(
      primary: left.primary & right.primary,
      secondary: left.secondary & right.secondary
    )
  }

  /// Whether it has all elements of another set.
  @inlinable @inline(__always)
  public func contains(_ other: ElementSet) -> Bool {
    (other.primary & ~primary) | (other.secondary & ~secondary) == 0
  }

  /// Whether it has the element.
  @inlinable @inline(__always)
  public func contains(_ element: Element) -> Bool {
    let bit = UInt64(element.number &- 1)
    return (bit < 64 ? primary : secondary) &>> (63 &- bit & 63) & 1 == 1
  }
}

extension ElementSet: ExpressibleByArrayLiteral {
  /// The set of the elements listed.
  public init(arrayLiteral elements: Element...) {
    self = elements.reduce(ElementSet()) { $0 | ElementSet($1) }
  }
}
