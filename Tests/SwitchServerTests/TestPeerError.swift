/// Why a test's peer has no link.
enum TestPeerError: Error {
  case cannotConnect(Int32)
}
