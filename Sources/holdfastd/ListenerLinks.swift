import Authorization
import Ledger
import Management
import Switch
import SwitchServer

/// The links of all listeners, for management.
struct ListenerLinks: NetworkLinks {
  let listeners: [SwitchListener]
  let ledger: Ledger

  func list() -> [NetworkLink] {
    listeners.flatMap { listener in
      listener.links.map { link in
        NetworkLink(
          id: NetworkLinkID(link.id.number),
          listener: listener.address,
          network: link.listener,
          peer: link.peer,
          state: Self.state(link.state),
          connected: link.connected,
          lastMessage: link.lastMessage,
          received: link.received,
          answered: link.answered,
          inFlight: link.inFlight,
          echoSent: link.echoSent,
          echoAnswered: link.echoAnswered,
          echoMissed: link.echoMissed,
          businessDay: ledger.businessDay(of: link.listener)
        )
      }
    }.sorted { $0.id < $1.id }
  }

  func send(_ message: NetworkLinkMessage, to link: NetworkLinkID) async -> NetworkLinkReply {
    let command: LinkCommand =
      switch message {
      case .echo: .echo
      case .signOn: .signOn
      case .signOff: .signOff
      }
    for listener in listeners {
      switch await listener.request(command, on: LinkID(number: link.number)) {
      case .answered(let code, let time): return .answered(code, after: time)
      case .unanswered(let time): return .unanswered(after: time)
      case .gone: return .gone
      case .busy: return .busy
      case .unknown: continue
      }
    }
    return .unknown
  }

  private static func state(_ state: LinkState) -> NetworkLink.State {
    switch state {
    case .up: .up
    case .signedOn: .signedOn
    case .signedOff: .signedOff
    case .down: .down
    }
  }
}
