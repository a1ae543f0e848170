/// What the management side answered to one call.
public struct ManagementResponse: Sendable {
  /// The HTTP status, `100...599`.
  public let status: Int
  /// Header fields in the order in which they came.
  public let headers: [(name: String, value: String)]
  /// The body; empty when the lines of a streamed answer went to their receiver.
  public let body: [UInt8]

  /// An answer.
  public init(status: Int, headers: [(name: String, value: String)], body: [UInt8]) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// Whether the status is of the 2xx family.
  public var isSuccess: Bool { (200..<300).contains(status) }

  /// The body as UTF-8 text; bytes that are none are replaced.
  public var text: String { String(decoding: body, as: UTF8.self) }

  /// The first value of a header field, whatever the case of its name.
  public func header(_ name: String) -> String? {
    headers.first { $0.name.lowercased() == name.lowercased() }?.value
  }
}
