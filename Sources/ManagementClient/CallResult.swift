/// How one call over one connection ended.
enum CallResult: Sendable {
  /// The answer, and whether the connection may carry another call.
  case answered(ManagementResponse, reusable: Bool)
  /// No answer; `untouched` when not one byte of it had come.
  case failed(ManagementClientError, untouched: Bool)
}
