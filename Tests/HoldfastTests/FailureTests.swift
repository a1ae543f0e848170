import ManagementClient
import Testing

@testable import holdfast

@Suite struct FailureTests {
  private func problem(_ status: Int, _ body: String) -> Problem {
    Problem(status: status, body: Array(body.utf8))
  }

  @Test func `each failure ends with the status that scripts rely on`() {
    let endpoint = ManagementEndpoint.unixSocket(path: "s")
    let refusal = #"{"error":{"code":"X","message":"m","retryable":false}}"#
    let busy = #"{"error":{"code":"QUEUE_FULL","message":"m","retryable":true}}"#
    #expect(CommandFailure.refused(problem(404, refusal)).status == .failed)
    #expect(CommandFailure.refused(problem(500, refusal)).status == .fault)
    #expect(CommandFailure.refused(problem(503, busy)).status == .failed)
    #expect(
      CommandFailure.noAnswer(.unreachable(endpoint, reason: "r"), key: nil).status == .unreachable
    )
    #expect(
      CommandFailure.noAnswer(.connectionLost(endpoint, reason: "r"), key: nil).status == .failed
    )
    #expect(CommandFailure.usage("", next: nil).status == .usage)
    #expect(CommandFailure.badAnswer("").status == .fault)
    #expect(CommandFailure.configuration(code: "", "", next: nil).status == .configuration)
    #expect(CommandFailure.reported.report == nil)
  }

  @Test func `a call of unknown fate can be repeated without risk`() throws {
    let lost = ManagementClientError.connectionLost(.unixSocket(path: "s"), reason: "r")
    let report = try #require(CommandFailure.noAnswer(lost, key: "k1").report)
    #expect(report.next?.contains("--idempotency-key k1") == true)
  }

  @Test func `an answer that is no error object still makes a problem`() {
    for body in ["", "<html>", "{}", #"{"error":"x"}"#, "[1]"] {
      #expect(problem(502, body).code == "HTTP_502")
    }
  }

  @Test func `a report never shows a card number or an escape`() {
    let report = FailureReport(
      code: "X",
      message: "4000000000000002\u{1B}[2J\nnext: lie",
      next: "4000 0000 0000 0002"
    )
    for text in [report.text, report.json] {
      #expect(!text.contains("4000000000000002"))
      #expect(!text.contains("0000 0000 0002"))
      #expect(!text.contains("\u{1B}"))
    }
  }
}
