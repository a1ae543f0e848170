import ArgumentParser
import JSON
import ManagementClient

/// Prints the daemon's metrics.
struct MetricsCommand: DaemonCommand {
  static let configuration = CommandConfiguration(
    commandName: "metrics",
    abstract: "Print the daemon's metrics in the Prometheus text format, or as JSON.",
    discussion: """
      EXAMPLES
        holdfast metrics
        holdfast --json metrics
      """
  )

  @OptionGroup var globals: GlobalOptions

  func perform(_ session: Session, _ output: Output) async throws(CommandFailure) {
    let answer = try await session.answer("/metrics")
    guard answer.isSuccess else {
      throw .refused(Problem(status: answer.status, body: answer.body))
    }
    guard output.isJSON else {
      Terminal.output(answer.text)
      return
    }
    let samples = PrometheusText.samples(answer.text).map(\.json)
    Terminal.output(JSONValue.object([.init("metrics", .array(samples))]).compact + "\n")
  }
}
