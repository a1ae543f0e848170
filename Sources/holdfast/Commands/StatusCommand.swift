import ArgumentParser
import JSON
import ManagementClient

/// Shows how the daemon is.
struct StatusCommand: DaemonCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show how the daemon is: version, health, positions, counts.",
    discussion: """
      Status 0 when the daemon serves, 1 when it runs and does not serve, 69 when it cannot be
      reached.

      EXAMPLES
        holdfast status
        holdfast --json status
      """
  )

  @OptionGroup var globals: GlobalOptions

  func perform(_ session: Session, _ output: Output) async throws(CommandFailure) {
    let version = try await session.get("/version")
    let isHealthy = try await session.answer("/healthz").isSuccess
    let readiness = try await session.answer("/readyz")
    let metrics = try await session.answer("/metrics")
    // A daemon whose ledger has stopped still tells the rest.
    let summary = try await session.answer("/admin/summary")
    let position = try? JSONValue(parsing: summary.body)["asOfSequence"]?.integer
    let status = DaemonStatus(
      version: version,
      isHealthy: isHealthy,
      isReady: readiness.isSuccess,
      readiness: try? JSONValue(parsing: readiness.body),
      samples: metrics.isSuccess ? PrometheusText.samples(metrics.text) : [],
      position: summary.isSuccess ? position : nil
    )
    output.show(status.json) { _ in status.text }
    if !isHealthy || !readiness.isSuccess { throw .reported }
  }
}
