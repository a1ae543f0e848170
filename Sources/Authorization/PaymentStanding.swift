/// What the ledger owes to a payment at one instant: its state, what is held for it and what is
/// booked.
///
/// The same sums stand on the user's balance and, in a deposit programme, on the deposit.
public struct PaymentStanding: Hashable, Sendable {
  /// Where the payment stands.
  public var state: AuthorizationState
  /// What is held, in the currency of the balance; never negative.
  public var held: Money
  /// What is booked: above zero the user paid, below zero the user was credited.
  public var booked: Money

  /// A standing from its parts.
  @inlinable
  public init(state: AuthorizationState, held: Money = .zero, booked: Money = .zero) {
    self.state = state
    self.held = held
    self.booked = booked
  }
}

/// Something that happens to a payment after its first message.
public enum PaymentEvent: Hashable, Sendable {
  /// An incremental authorization holds more.
  case raised(by: Money)
  /// A replacement authorization makes the hold this large.
  case replaced(with: Money)
  /// A clearing books an amount, negative for a credit, and takes as much from the hold; the last one
  /// releases what is then still held.
  case cleared(Money, releasesRest: Bool)
  /// The presentment of a payment that a single message has booked already: the booking becomes this.
  case presented(as: Money)
  /// What is held is given back.
  case reversed
  /// What is held and what is booked is given back.
  case voided
  /// An increment is given back: the hold shrinks by this, at most to nothing.
  case lowered(by: Money)
  /// A partial reversal leaves this of the hold.
  case reduced(to: Money)
  /// A booking of this amount is undone.
  case unbooked(Money)
  /// The hold ran out.
  case expired
  /// Somebody released the hold by hand.
  case released
}

extension PaymentStanding {
  /// The one state machine of payments: what an event makes of a standing.
  ///
  /// `Specs/Ledger.md` draws it. A clearing is possible in every state, since it reports what has
  /// happened; everything else needs something to act on.
  ///
  /// - Parameter event: what happens.
  /// - Returns: the standing behind it; `nil` when the event finds nothing to act on, and nothing
  ///   changes.
  public func after(_ event: PaymentEvent) -> PaymentStanding? {
    switch event {
    case .raised(let increase):
      guard isOpen else { return nil }
      return holding(held + increase)
    case .replaced(let total):
      guard isOpen else { return nil }
      return remaining(total)
    case .cleared(let amount, let releasesRest):
      var next = self
      next.booked += amount
      let left = amount > .zero ? max(held - amount, .zero) : held
      next.held = releasesRest ? .zero : left
      next.state = next.held > .zero ? .partiallyCleared : .cleared
      return next
    case .presented(let amount):
      guard state == .cleared else { return nil }
      return PaymentStanding(state: .cleared, held: held, booked: amount)
    case .reversed:
      guard isOpen else { return nil }
      return ending(as: .reversed)
    case .voided:
      guard isOpen || booked != .zero else { return nil }
      return PaymentStanding(state: .reversed)
    case .lowered(let decrease):
      guard isOpen, held > .zero else { return nil }
      return remaining(max(held - decrease, .zero))
    case .reduced(let rest):
      guard isOpen, rest >= .zero, rest <= held else { return nil }
      return remaining(rest)
    case .unbooked(let amount):
      guard booked != .zero else { return nil }
      var next = self
      next.booked = booked - amount
      if next.booked == .zero { next.state = held > .zero ? .authorized : .reversed }
      return next
    case .expired, .released:
      guard isOpen, held > .zero else { return nil }
      return ending(as: .expired)
    }
  }

  /// Whether the payment can still be raised, replaced, reversed or run out.
  public var isOpen: Bool { state == .authorized || state == .partiallyCleared }

  private func holding(_ money: Money) -> PaymentStanding {
    PaymentStanding(state: state, held: money, booked: booked)
  }

  /// A hold that shrinks to nothing ends the payment.
  private func remaining(_ money: Money) -> PaymentStanding {
    money == .zero ? ending(as: .reversed) : holding(money)
  }

  /// The hold is gone.
  ///
  /// What was cleared before stays cleared, whatever became of the rest.
  private func ending(as end: AuthorizationState) -> PaymentStanding {
    PaymentStanding(
      state: state == .partiallyCleared ? .cleared : end,
      held: .zero,
      booked: booked
    )
  }
}
