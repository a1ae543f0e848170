/// Some of the elements, as the bitmaps of a message have them.
public struct ElementSet: Hashable, Sendable {
  /// Elements 1 to 64, 1 in the top bit; 1 is no element and is never set.
  public private(set) var primary: UInt64 = 0
  /// Elements 65 to 128, 65 in the top bit.
  public private(set) var secondary: UInt64 = 0

  /// No element.
  public init() {}

  /// Adds the elements of another set.
  public mutating func formUnion(_ other: ElementSet) {
    primary |= other.primary
    secondary |= other.secondary
  }

  /// Adds an element.
  public mutating func insert(_ element: Element) {
    if element.number <= 64 {
      primary |= 1 << UInt64(64 - element.number)
    } else {
      secondary |= 1 << UInt64(128 - element.number)
    }
  }
}

extension ElementSet: ExpressibleByArrayLiteral {
  /// The set of the elements listed.
  public init(arrayLiteral elements: Element...) {
    for element in elements { insert(element) }
  }
}
