public import Authorization

/// Which events a reader is shown.
public struct EventFilter: Hashable, Sendable {
  /// Only those about a partner's objects; `nil` shows all.
  public var partner: PartnerID?
  /// Only those of a type; `nil` shows all.
  public var type: EventType?

  /// A filter from its parts.
  public init(partner: PartnerID? = nil, type: EventType? = nil) {
    self.partner = partner
    self.type = type
  }
}
