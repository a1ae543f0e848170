import ArgumentParser
import Authorization
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
