import Authorization
import Testing

/// The rules of `Specs/Ledger.md`, "The life of a payment": each state under each event.
struct PaymentStandingTests {
  /// A payment of 100 in each state that there is, with what it may hold and have booked then.
  static let standings: [(name: String, standing: PaymentStanding)] = [
    ("held", standing(.authorized, 100, 0)),
    // A credit, or a check of the card.
    ("accepted", standing(.authorized, 0, 0)),
    ("cleared in part", standing(.partiallyCleared, 70, 30)),
    ("cleared", standing(.cleared, 0, 100)),
    ("credited", standing(.cleared, 0, -100)),
    ("reversed", standing(.reversed, 0, 0)),
    ("expired", standing(.expired, 0, 0)),
    ("declined", standing(.declined, 0, 0)),
  ]

  private static func standing(
    _ state: AuthorizationState,
    _ held: Int64,
    _ booked: Int64
  ) -> PaymentStanding {
    PaymentStanding(state: state, held: Money(held), booked: Money(booked))
  }

  struct Row: Sendable, CustomTestStringConvertible {
    var event: PaymentEvent
    /// State, hold and booking behind the event by the standing's name; the event finds nothing to act
    /// on in those that are left out.
    var results: [String: (AuthorizationState, Int64, Int64)]
    var testDescription: String { "\(event)" }
  }

  static let rows: [Row] = [
    Row(
      event: .raised(by: Money(20)),
      results: [
        "held": (.authorized, 120, 0),
        "accepted": (.authorized, 20, 0),
        "cleared in part": (.partiallyCleared, 90, 30),
      ]
    ),
    Row(
      event: .replaced(with: Money(80)),
      results: [
        "held": (.authorized, 80, 0),
        "accepted": (.authorized, 80, 0),
        "cleared in part": (.partiallyCleared, 80, 30),
      ]
    ),
    Row(
      event: .replaced(with: .zero),
      results: [
        "held": (.reversed, 0, 0),
        "accepted": (.reversed, 0, 0),
        "cleared in part": (.cleared, 0, 30),
      ]
    ),
    // The only or the last clearing of less than was held.
    Row(
      event: .cleared(Money(40), releasesRest: true),
      results: [
        "held": (.cleared, 0, 40),
        "accepted": (.cleared, 0, 40),
        "cleared in part": (.cleared, 0, 70),
        "cleared": (.cleared, 0, 140),
        "credited": (.cleared, 0, -60),
        "reversed": (.cleared, 0, 40),
        "expired": (.cleared, 0, 40),
        "declined": (.cleared, 0, 40),
      ]
    ),
    // One of several.
    Row(
      event: .cleared(Money(40), releasesRest: false),
      results: [
        "held": (.partiallyCleared, 60, 40),
        "accepted": (.cleared, 0, 40),
        "cleared in part": (.partiallyCleared, 30, 70),
        "cleared": (.cleared, 0, 140),
        "credited": (.cleared, 0, -60),
        "reversed": (.cleared, 0, 40),
        "expired": (.cleared, 0, 40),
        "declined": (.cleared, 0, 40),
      ]
    ),
    // More than is held: what exceeds it comes out of the available funds.
    Row(
      event: .cleared(Money(150), releasesRest: false),
      results: [
        "held": (.cleared, 0, 150),
        "accepted": (.cleared, 0, 150),
        "cleared in part": (.cleared, 0, 180),
        "cleared": (.cleared, 0, 250),
        "credited": (.cleared, 0, 50),
        "reversed": (.cleared, 0, 150),
        "expired": (.cleared, 0, 150),
        "declined": (.cleared, 0, 150),
      ]
    ),
    Row(
      event: .cleared(Money(-40), releasesRest: true),
      results: [
        "held": (.cleared, 0, -40),
        "accepted": (.cleared, 0, -40),
        "cleared in part": (.cleared, 0, -10),
        "cleared": (.cleared, 0, 60),
        "credited": (.cleared, 0, -140),
        "reversed": (.cleared, 0, -40),
        "expired": (.cleared, 0, -40),
        "declined": (.cleared, 0, -40),
      ]
    ),
    Row(
      event: .presented(as: Money(110)),
      results: ["cleared": (.cleared, 0, 110), "credited": (.cleared, 0, 110)]
    ),
    Row(
      event: .reversed,
      results: [
        "held": (.reversed, 0, 0),
        "accepted": (.reversed, 0, 0),
        "cleared in part": (.cleared, 0, 30),
      ]
    ),
    Row(
      event: .voided,
      results: [
        "held": (.reversed, 0, 0),
        "accepted": (.reversed, 0, 0),
        "cleared in part": (.reversed, 0, 0),
        "cleared": (.reversed, 0, 0),
        "credited": (.reversed, 0, 0),
      ]
    ),
    Row(
      event: .lowered(by: Money(20)),
      results: [
        "held": (.authorized, 80, 0),
        "cleared in part": (.partiallyCleared, 50, 30),
      ]
    ),
    // More than is left: the payment ends with nothing held, not with less.
    Row(
      event: .lowered(by: Money(500)),
      results: [
        "held": (.reversed, 0, 0),
        "cleared in part": (.cleared, 0, 30),
      ]
    ),
    Row(
      event: .reduced(to: Money(60)),
      results: [
        "held": (.authorized, 60, 0),
        "cleared in part": (.partiallyCleared, 60, 30),
      ]
    ),
    Row(
      event: .reduced(to: .zero),
      results: [
        "held": (.reversed, 0, 0),
        "accepted": (.reversed, 0, 0),
        "cleared in part": (.cleared, 0, 30),
      ]
    ),
    // A partial reversal never makes a hold larger.
    Row(event: .reduced(to: Money(101)), results: [:]),
    Row(event: .reduced(to: Money(-1)), results: [:]),
    Row(
      event: .unbooked(Money(30)),
      results: [
        // What was cleared has been undone, and the rest of the hold is left.
        "cleared in part": (.authorized, 70, 0),
        "cleared": (.cleared, 0, 70),
      ]
    ),
    // No more than is booked can be undone.
    Row(event: .unbooked(Money(100)), results: ["cleared": (.reversed, 0, 0)]),
    Row(event: .unbooked(Money(101)), results: [:]),
    Row(event: .unbooked(.zero), results: [:]),
    Row(event: .unbooked(Money(-40)), results: ["credited": (.cleared, 0, -60)]),
    Row(event: .unbooked(Money(-100)), results: ["credited": (.reversed, 0, 0)]),
    Row(event: .unbooked(Money(-101)), results: [:]),
    Row(
      event: .expired,
      results: [
        "held": (.expired, 0, 0),
        "cleared in part": (.cleared, 0, 30),
      ]
    ),
    Row(
      event: .released,
      results: [
        "held": (.expired, 0, 0),
        "cleared in part": (.cleared, 0, 30),
      ]
    ),
  ]

