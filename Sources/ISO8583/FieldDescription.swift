/// One element, as the table describes it.
public struct FieldDescription: Hashable, Sendable {
  /// The element's number, `2...128`.
  public let number: UInt8
  /// What it is called.
  public let name: String
  /// How it stands on the wire.
  public let format: FieldFormat
  /// What a dump shows of it.
  public let redaction: Redaction
  /// How a dump puts it into words.
  public let meaning: Meaning
  /// The parts of a composite, in ascending order; empty for all others and for a composite whose
  /// parts are left to the parties.
  public let parts: [PartDescription]
  /// How a composite says which parts are there.
  public let structure: Structure

  /// How a composite says which parts are there.
  public enum Structure: UInt8, Hashable, Sendable {
    /// Not a composite.
    case single
    /// All parts, back to back.
    case sequence
    /// A bitmap of eight bytes, whose first bit is part 1, then the announced parts.
    case bitmap
    /// A bitmap of eight bytes, or sixteen when its first bit is set, then what the parties agreed.
    case opaqueBitmap
  }

  init(
    _ number: UInt8,
    _ name: String,
    _ content: FieldFormat.Content,
    prefix: UInt8 = 0,
    _ maximum: UInt16,
    _ redaction: Redaction = .shown,
    _ meaning: Meaning = .plain,
    structure: Structure = .single,
    parts: [PartDescription] = []
  ) {
    self.number = number
    self.name = name
    self.format = FieldFormat(content, prefix: prefix, maximum: maximum)
    self.redaction = redaction
    self.meaning = meaning
    self.structure = structure
    self.parts = parts
  }
}
