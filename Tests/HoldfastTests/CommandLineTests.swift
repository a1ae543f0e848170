import ArgumentParser
import Authorization
import JSON
import Testing

@testable import holdfast

@Suite struct CommandLineTests {
  private func parse<Command>(_ line: String, as type: Command.Type) throws -> Command {
    let arguments = line.split(separator: " ").map(String.init)
    return try #require(
      HoldfastCommand.parseAsRoot(GlobalArguments.moved(arguments)) as? Command
    )
  }

  @Test func `a lock code is given by number or by name`() throws {
    for (text, code) in [
      ("1", LockCode.lost), ("lost", .lost), ("7", .suspectedFraud),
      ("FRAUD", .suspectedFraud), ("replaced", .replaced),
    ] {
      let command = try parse(
        "card lock crd_0000000000001 --code \(text)",
        as: CardLockCommand.self
      )
      #expect(command.code.code == code)
    }
  }

  @Test(arguments: [
    "card lock crd_0000000000001 --code 0", "card lock crd_0000000000001 --code 9",
    "card lock crd_0000000000001", "card lock prt_0000000000001 --code 1",
    "card lock ../../x --code 1", "card list",
    "card list --customer usr_0000000000001 --balance bal_0000000000001",
    "partner list --limit 0", "partner list --limit 201", "partner foo",
    "balance reload bal_0000000000001 --amount 12.345 --currency EUR --reference x",
    "balance reload bal_0000000000001 --amount 1 --currency XXX --reference x",
    "balance reload bal_0000000000001 --amount 1 --currency EUR",
    "partner create --name x --idempotency-key żółw",
    "program create --partner prt_0000000000001 --name x --bin-range 4-5 --currency EUR --funding deposit",
    "program create --partner prt_0000000000001 --name x --bin-range 400000999-400000000 --currency EUR --funding deposit",
    "authorization expire ath_0000000000001", "authorization trace",
    "transaction list --min-amount 1", "transaction list --currency EUR --max-amount 1.234",
    "mcc-group set tolls", "mcc-group set a/b --mcc 4784", "mcc-group set .. --mcc 4784",
    "mcc-group set tolls --mcc 4784 --hold-days 0",
    "mcc-group set fuel --mcc 5541 --hold-increase 100",
    "mcc-group set cash --mcc 6011 --most-amount 300",
    "mcc-group set cash --mcc 6011 --most-amount 300.001 --currency EUR", "fx-rate set EUR EUR 1",
    "fx-rate set USD XXX 1", "fx-rate set USD EUR 1 --mark-up 10001", "clock advance",
    "clock advance 7w", "clock advance -1", "clock advance 7d --to 2030-01-01T00:00:00Z",
    "dry-run crd_0000000000001", "dry-run 4000000000000002 --amount 1 --currency EUR",
    "program create --partner prt_0000000000001 --name x --bin-range 400000000-400000999 --currency EUR --funding deposit --cash-back-limit much",
    "check", "import", "link echo", "link echo crd_0000000000001", "link key-exchange",
  ])
  func `a wrong command line is refused before anything is sent`(line: String) {
    #expect(throws: (any Error).self) {
      try parse(line, as: (any ParsableCommand).self)
    }
  }

  @Test func `a message to a peer names its link`() throws {
    let echo = try parse("link echo lnk_0000000000001", as: LinkMessageCommand<EchoMessage>.self)
    #expect(echo.id == NetworkLinkID(1))
    for name in ["sign-on", "sign-off"] {
      _ = try parse("link \(name) lnk_0000000000001", as: (any DaemonCommand).self)
    }
  }

  @Test func `each run has an idempotency key of its own and keeps it`() throws {
    let line = "partner create --name x"
    let first = try parse(line, as: PartnerCreateCommand.self)
    let second = try parse(line, as: PartnerCreateCommand.self)
    #expect(first.idempotency.value == first.idempotency.value)
    #expect(first.idempotency.value != second.idempotency.value)
    let given = try parse(line + " --idempotency-key k1", as: PartnerCreateCommand.self)
    #expect(given.idempotency.value == "k1")
  }

  @Test func `a span of time is a number and its unit`() throws {
    for (text, seconds) in [
      ("7d", 604_800), ("36h", 129_600), ("90m", 5_400), ("5s", 5), ("60", 60),
    ] {
      let command = try parse("clock advance \(text)", as: ClockAdvanceCommand.self)
      #expect(command.by?.seconds == Int64(seconds))
    }
  }

  @Test func `hundredths of a percent are shown as percent`() {
    #expect(BasisPointsText.of(0) == "0 %")
    #expect(BasisPointsText.of(150) == "1.5 %")
    #expect(BasisPointsText.of(1) == "0.01 %")
    #expect(BasisPointsText.of(1_525) == "15.25 %")
  }

  @Test func `a payment's entries are a table`() throws {
    let text = AuthorizationView.block([
      "id": "ath_0000000000001", "amount": ["amount": 1000, "currency": "EUR"], "held": 0,
      "booked": 600, "flags": ["FORCED"], "failedChecks": [],
      "entries": [
        [
          "number": 0, "at": "2030-01-01T00:00:00.000Z", "kind": "AUTHORIZATION", "mti": "2100",
          "actionCode": "0000", "reason": "APPROVED", "held": 1000, "booked": 0,
          "amount": ["amount": 1000, "currency": "EUR"], "state": "AUTHORIZED",
        ],
        [
          "number": 1, "at": "2030-01-01T00:00:09.000Z", "kind": "RELEASE", "mti": nil,
          "actionCode": "0000", "held": 0, "booked": 0, "note": "why\u{1B}not",
          "amount": ["amount": 1000, "currency": "EUR"], "state": "EXPIRED",
        ],
      ],
    ])
    #expect(text.contains("Booked"))
    #expect(text.contains("EUR 10.00"))
    #expect(text.contains("release"))
    #expect(!text.contains("\u{1B}"))
    #expect(!text.contains("Failed checks"))
  }

  @Test func `the socket and the form of output may stand in front`() throws {
    let command = try parse("--socket /run/s --json summary", as: SummaryCommand.self)
    #expect(command.globals.socket == "/run/s")
    #expect(command.globals.json)
  }

  @Test func `every level of help has examples`() {
    func visit(_ type: any ParsableCommand.Type) {
      let configuration = type.configuration
      #expect(configuration.discussion.contains("EXAMPLES"), "\(type)")
      #expect(!configuration.abstract.isEmpty, "\(type)")
      for group in configuration.groupedSubcommands { group.subcommands.forEach(visit) }
      configuration.ungroupedSubcommands.forEach(visit)
    }
    visit(HoldfastCommand.self)
  }
}