  @Test(arguments: rows)
  func `each state under each event becomes what the table says`(row: Row) {
    for (name, standing) in Self.standings {
      let expected = row.results[name].map { Self.standing($0.0, $0.1, $0.2) }
      #expect(standing.after(row.event) == expected, "\(name)")
    }
    let names = Set(Self.standings.map(\.name))
    #expect(names.isSuperset(of: row.results.keys))
  }

  @Test func `no event leaves less than nothing held, or a hold on a payment that has ended`() {
    for (name, standing) in Self.standings {
      for row in Self.rows {
        guard let next = standing.after(row.event) else { continue }
        #expect(next.held >= .zero, "\(name) \(row.event)")
        #expect(next.isOpen || next.held == .zero, "\(name) \(row.event)")
      }
    }
  }

  @Test func `a payment that has ended is opened again by nothing`() {
    for (name, standing) in Self.standings where !standing.isOpen {
      for row in Self.rows {
        if let next = standing.after(row.event) { #expect(!next.isOpen, "\(name) \(row.event)") }
      }
    }
  }

  @Test func `what ends a payment is not done twice`() {
    let ends: [PaymentEvent] = [.reversed, .voided, .expired, .released]
    for (name, standing) in Self.standings {
      for end in ends {
        guard let ended = standing.after(end) else { continue }
        for again in ends where again != .voided || ended.booked == .zero {
          #expect(ended.after(again) == nil, "\(name) \(end) \(again)")
        }
      }
    }
  }
}
