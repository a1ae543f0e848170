/// Asks whether the peer is there.
enum EchoMessage: LinkMessage {
  static let name = "echo"
  static let purpose = "Send an echo test (831) to the peer and wait for its answer."
}
