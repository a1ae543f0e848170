import Authorization
import Management

/// Two links, one of which a peer answers on.
struct TestLinks: NetworkLinks {
  private static let opened = Instant(microsecondsSinceEpoch: 1_795_343_415_123_000)

  private static func link(_ number: UInt64, _ state: NetworkLink.State) -> NetworkLink {
    NetworkLink(
      id: NetworkLinkID(number),
      listener: "127.0.0.1:8583",
      network: "visa",
      peer: "127.0.0.1:5\(number)",
      state: state,
      connected: opened,
      lastMessage: number == 1 ? opened : nil,
      received: 7,
      answered: 5,
      inFlight: 2,
      echoSent: number == 1 ? opened : nil,
      echoAnswered: nil,
      echoMissed: 1,
      businessDay: BusinessDay(of: opened)
    )
  }

  func list() -> [NetworkLink] {
    [
      Self.link(1, .up), Self.link(2, .down), Self.link(3, .signedOn), Self.link(4, .signedOff),
    ]
  }

  func send(_ message: NetworkLinkMessage, to link: NetworkLinkID) async -> NetworkLinkReply {
    switch (link.number, message) {
    case (1, .echo): .answered(.networkManagementAccepted, after: .microseconds(1234))
    case (1, .signOn): .answered(nil, after: .microseconds(1))
    case (1, .signOff): .unanswered(after: .seconds(5))
    case (2, _): .gone
    case (3, _): .busy
    default: .unknown
    }
  }
}
