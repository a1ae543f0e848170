/// Says that no requests are taken.
enum SignOffMessage: LinkMessage {
  static let name = "sign-off"
  static let purpose = "Tell the peer that no requests are taken (802); they are answered 9110."
}
