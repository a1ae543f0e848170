import LoadGenerator
import Synchronization

/// What the connections of an `EchoIssuer` share.
final class IssuerState: Sendable {
  let framing: LinkFraming
  let behaviour: Mutex<EchoIssuer.Behaviour>
  let requests = Atomic<UInt64>(0)

  init(framing: LinkFraming, behaviour: EchoIssuer.Behaviour) {
    self.framing = framing
    self.behaviour = Mutex(behaviour)
  }
}
