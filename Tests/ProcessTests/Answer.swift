import ISO8583

/// An answer with the elements by which a test knows it.
struct Answer: Sendable, Hashable {
  let bytes: [UInt8]
  let type: UInt16
  /// DE 11.
  let trace: UInt64
  /// DE 39.
  let action: UInt16

  init(_ bytes: [UInt8]) throws {
    self.bytes = bytes
    let layout = try MessageLayout(parsing: bytes.span.bytes)
    let view = MessageView(bytes.span.bytes, layout)
    guard let trace = view.unsigned(.stan), let action = view.unsigned(.actionCode) else {
      throw TestFailure("an answer without DE 11 or DE 39")
    }
    type = layout.type.code
    self.trace = trace
    self.action = UInt16(action)
  }

  /// Whether the money was held or moved.
  var isApproved: Bool { action < 1000 }
}
