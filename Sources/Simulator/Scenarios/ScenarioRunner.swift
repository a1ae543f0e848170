import Authorization

/// Plays scenarios against an issuer.
///
/// Every scenario makes its own partner, programme, users and cards, so scenarios do not disturb
/// one another and may run on one daemon again and again: names and BINs come from the run's seed.
public struct ScenarioRunner: Sendable {
  private let messages: any MessageTransport
  private let management: any ManagementTransport
  private let seed: UInt64
  private let clock: @Sendable () -> Instant
  private let observer: @Sendable (ScenarioEvent) -> Void

  /// A runner.
  ///
  /// - Parameters:
  ///   - messages: The way to the issuer's ISO 8583 side.
  ///   - management: The way to its management side.
  ///   - seed: Must differ between runs on one daemon; the same seed gives the same messages.
  ///   - clock: The terminals' clock.
  ///   - observer: Told what happens, as it happens.
  public init(
    messages: any MessageTransport,
    management: any ManagementTransport,
    seed: UInt64,
    clock: @escaping @Sendable () -> Instant,
    observer: @escaping @Sendable (ScenarioEvent) -> Void = { _ in }
  ) {
    self.messages = messages
    self.management = management
    self.seed = seed
    self.clock = clock
    self.observer = observer
  }

  /// Plays one scenario; `number` tells scenarios of one run apart.
  public func run(_ scenario: Scenario, number: Int) async -> ScenarioOutcome {
    let started = ContinuousClock.now
    var play = ScenarioPlay(
      messages: messages,
      management: management,
      seed: seed &+ UInt64(number) &* 0xD6E8_FEB8_6659_FD93,
      clock: clock,
      observer: observer
    )
    var failure: ScenarioOutcome.Failure?
    var skipped: String?
    for (index, step) in scenario.steps.enumerated() {
      observer(.step(step))
      let next = index + 1 < scenario.steps.count ? scenario.steps[index + 1] : nil
      do {
        try await play.perform(step.action, callMayFail: next?.action.looksAtCall ?? false)
      } catch {
        skipped = error.skips
        guard skipped == nil else { break }
        failure = ScenarioOutcome.Failure(
          step: step,
          expected: error.expected,
          found: error.found,
          request: play.request?.bytes,
          answer: play.answer?.bytes
        )
        break
      }
    }
    await play.restore()
    let elapsed = (ContinuousClock.now - started).components
    return ScenarioOutcome(
      scenario: scenario,
      failure: failure,
      skipped: skipped,
      microseconds: elapsed.seconds * 1_000_000 + elapsed.attoseconds / 1_000_000_000_000
    )
  }
}
