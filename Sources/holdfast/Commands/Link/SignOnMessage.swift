/// Says that requests are taken.
enum SignOnMessage: LinkMessage {
  static let name = "sign-on"
  static let purpose = "Tell the peer that requests are taken again (801)."
}
