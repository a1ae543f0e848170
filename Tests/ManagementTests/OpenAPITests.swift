import Authorization
import CardCrypto
import Foundation
import Ledger
import Logging
import Telemetry
import Testing

@testable import Management

@Suite(.timeLimit(.minutes(1)))
struct OpenAPITests {
  private static let document = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Specs/openapi/management.yaml")

  @Test func `the routes are those of the document`() async throws {
    let text = try String(contentsOf: Self.document, encoding: .utf8)
    var documented: Set<String> = []
    var path = ""
    for line in text.split(separator: "\n") {
      if line == "components:" { break }
      if line.hasPrefix("  /"), line.hasSuffix(":") {
        path = line.dropFirst(2).dropLast().description
      } else if ["    get:", "    post:", "    put:", "    delete:"].contains(line) {
        documented.insert("\(line.dropFirst(4).dropLast().uppercased()) \(path)")
      }
    }
    let document = documented
    try await TestDaemon.run { daemon in
      let services = ManagementServices(
        ledger: daemon.ledger,
        vault: try PANVault(key: .random()),
        metrics: MetricsRegistry(),
        logger: Logger(label: "test"),
        version: "1",
        started: Instant(microsecondsSinceEpoch: 0),
        limits: ManagementLimits(),
        links: { LinkReadiness(isListening: true, openLinks: 0) }
      )
      let routes = Set(ManagementServer.routes(services).routes.map(\.name))
      #expect(routes.subtracting(document).isEmpty, "not documented")
      #expect(document.subtracting(routes).isEmpty, "documented and not there")
      #expect(routes.count > 40)
    }
  }

  @Test func `answers have the members of the document`() async throws {
    let text = try String(contentsOf: Self.document, encoding: .utf8)
    /// The required members of a schema; the document writes them on one line.
    func members(_ schema: String) throws -> Set<String> {
      let start = try #require(text.range(of: "\n    \(schema):\n"))
      let rest = text[start.upperBound...]
      let list = try #require(rest.firstMatch(of: #/required: \[([^\]]*)\]/#))
      return Set(list.1.split(separator: ", ").map(String.init))
    }
    let expected = try [
      "Partner", "Program", "PartnerBalance", "Customer", "KYC", "BalanceWithCards", "Card",
      "Event", "Version", "Readiness", "Summary", "Proof", "LinkReply", "Link", "Clock",
      "MerchantGroup",
    ].reduce(into: [:]) { $0[$1] = try members($1) }
    try await TestDaemon.run { daemon in
      let world = try await World(daemon)
      for (schema, path) in [
        ("Partner", "/admin/partners/\(world.partner)"),
        ("Program", "/admin/programs/\(world.program)"),
        ("PartnerBalance", "/admin/partners/\(world.partner)/deposit-balance"),
        ("Customer", world.customerPath), ("KYC", world.customerPath + "/kyc"),
        ("BalanceWithCards", world.balancePath), ("Card", world.cardPath), ("Version", "/version"),
        ("Clock", "/admin/clock"), ("MerchantGroup", "/admin/mcc-groups/fuel"),
        ("Readiness", "/readyz"), ("Summary", "/admin/summary"), ("Proof", "/admin/proof"),
      ] {
        let answer = try await daemon.get(path)
        #expect(try answer.json.names == expected[schema], "\(schema)")
      }
      let links = try await daemon.get("/admin/links").json["data"]
      #expect(links[0].names == expected["Link"])
      let reply = try await daemon.post("/admin/links/lnk_0000000000001/echo")
      #expect(try reply.json.names == expected["LinkReply"])
      let events = try await daemon.get("/admin/events").json["data"]
      #expect(events[0].names == expected["Event"])
    }
  }

  @Test func `the types of events are those of the document`() throws {
    let text = try String(contentsOf: Self.document, encoding: .utf8)
    let list = try #require(text.firstMatch(of: #/\n    EventType: .*enum: \[([^\]]*)\]/#))
    let documented = list.1.split(separator: ", ").map { $0.trimmingPrefix("\"").dropLast() }
    #expect(documented.map(String.init) == EventType.allCases.map(\.rawValue))
  }
}
