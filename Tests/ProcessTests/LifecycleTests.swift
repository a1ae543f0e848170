import Foundation
import ISO8583
import JSON
import LoadGenerator
import ManagementClient
import Testing

extension ProcessTests {
  /// How the daemon starts, stops and reads its configuration (contract, section 2).
  struct LifecycleTests {
    // MARK: Stopping

    @Test(.timeLimit(.minutes(1)), arguments: [SIGTERM, SIGINT])
    func `a stop under load answers what was read and leaves consistent books`(
      signal: Int32
    ) async throws {
      var generator = Seed.generator(of: "stop under load")
      try await Scratch.withDirectory { directory in
        let daemon = try await Daemon.start(in: directory)
        let tally = try await daemon.during { () async throws -> Tally in
          let world = try await Portfolio(
            in: daemon,
            deposit: 1_000_000_000,
            users: [400_000_000, 400_000_000, 50_000]
          )
          let till = try Till(world)
          let address = daemon.address
          let links = try await onThread { try (0..<8).map { _ in try Link(address) } }
          let loads = links.enumerated().map { number, link in
            Load(
              link: link,
              till: till,
              users: 3,
              seed: generator.next(),
              firstTrace: UInt64(1 + number * 1_000_000),
              window: 32
            )
          }
          async let results = onThreads(8) { try loads[$0].run() }
          try await Task.sleep(for: .milliseconds(300))
          #expect(try await daemon.stop(signal) == 0, "\(daemon.child.errors.suffix(1_000))")
          var sums = Tally(world)
          for result in try await results {
            #expect(!result.answered.isEmpty)
            sums.add(result)
          }
          // A request without an answer was not read, so it has had no effect.
          sums.settle()
          return sums
        }
        #expect(try await check(daemon.data, in: directory) == 0)
        let again = try await Daemon.start(in: directory)
        try await again.during {
          expectAgreement(try await tally.differences(in: again))
          expectAgreement(try await again.proofDifferences())
        }
      }
    }

    @Test(.timeLimit(.minutes(1)))
    func `the ready line is all of standard output and every log line is JSON`() async throws {
      try await Daemon.run(arguments: ["--log-level", "trace"]) { daemon in
        let portfolio = try await Portfolio(in: daemon, deposit: 1_000, users: [1_000])
        let purchase = try Till(portfolio).purchase(1, amount: 100)
        #expect(try Link.ask(daemon.address, purchase.bytes).action == 0)
        try Link(daemon.address).send(Array(repeating: 0xFF, count: 40))
        #expect(daemon.ready.pid == daemon.child.pid)
        #expect(daemon.ready.management == ["unix:\(daemon.data)/management.sock"])
        let attributes = try FileManager.default.attributesOfItem(
          atPath: "\(daemon.data)/management.sock"
        )
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        #expect(try await daemon.stop() == 0)

        let lines = daemon.child.output.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 2 && lines.last == "")
        let ready = try #require(lines.first.flatMap { try? JSONValue(parsing: Array($0.utf8)) })
        #expect(ready["event"]?.text == "ready")
        let log = daemon.child.errors.split(separator: "\n")
        #expect(!log.isEmpty)
        for line in log { #expect((try? JSONValue(parsing: Array(line.utf8))) != nil, "\(line)") }
        #expect(!FileManager.default.fileExists(atPath: "\(daemon.data)/management.sock"))
      }
    }

    // MARK: Directories that are refused

    @Test(.timeLimit(.minutes(1)))
    func `a second daemon on the directory is refused and the first goes on`() async throws {
      try await Scratch.withDirectory { directory in
        let daemon = try await Daemon.start(in: directory)
        try await daemon.during {
          let portfolio = try await Portfolio(in: daemon, deposit: 1_000, users: [1_000])
          let till = try Till(portfolio)
          let link = try Link(daemon.address)
          #expect(try link.exchange(till.purchase(1, amount: 100)).action == 0)
          let second = try Daemon.spawn(
            in: directory,
            ["--data", daemon.data, "--listen", "127.0.0.1:0"],
            name: "second"
          )
          #expect(try await second.wait(seconds: 10) == 78)
          #expect(second.errors.contains("in use"), "\(second.errors)")
          #expect(second.output == "")
          #expect(try link.exchange(till.purchase(2, amount: 100)).action == 0)
          #expect(try await portfolio.figures(of: 0, in: daemon).held == 200)
          expectAgreement(try await daemon.proofDifferences())
          #expect(try await daemon.stop() == 0)
        }
      }
    }

