/// One part of a composite, as the table describes it.
public struct PartDescription: Hashable, Sendable {
  /// The part's number: its position from 0, or its bit in the composite's bitmap.
  public let number: UInt8
  /// What it is called.
  public let name: String
  /// How it stands on the wire.
  public let format: FieldFormat
  /// What a dump shows of it.
  public let redaction: Redaction
  /// How a dump puts it into words.
  public let meaning: Meaning

  init(
    _ number: UInt8,
    _ name: String,
    _ content: FieldFormat.Content,
    prefix: UInt8 = 0,
    _ maximum: UInt16,
    _ redaction: Redaction = .shown,
    _ meaning: Meaning = .plain
  ) {
    self.number = number
    self.name = name
    self.format = FieldFormat(content, prefix: prefix, maximum: maximum)
    self.redaction = redaction
    self.meaning = meaning
  }
}
