import Authorization
import CardCrypto
import Ledger
import Synchronization
import Telemetry
import Testing

@testable import Management

/// A partner with a programme, a user, a balance and a card, made through the interface.
struct World: Sendable {
  let daemon: TestDaemon
  var partner: String
  var program: String
  var customer: String
  var balance: String
  var card: String

  /// Card number prefixes for programmes, so that several worlds fit in one daemon.
  private static let next = Mutex(UInt32(400_000_000))

  init(
    _ daemon: TestDaemon,
    funding: String = "DEPOSIT",
    deposit: Int = 1_000_000,
    user: Int = 10_000
  ) async throws {
    self.daemon = daemon
    let bin = Self.next.withLock { bin in
      bin += 1000
      return bin
    }
    let name = "w\(bin)"
    let pan = Self.pan(bin: bin, 1)
    let kind = funding == "DEPOSIT" ? "DEPOSIT" : "CREDIT"
    let answer = try await daemon.importing(
      """
      {"partner":{"ref":"p-\(name)","name":"Acme \(name)"}}
      {"program":{"ref":"g-\(name)","partner":"p-\(name)","name":"Acme EUR","binRange":{"from":"\(bin)","to":"\(bin + 999)"},"currency":"EUR","funding":"\(funding)"}}
      {"partnerBalance":{"partner":"p-\(name)","kind":"\(kind)","currency":"EUR","reload":\(deposit)}}
      {"customer":{"ref":"u-\(name)","partner":"p-\(name)","externalId":"1001","kyc":"STRONG"}}
      {"balance":{"ref":"b-\(name)","customer":"u-\(name)","program":"g-\(name)","currency":"EUR","reload":\(user)}}
      {"card":{"ref":"c-\(name)","balance":"b-\(name)","pan":"\(pan)","expiry":"4912","type":"VIRTUAL","state":"ACTIVE"}}

      """
    )
    let lines = try answer.lines
    try #require(lines.count == 6, "\(answer.body)")
    let ids = try lines.map { try #require($0["id"].text, "\(answer.body)") }
    partner = ids[0]
    program = ids[1]
    customer = ids[3]
    balance = ids[4]
    card = ids[5]
    number = bin
  }

  private let number: UInt32

  /// The name that references end in.
  var name: String { "w\(number)" }
  /// The user's path.
  var customerPath: String { "/secure/customers/\(customer)" }
  /// The balance's path.
  var balancePath: String { "\(customerPath)/balances/\(balance)" }
  /// The card's path.
  var cardPath: String { "\(customerPath)/cards/\(card)" }
  /// The clear number of the card.
  var pan: String { Self.pan(bin: number, 1) }

  /// A number with sixteen digits and a right check digit.
  static func pan(bin: UInt32, _ serial: Int) -> String {
    let serial = String(serial)
    let front = String(bin) + String(repeating: "0", count: 6 - serial.count) + serial
    var sum = 0
    for (position, digit) in front.utf8.reversed().enumerated() {
      let value = Int(digit - 0x30) * (position % 2 == 0 ? 2 : 1)
      sum += value > 9 ? value - 9 : value
    }
    return front + String((10 - sum % 10) % 10)
  }

  /// One more card on the same balance.
  func addCard(_ serial: Int, state: String = "ACTIVE") async throws -> String {
    let answer = try await daemon.importing(
      """
      {"card":{"ref":"c\(serial)-\(name)","balance":"b-\(name)","pan":"\(Self.pan(bin: number, serial))","expiry":"4912","type":"PHYSICAL","state":"\(state)"}}
      """
    )
    return try #require(try answer.lines.first?["id"].text, "\(answer.body)")
  }
}