    @Test(.timeLimit(.minutes(1)))
    func `addresses that another daemon has are refused and stay with it`() async throws {
      try await Scratch.withDirectory { directory in
        let daemon = try await Daemon.start(in: directory)
        try await daemon.during {
          let socket = try #require(daemon.ready.socketPath)
          for (name, arguments) in [
            ("port", ["--listen", daemon.address]),
            ("socket", ["--listen", "127.0.0.1:0", "--management-socket", socket]),
          ] {
            let second = try Daemon.spawn(
              in: directory,
              ["--data", "\(directory)/\(name)"] + arguments,
              name: name
            )
            #expect(try await second.wait(seconds: 10) == 78, "\(name): \(second.errors)")
            #expect(second.output == "")
          }
          #expect(try await daemon.call("GET", "/version")["name"] != nil)
          let echo = try Echo.message()
          #expect(try Link.ask(daemon.address, echo).action == 8000)
        }
      }
    }

    /// What is done to a directory, and how the daemon must end.
    enum Damage: String, CaseIterable, Sendable {
      case journalHeadersZeroed, journalCut, journalMissing, booksOverwritten, booksCut
      case foundingEntryChanged, newerFormat, keyMissing, keyOfAnother, keyReadableByOthers

      /// The statuses that say so.
      var statuses: Set<Int32> {
        switch self {
        case .newerFormat, .keyMissing, .keyOfAnother, .keyReadableByOthers: [78]
        default: [70, 78]
        }
      }

      /// Does it.
      func apply(to data: String) throws {
        let journal = "\(data)/journal/data.mdb"
        let books = "\(data)/books/data.mdb"
        let key = "\(data)/vault.key"
        switch self {
        case .journalHeadersZeroed:
          var bytes = try Scratch.bytes(of: journal)
          bytes.replaceSubrange(0..<8_192, with: repeatElement(0, count: 8_192))
          try Scratch.write(bytes, to: journal)
        case .journalCut:
          try cut(journal)
        case .journalMissing:
          try FileManager.default.removeItem(atPath: "\(data)/journal")
        case .booksOverwritten:
          let count = try Scratch.bytes(of: books).count
          try Scratch.write(Data(repeating: 0xA5, count: count), to: books)
        case .booksCut:
          try cut(books)
        case .foundingEntryChanged:
          try change(journal) { $0[$1 + 66] ^= 1 }
        case .newerFormat:
          try change(journal) { $0[$1 + 4] = 9 }
        case .keyMissing:
          try FileManager.default.removeItem(atPath: key)
        case .keyOfAnother:
          try FileManager.default.removeItem(atPath: key)
          try FileManager.default.copyItem(atPath: "\(data)/../other/vault.key", toPath: key)
        case .keyReadableByOthers:
          try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: key)
        }
      }

      /// Keeps only the first pages of a file: its two headers and one more.
      private func cut(_ path: String) throws {
        try Scratch.write(try Scratch.bytes(of: path).prefix(12_288), to: path)
      }

      /// Changes every journal entry that stands in a file.
      private func change(_ path: String, _ body: (inout Data, Int) -> Void) throws {
        var bytes = try Scratch.bytes(of: path)
        let places = Scratch.places(of: "HFJE".utf8, in: bytes)
        guard !places.isEmpty else { throw TestFailure("\(path) holds no journal entry") }
        for place in places { body(&bytes, place) }
        try Scratch.write(bytes, to: path)
      }
    }

    @Test(.timeLimit(.minutes(1)), arguments: Damage.allCases)
    func `a directory that cannot be trusted is refused and not modified`(
      damage: Damage
    ) async throws {
      try await Scratch.withDirectory { directory in
        let daemon = try await Daemon.start(in: directory)
        try await daemon.during {
          let portfolio = try await Portfolio(in: daemon, deposit: 90_000, users: [80_000])
          let till = try Till(portfolio)
          let link = try Link(daemon.address)
          for trace in 1...20 {
            #expect(try link.exchange(till.purchase(UInt64(trace), amount: 100)).isApproved)
          }
          #expect(try await daemon.stop() == 0)
        }
        if damage == .keyOfAnother {
          let other = try Daemon.spawn(
            in: directory,
            ["--data", "\(directory)/other", "--listen", "127.0.0.1:0"],
            name: "other"
          )
          _ = try await Daemon.readiness(of: other)
          other.kill()
        }
        try damage.apply(to: daemon.data)
        let before = try Scratch.files(under: daemon.data)
        let refused = try Daemon.spawn(
          in: directory,
          ["--data", daemon.data, "--listen", "127.0.0.1:0"],
          name: "refused"
        )
        let status = try await refused.wait(seconds: 10)
        #expect(status.map(damage.statuses.contains) == true, "status \(status ?? -1)")
        #expect(refused.output == "")
        #expect(refused.errors.contains("holdfastd: "), "no clear message: \(refused.errors)")
        let after = try Scratch.files(under: daemon.data)
        // LMDB's table of readers is no data.
        let changed = Set(before.keys).union(after.keys)
          .filter { !$0.hasSuffix("lock.mdb") && before[$0] != after[$0] }
        #expect(changed.isEmpty, "modified: \(changed.sorted())")
      }
    }

