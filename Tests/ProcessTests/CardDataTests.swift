import Authorization
import Foundation
import ISO8583
import LoadGenerator
import ManagementClient
import Simulator
import Testing

extension ProcessTests {
  /// No card number, verification value, PIN block or track leaves the process or is stored
  /// (row S-007).
  struct CardDataTests {
    private static let messages = 60
    /// Digits without runs, so that no form of a number turns up by chance.
    private static let bin: UInt32 = 453_219_876
    private static let pinBlock: [UInt8] = [0xB8, 0xD1, 0x82, 0x63, 0x7D, 0xA7, 0x30, 0xAA]
    private static let verification = "0739"
    private static let discretionary = "2019073951846260"

    @Test(.timeLimit(.minutes(1)))
    func `card data stand in no file, log, metric or management answer`() async throws {
      try await Daemon.run(arguments: ["--log-level", "trace"]) { daemon in
        let portfolio = try await Portfolio(
          in: daemon,
          bin: Self.bin,
          deposit: 90_000_000,
          users: [9_000_000, 500],
          cards: 3,
          firstNumber: 846_253
        )
        var numbers = portfolio.users.flatMap(\.numbers).map(Self.digits)
        var shown: [String] = []
        let unknown = try #require(CardNumberRange(from: Self.bin, through: Self.bin))
        let strangers = [
          unknown.number(at: 571_936), unknown.numberWithWrongCheckDigit(at: 629_183),
        ]
        numbers += strangers.map(Self.digits)
        for (position, pan) in (portfolio.users.flatMap(\.numbers) + strangers).enumerated() {
          try send(from: pan, position, to: daemon)
        }
        shown += try await importRefusals(strangers[0], portfolio, daemon)
        shown += try await readEverything(portfolio, daemon)
        expectAgreement(try await daemon.proofDifferences())

        var places = try Scratch.files(under: daemon.data)
        places["log"] = try Scratch.bytes(of: daemon.child.errorPath)
        places["standard output"] = try Scratch.bytes(of: daemon.child.outputPath)
        #expect(places["log"]?.isEmpty == false)
        #expect(places.keys.contains("journal/data.mdb") && places.keys.contains("books/data.mdb"))
        for (number, text) in shown.enumerated() {
          places["answer \(number): \(text.prefix(80))"] = Data(text.utf8)
        }
        let secrets =
          numbers.map { SecretForms(digits: $0, name: "a card number") } + [
            SecretForms(bytes: Self.pinBlock, name: "the PIN block"),
            SecretForms(text: Self.discretionary, name: "the track's end"),
            SecretForms(digits: Self.discretionary, name: "the track's end"),
            // DE 49 as it was sent: length, bitmap and value.
            SecretForms(bytes: [0x40, 0, 0, 0, 0, 0, 0, 0, 0x07, 0x39], name: "DE 49"),
          ]
        for (place, bytes) in places {
          for secret in secrets { #expect(secret.found(in: bytes) == [], "in \(place)") }
          // Two bytes turn up by chance; one for each message does not.
          for form: [UInt8] in [[0x07, 0x39], Array("0739".utf8)] {
            let count = Scratch.places(of: form, in: bytes).count
            #expect(count < Self.messages / 2, "the verification value \(count) times in \(place)")
          }
        }
      }
    }

    @Test(arguments: [
      "4000000000000002", "40000000000000028", "the number in 4000000000000002 a text",
    ])
    func `the search finds what is planted`(planted: String) throws {
      let secret = SecretForms(digits: "4000000000000002", name: "n")
      #expect(secret.found(in: Data(planted.utf8)) == ["n as text"])
      for pattern in secret.patterns {
        let data = Data([0x55, 0xAA] + pattern.bytes + [0x55])
        #expect(secret.found(in: data).contains(pattern.name), "\(pattern.name)")
      }
      #expect(secret.found(in: Data("400000******0002".utf8)) == [])
    }

    /// Purchases of one card in every way that the daemon answers or refuses.
    private func send(from pan: PAN, _ position: Int, to daemon: Daemon) throws {
      let card = try #require(SimulatedCard(pan: pan, expiry: Portfolio.expiry))
      let euro = try #require(Currency(code: "EUR"))
      let amount = try #require(Amount(minorUnits: 100, currency: euro))
      var composer = RequestComposer(
        firstTrace: UInt64(1 + position * 1_000),
        clock: WallClock.now
      )
      let link = try Link(daemon.address)
      for number in 0..<Self.messages {
        var message = composer.request(card: card, amount: amount, at: .cashMachine)
        message.fields[.processingCode] = .text("000000")
        message.fields[.track2] = .text(
          "\(Self.digits(pan))=\(Portfolio.expiry)\(Self.discretionary)"
        )
        message.fields[.verificationData] = .composite([2: .text(Self.verification)])
        message.fields[.pinData] = .binary(Self.pinBlock)
        switch number % 6 {
        case 1: message.fields[.pan] = nil
        case 2: message.fields[.retrievalReference] = .text(String(Self.digits(pan).suffix(12)))
        case 3: message.fields[.amountTransaction] = nil
        case 4: message.fields[.track2] = .text("\(Self.digits(pan)):\(Self.discretionary)")
        default: break
        }
        let bytes = try message.packed()
        _ = try link.exchange(bytes)
        // What cannot be read: its beginning is that of a good message.
        try link.send(Array(bytes.dropLast(1 + number)))
        try link.send(Array(bytes.dropFirst(number % 5)))
      }
      link.finishSending()
      _ = try link.receiveToEnd()
      // A frame that never ends, and one that is too long.
      let half = try Link(daemon.address)
      try half.write([0x04, 0x00] + Array(Self.digits(pan).utf8))
      let long = try Link(daemon.address)
      try long.write([0xFF, 0xFF] + Array(Self.digits(pan).utf8))
      _ = try? long.receiveToEnd()
    }

    /// Import lines with card numbers that are refused, and calls that name one.
    private func importRefusals(
      _ pan: PAN,
      _ portfolio: Portfolio,
      _ daemon: Daemon
    ) async throws -> [String] {
      let digits = Self.digits(pan)
      let lines = [
        #"{"card":{"ref":"x1","balance":"none","pan":"\#(digits)","expiry":"4912"}}"#,
        #"{"card":{"ref":"x2","balance":"b0-453219876","pan":"\#(digits)0","expiry":"4912"}}"#,
        #"{"card":{"ref":"x3","balance":"b0-453219876","pan":\#(digits),"expiry":"4912"}}"#,
        #"{"card":{"ref":"x4","pan":"\#(digits)","#,
        #"{"card":{"ref":"x5","balance":"b0-453219876","number":"\#(digits)"}}"#,
        #"{"card":{"ref":"x6","balance":"b0-453219876","pan":"\#(digits)","expiry":"\#(digits)"}}"#,
      ]
      var shown: [String] = []
      for request in [
        ManagementRequest("POST", "/admin/import", body: Array(lines.joined(separator: "\n").utf8)),
        ManagementRequest("GET", "/admin/cards/\(digits)"),
        ManagementRequest("GET", "/secure/authorizations?cardId=\(digits)"),
        ManagementRequest("POST", "/admin/partners", body: Array(#"{"pan":"\#(digits)"}"#.utf8)),
        ManagementRequest("GET", "/nothing/\(digits)"),
      ] {
        shown.append(try await daemon.management.send(request).text)
      }
      return shown
    }

    /// Every list and object that a partner or an operator can see.
    private func readEverything(
      _ portfolio: Portfolio,
      _ daemon: Daemon
    ) async throws -> [String] {
      var paths = [
        "/metrics", "/version", "/healthz", "/readyz", "/admin/summary", "/admin/proof",
        "/admin/partners", "/admin/programs", "/admin/authorizations?limit=200",
        "/secure/authorizations?limit=200",
      ]
      for user in portfolio.users {
        let customer = "/secure/customers/\(user.customer)"
        paths += [customer, "\(customer)/cards", "\(customer)/balances"]
        paths += ["\(customer)/balances/\(user.balance)"]
        paths += user.cards.map { "\(customer)/cards/\($0)" }
        paths += user.cards.map { "/secure/authorizations?cardId=\($0)&limit=200" }
      }
      var shown: [String] = []
      for path in paths {
        let response = try await daemon.management.send(
          ManagementRequest("GET", path, headers: [("x-partner", portfolio.partner)])
        )
        #expect(response.status != 500)
        shown.append(response.text)
      }
      #expect(shown.contains { $0.contains("maskedPan") })
      return shown
    }

    private static func digits(_ pan: PAN) -> String {
      pan.withASCIIDigits { String(decoding: $0, as: UTF8.self) }
    }
  }
}
