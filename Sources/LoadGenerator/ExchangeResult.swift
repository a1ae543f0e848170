/// How one exchange ended.
enum ExchangeResult: Sendable {
  case answered([UInt8])
  case silence
  case failed(MessageLinkError)
}