    @Test(.timeLimit(.minutes(1)))
    func `the off-line check finds a changed entry in the middle of the journal`() async throws {
      try await Scratch.withDirectory { directory in
        let daemon = try await Daemon.start(in: directory)
        try await daemon.during {
          let portfolio = try await Portfolio(in: daemon, deposit: 90_000, users: [80_000])
          let till = try Till(portfolio)
          let link = try Link(daemon.address)
          for trace in 1...50 {
            #expect(try link.exchange(till.purchase(UInt64(trace), amount: 100)).isApproved)
          }
          #expect(try await daemon.stop() == 0)
        }
        #expect(try await check(daemon.data, in: directory) == 0)
        let journal = "\(daemon.data)/journal/data.mdb"
        var bytes = try Scratch.bytes(of: journal)
        let entry = Array("HFJE".utf8) + [3, 0, 0, 0, 25, 0, 0, 0, 0, 0, 0, 0]
        let places = Scratch.places(of: entry, in: bytes)
        try #require(!places.isEmpty)
        for place in places { bytes[place + 80] ^= 0x10 }
        try Scratch.write(bytes, to: journal)
        #expect(try await check(daemon.data, in: directory) == 1)
      }
    }

    // MARK: Configuration

    @Test(arguments: [
      #"{}"#, #"{"logLevel":"debug"}"#, #"{"journal":"log"}"#, #"{"cachedCards":1024}"#,
      #"{"journal":"lmdb"}"#,
      #"{"listeners":[{"name":"a","listen":"127.0.0.1:0","framing":"cmf3","tpdu":true}]}"#,
      #"{"management":{"listen":"127.0.0.1:0"}}"#,
      #"{"listeners":[{"requireSignOn":true,"echoEverySeconds":30,"echoMisses":3}]}"#,
      #"{"listeners":[{"institution":"01234567890"}]}"#, #"{"virtualClock":true}"#,
      #"{"listeners":[{"adviceAnswer":"0000","secondReversal":"1824","unmatchedReversal":"4000"}]}"#,
    ])
    func `a good configuration is told so and nothing is made`(text: String) async throws {
      try await checkConfiguration(text, expecting: 0)
    }

    @Test(arguments: [
      #"{"listenerz":[]}"#, #"{"listeners":[]}"#, #"{"listeners":[{"framing":"nac3"}]}"#,
      #"{"listeners":[{"listen":"127.0.0.1:70000"}]}"#, #"{"listeners":[{"listen":"here"}]}"#,
      #"{"listeners":[{},{}]}"#, #"{"listeners":[{"tpdu":"yes"}]}"#,
      #"{"listeners":[{"maximumFrameBytes":1}]}"#, #"{"logLevel":"loud"}"#, #"{"data":""}"#,
      #"{"journal":"paper"}"#, #"{"journal":1}"#, #"{"cachedCards":0}"#,
      #"{"listeners":[{"maximumConnections":0}]}"#, #"{"data":"#, "", "[]", "null",
      #"{"listeners":[{"echoEverySeconds":-1}]}"#, #"{"listeners":[{"echoEverySeconds":90000}]}"#,
      #"{"listeners":[{"echoMisses":0}]}"#, #"{"listeners":[{"institution":"1a"}]}"#,
      #"{"listeners":[{"institution":"123456789012"}]}"#, #"{"listeners":[{"institution":""}]}"#,
      #"{"listeners":[{"onUnreadable":"explode"}]}"#, #"{"virtualClock":"yes"}"#,
      #"{"listeners":[{"adviceAnswer":"9999"}]}"#, #"{"listeners":[{"secondReversal":"0000"}]}"#,
      #"{"listeners":[{"unmatchedReversal":"1000"}]}"#,
      #"{"listeners":[{"answerWithinMilliseconds":0}]}"#,
      #"{"listeners":[{"idleSeconds":9223372036854775807}]}"#,
      #"{"listeners":[{"halfFrameSeconds":-9223372036854775808}]}"#,
      #"{"management":{"listen":"0.0.0.0:1"}}"#,
      #"{"listeners":["# + (0...255).map { #"{"name":"n\#($0)"}"# }.joined(separator: ",") + "]}",
    ])
    func `a bad configuration is refused with status 78`(text: String) async throws {
      try await checkConfiguration(text, expecting: 78)
    }

