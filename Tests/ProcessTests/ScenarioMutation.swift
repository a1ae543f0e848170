import Authorization
import Simulator

/// A scenario with its last expectation about money, a state or a code changed, so that it must fail.
enum ScenarioMutation {
  static func mutated(_ scenario: Scenario) -> Scenario? {
    var steps = scenario.steps
    for index in steps.indices.reversed() {
      guard let wrong = wrong(steps[index].action) else { continue }
      let step = steps[index]
      steps[index] = ScenarioStep(
        line: step.line,
        keyword: step.keyword,
        text: step.text,
        action: wrong
      )
      return Scenario(
        file: scenario.file,
        line: scenario.line,
        title: scenario.title,
        story: scenario.story,
        steps: steps
      )
    }
    return nil
  }

  /// Another expectation of the same kind; `nil` for steps of other kinds.
  private static func wrong(_ action: ScenarioAction) -> ScenarioAction? {
    switch action {
    case .expectPartnerBalance(let funding, let available, let held):
      .expectPartnerBalance(funding, available: more(available), held: held)
    case .expectBalance(let balance, let available, let held):
      .expectBalance(balance, available: more(available), held: held)
    case .expectPayment(let payment, let state):
      .expectPayment(payment, state: state == "REVERSED" ? "CLEARED" : "REVERSED")
    case .expectAnswer(let type, let code):
      .expectAnswer(type, code == ActionCode(9999) ? ActionCode(0) : ActionCode(9999))
    default: nil
    }
  }

  private static func more(_ sum: ScenarioAction.Sum) -> ScenarioAction.Sum {
    .init(money: sum.money + Money(1), currency: sum.currency)
  }
}
