/// One call to the management side.
public struct ManagementRequest: Sendable {
  /// The HTTP method in capitals, for example `POST`.
  public var method: String
  /// The path with its query, beginning with `/`.
  public var path: String
  /// Header fields in the order in which they are sent; length, host and connection are added.
  public var headers: [(name: String, value: String)]
  /// The body; empty for none, and ignored by a streamed call.
  public var body: [UInt8]

  /// A call.
  public init(
    _ method: String,
    _ path: String,
    headers: [(name: String, value: String)] = [],
    body: [UInt8] = []
  ) {
    self.method = method
    self.path = path
    self.headers = headers
    self.body = body
  }

  /// Whether the call may be sent again when its connection broke before any byte of the answer
  /// came: reads may, and so may what the daemon recognizes by its idempotency key.
  var mayBeSentAgain: Bool {
    method == "GET" || method == "HEAD"
      || headers.contains { $0.name.lowercased() == "x-idempotency-key" }
  }

  /// Whether method, path and header fields can be written without breaking the message apart.
  var isWellFormed: Bool {
    let plain = { (text: String) in text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } }
    return !method.isEmpty && plain(method) && path.hasPrefix("/") && plain(path)
      && headers.allSatisfy { field in
        !field.name.isEmpty && plain(field.name)
          && field.value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
      }
  }
}
