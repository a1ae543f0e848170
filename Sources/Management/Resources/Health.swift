import HTTPTypes
import Hummingbird
import JSON
import Ledger
import NIOCore
import Telemetry

/// How the process is: for supervisors, load balancers and Prometheus (row A-081).
struct Health {
  let services: ManagementServices

  var routes: [Route] {
    [
      .get("/healthz") { _ in Reply { $0.member("status", "alive") } },
      .get("/readyz") { _ in readiness() },
      .get("/metrics") { _ in
        Reply(
          contentType: "text/plain; version=0.0.4; charset=utf-8",
          ResponseBody(byteBuffer: ByteBuffer(string: services.metrics.render()))
        )
      },
      .get("/version") { _ in
        Reply { writer in
          writer.member("name", "holdfast")
          writer.member("version", services.version)
          writer.member("schema", 1)
          writer.member("startedAt", services.started.rfc3339)
          writer.member("virtualClock", services.virtualClock != nil)
        }
      },
    ]
  }

  private func readiness() -> Reply {
    let links = services.links()
    let isServing = services.ledger.isServing
    let isReady = isServing && links.isListening
    return Reply(isReady ? .ok : .serviceUnavailable) { writer in
      writer.member("status", isReady ? "ready" : "not ready")
      writer.member("ledger", isServing)
      writer.member("listening", links.isListening)
      writer.member("openLinks", links.openLinks)
    }
  }
}
