public import Authorization

/// A partner: the institution that runs card programmes (row S-001).
public struct PartnerRecord: Hashable, Sendable {
  /// The partner.
  public var id: PartnerID
  /// What people call it, 1 to 200 characters.
  public var name: String
  /// When it was created.
  public var created: Instant
}

extension PartnerRecord: VariableRecord {
  init(_ reader: inout RecordReader) throws(LedgerError) {
    id = PartnerID(try reader.integer())
    created = Instant(microsecondsSinceEpoch: try reader.integer())
    name = try reader.text()
  }

  func write(to writer: inout RecordWriter) {
    writer.integer(id.number)
    writer.integer(created.microsecondsSinceEpoch)
    writer.text(name)
  }
}