    private func checkConfiguration(_ text: String, expecting status: Int32) async throws {
      try await Scratch.withDirectory { directory in
        let file = "\(directory)/holdfast.json"
        try Scratch.write(text.utf8, to: file)
        let arguments = ["--config", file, "--check-config"]
        let child = try Daemon.spawn(
          in: directory,
          text.contains(#""data""#) ? arguments : arguments + ["--data", "\(directory)/data"]
        )
        #expect(try await child.wait(seconds: 10) == status, "\(child.errors)")
        #expect(child.output == "")
        #expect(!child.errors.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: "\(directory)/data"))
      }
    }

    @Test func `wrong usage and a missing file have their statuses`() async throws {
      try await Scratch.withDirectory { directory in
        for (arguments, status) in [
          (["--config", "\(directory)/none.json", "--check-config"], Int32(78)),
          (["--journal", "paper", "--check-config"], 78),
          (["--framing", "nac9", "--check-config"], 78), (["--listen", "x", "--check-config"], 78),
          (["--no-such-option"], 2), (["--help"], 0), (["--version"], 0),
        ] {
          let child = try Daemon.spawn(in: directory, arguments)
          #expect(try await child.wait(seconds: 10) == status, "\(arguments): \(child.errors)")
        }
      }
    }

    /// Who names the framing and the directory, from the weakest to the strongest.
    enum Source: Int, CaseIterable, Sendable { case file, environment, flags }

    @Test(.timeLimit(.minutes(1)), arguments: Source.allCases)
    func `flags win over the environment, which wins over the file`(
      strongest: Source
    ) async throws {
      try await Scratch.withDirectory { directory in
        let file = "\(directory)/holdfast.json"
        let configuration: JSONValue = [
          "data": .string("\(directory)/file"),
          "listeners": [["listen": "127.0.0.1:0", "framing": "cmf3"]],
        ]
        try Scratch.write(configuration.bytes, to: file)
        var environment = ["HOLDFAST_CONFIG": file]
        if strongest != .file {
          environment["HOLDFAST_DATA"] = "\(directory)/environment"
          environment["HOLDFAST_FRAMING"] = "raw4"
          environment["HOLDFAST_LOG_LEVEL"] = "debug"
          environment["HOLDFAST_MANAGEMENT_SOCKET"] = "\(directory)/environment.sock"
        }
        var arguments: [String] = []
        if strongest == .flags {
          arguments = [
            "--data", "\(directory)/flags", "--framing", "bcd2", "--management-socket",
            "\(directory)/flags.sock", "--listen", "127.0.0.1:0",
          ]
        }
        let child = try Daemon.spawn(in: directory, arguments, environment: environment)
        defer { child.kill() }
        let ready = try await Daemon.readiness(of: child)
        let socket =
          switch strongest {
          case .file: "\(directory)/file/management.sock"
          case .environment: "\(directory)/environment.sock"
          case .flags: "\(directory)/flags.sock"
          }
        #expect(ready.socketPath == socket)
        let made = Source.allCases.filter {
          FileManager.default.fileExists(atPath: "\(directory)/\($0)/journal/data.mdb")
        }
        #expect(made == [strongest])
        let framing: LinkFraming.Prefix =
          switch strongest {
          case .file: .cmf3
          case .environment: .raw4
          case .flags: .bcd2
          }
        let echo = try Echo.message()
        let address = try #require(ready.iso8583.first)
        #expect(try Link.ask(address, echo, framing: LinkFraming(framing)).action == 8000)
      }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a reload takes a good file, and refuses a bad one without a stop`() async throws {
      let first: JSONValue = ["logLevel": "info", "listeners": [["listen": "127.0.0.1:0"]]]
      try await Daemon.run(configuration: first) { daemon in
        let file = "\(daemon.data)/../holdfast.json"
        let portfolio = try await Portfolio(in: daemon, deposit: 9_000, users: [9_000])
        let till = try Till(portfolio)
        let link = try Link(daemon.address)
        for (number, step) in [
          (text: #"{"logLevel":"#, says: "not reloaded"),
          (text: #"{"logLevel":"debug","listeners":[{"listen":"127.0.0.1:0"}]}"#, says: "debug"),
          (text: #"{"nonsense":1}"#, says: "not reloaded"),
          (text: #"{"logLevel":"shrill"}"#, says: "not reloaded"),
        ].enumerated() {
          let seen = daemon.child.errors.utf8.count
          try Scratch.write(step.text.utf8, to: file)
          daemon.child.send(SIGHUP)
          let isSaid = try await eventually {
            String(decoding: daemon.child.errors.utf8.dropFirst(seen), as: UTF8.self)
              .contains(step.says)
          }
          #expect(isSaid, "step \(number): \(daemon.child.errors.suffix(500))")
          #expect(daemon.child.poll() == nil)
          #expect(try link.exchange(till.purchase(UInt64(number + 1), amount: 10)).action == 0)
        }
        #expect(try await daemon.stop() == 0)
      }
    }

    /// The exit status of the off-line check of a directory.
    private func check(_ data: String, in directory: String) async throws -> Int32? {
      let child = try Child(Programs.client, ["check", data], directory: directory, name: "check")
      return try await child.wait(seconds: 30)
    }
  }
}
