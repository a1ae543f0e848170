public import Authorization
public import Ledger
public import Telemetry

/// What decides requests and makes the decisions durable: the ledger, or a stand-in that a
/// measurement without a disk puts in its place.
public protocol Authorizer: AnyObject, Sendable {
  /// Registers where outcomes of submitted requests go.
  func register(_ inbox: any OutcomeInbox) -> InboxID

  /// Takes a request; its outcome goes to the inbox under the ticket.
  ///
  /// - Parameters:
  ///   - request: memory that holds what the network asks: moved out, whatever the result, so that the
  ///     memory is left without a value.
  ///   - inbox: where the outcome goes.
  ///   - ticket: the caller's name for the request.
  ///   - deadline: a request that is still waiting then is not decided.
  /// - Returns: `false` when too much waits already; nothing was and nothing will be done.
  func submit(
    moving request: UnsafeMutablePointer<AuthorizationRequest>,
    to inbox: InboxID,
    ticket: UInt64,
    deadline: MonotonicTime
  ) -> Bool

  /// Registers a network; the same name has the same number.
  func register(network name: String) -> NetworkID

  /// Takes a cut-over, behind every request taken before; its outcome goes to the inbox under the
  /// ticket: 8000, or 9100 for a day that cannot be.
  /// - Returns: `false` when too much waits already; nothing was and nothing will be done.
  func submit(
    _ cutOver: CutOver,
    of network: NetworkID,
    to inbox: InboxID,
    ticket: UInt64
  ) -> Bool
}

extension Ledger: Authorizer {}
