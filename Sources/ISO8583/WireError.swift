/// Why bytes are not a message of the dialect, or values cannot be written as one.
///
/// It says where and why and never carries data: it can be logged as it is.
public struct WireError: Error, Hashable, Sendable {
  /// What is wrong.
  public enum Reason: UInt8, Hashable, Sendable, CaseIterable {
    /// The message, or the composite that holds the part, ends too early.
    case truncated
    /// A digit is not one of 0 to 9.
    case invalidDigit
    /// A length is not written in decimal digits.
    case invalidLength
    /// A length is above the maximum of the element or part.
    case lengthOverMaximum
    /// The half-byte after an odd number of digits is neither 0 nor F.
    case invalidFiller
    /// The bitmap announces an element that the dialect does not define.
    case undefinedElement
    /// The bitmap of a composite announces a part that the dialect does not define.
    case undefinedPart
    /// Bytes are left after the last element, or after the last part of a composite.
    case trailingBytes
    /// Writing only: a value has another length than the fixed one of the element or part.
    case wrongLength
    /// Writing only: a value is of another kind than the element or part, or a part is missing.
    case wrongKind
    /// Writing only: a character outside ISO 8859-1.
    case invalidCharacter
  }

  /// The number of the element at fault; 0 for the message type, 1 for the bitmaps.
  public let element: UInt8
  /// The number of the part inside a composite, if a part is at fault.
  public let part: UInt8?
  /// What is wrong.
  public let reason: Reason
  /// Where, in bytes from the start of the message.
  public let offset: Int

  /// An error from its parts.
  @inlinable
  public init(element: UInt8, part: UInt8? = nil, reason: Reason, offset: Int) {
    self.element = element
    self.part = part
    self.reason = reason
    self.offset = offset
  }
}

extension WireError: CustomStringConvertible {
  /// A sentence for a log or a person, without any data of the message.
  public var description: String {
    let place =
      switch (element, part) {
      case (0, _): "the message type"
      case (1, _): "the bitmap"
      case (let element, let part?): "part \(part) of DE \(element)"
      case (let element, nil): "DE \(element)"
      }
    let fault =
      switch reason {
      case .truncated: "\(place) is cut off: the bytes end before it is complete"
      case .invalidDigit: "\(place) holds a digit that is not 0 to 9"
      case .invalidLength: "the length of \(place) is not written in decimal (BCD) digits"
      case .lengthOverMaximum: "the length of \(place) is above its maximum"
      case .invalidFiller: "the filler after the last digit of \(place) is neither 0 nor F"
      case .undefinedElement: "\(place) is announced but not defined in this dialect"
      case .undefinedPart: "\(place) is announced but not defined in this dialect"
      case .trailingBytes: "bytes are left over after \(place)"
      case .wrongLength: "the value of \(place) does not have the fixed length"
      case .wrongKind: "the value of \(place) is of the wrong kind or incomplete"
      case .invalidCharacter: "\(place) holds a character outside ISO 8859-1"
      }
    return "\(fault) (at byte \(offset))"
  }
}
