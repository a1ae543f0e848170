import Authorization
import ISO8583
import Simulator

/// The requests of a run, one of each kind for every length of card number.
struct LoadTemplates: Sendable {
  /// By number of digits; `nil` where no card has that many.
  private(set) var affordable = [RequestTemplate?](repeating: nil, count: 20)
  /// The same with an amount that no balance has.
  private(set) var unaffordable = [RequestTemplate?](repeating: nil, count: 20)
  /// The longest request, in bytes.
  private(set) var largest = 0

  /// Composes the templates a set of cards needs.
  init(plan: LoadPlan, cards: LoadCards) throws(LoadError) {
    guard
      let unpayable = Amount(
        minorUnits: Amount.largestMinorUnits,
        currency: plan.amount.currency
      )
    else { preconditionFailure("the largest amount is an amount") }
    for digits in cards.lengths() {
      affordable[digits] = try LoadTemplates.template(plan, digits: digits, amount: plan.amount)
      unaffordable[digits] = try LoadTemplates.template(plan, digits: digits, amount: unpayable)
      for template in [affordable[digits], unaffordable[digits]] {
        largest = max(largest, template?.bytes.count ?? 0)
      }
    }
  }

  /// The trace number of the first request: runs with different seeds do not share any by accident.
  static func firstTrace(_ plan: LoadPlan) -> UInt64 {
    var generator = SeededGenerator(seed: plan.seed)
    return UInt64.random(in: 1...400_000_000_000, using: &generator)
  }

  private static func template(
    _ plan: LoadPlan,
    digits: Int,
    amount: Amount
  ) throws(LoadError) -> RequestTemplate {
    var composer = RequestComposer(firstTrace: 1) { Instant(microsecondsSinceEpoch: 0) }
    // The zeros are overwritten with a card's digits before anything is sent.
    guard let pan = PAN(digits: Array(repeating: 0, count: digits)),
      let card = SimulatedCard(pan: pan, expiry: "0001"),
      let message = try? composer.request(
        card: card,
        amount: amount,
        at: .shop,
        by: plan.entry
      ).packed(),
      let template = RequestTemplate(message, framing: plan.framing)
    else { throw .badPlan("no request can be written for numbers of \(digits) digits") }
    return template
  }
}
