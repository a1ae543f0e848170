import Authorization
import Foundation
import JSON
import ManagementClient
import Simulator

/// A partner with users and cards, made by an import.
struct Portfolio: Sendable {
  /// A user's balance with its cards.
  struct User: Sendable {
    let customer: String
    let balance: String
    let cards: [String]
    let numbers: [PAN]
    /// What was loaded, in minor units.
    let funds: Int64
  }

  static let expiry = "4912"

  let partner: String
  let users: [User]
  let deposit: Int64

  /// Imports a partner in EUR with a deposit and users with funds, in minor units.
  ///
  /// The nine digits that card numbers begin with must not be those of another portfolio.
  init(
    in daemon: Daemon,
    bin: UInt32 = 400_000_000,
    deposit: Int64,
    users funds: [Int64],
    cards: Int = 1,
    firstNumber: Int = 0
  ) async throws {
    guard let range = CardNumberRange(from: bin, through: bin) else {
      throw TestFailure("\(bin) is no BIN of nine digits")
    }
    var lines: [JSONValue] = [
      ["partner": ["ref": "p", "name": "Acme"]],
      [
        "program": [
          "ref": "g", "partner": "p", "name": "Acme EUR",
          "binRange": ["from": .string("\(bin)"), "to": .string("\(bin)")],
          "currency": "EUR", "funding": "DEPOSIT",
        ]
      ],
      [
        "partnerBalance": [
          "partner": "p", "kind": "DEPOSIT", "currency": "EUR", "reload": .integer(deposit),
        ]
      ],
    ]
    for (number, funds) in funds.enumerated() {
      lines.append([
        "customer": [
          "ref": .string("u\(number)"), "partner": "p", "externalId": .string("\(number)"),
          "kyc": "STRONG",
        ]
      ])
      lines.append([
        "balance": [
          "ref": .string("b\(number)"), "customer": .string("u\(number)"), "program": "g",
          "currency": "EUR", "reload": .integer(funds),
        ]
      ])
      for card in 0..<cards {
        let pan = range.number(at: firstNumber + number * cards + card).withASCIIDigits {
          String(decoding: $0, as: UTF8.self)
        }
        lines.append([
          "card": [
            "ref": .string("c\(number)-\(card)"), "balance": .string("b\(number)"),
            "pan": .string(pan), "expiry": .string(Self.expiry), "type": "VIRTUAL",
            "state": "ACTIVE",
          ]
        ])
      }
    }
    // A reference is remembered for ever, so several portfolios need references of their own.
    let body = lines.map(\.compact).joined(separator: "\n")
      .replacing(#/"(?<name>[pgubc]\d*(-\d+)?)"/#) { "\"\($0.output.name)-\(bin)\"" }
    let response = try await daemon.management.send(
      ManagementRequest("POST", "/admin/import", body: Array(body.utf8))
    )
    let ids = response.text.split(separator: "\n").compactMap {
      (try? JSONValue(parsing: Array($0.utf8)))?["id"]?.text
    }
    guard response.isSuccess, ids.count == lines.count else {
      throw TestFailure("the import gave \(response.status): \(response.text.prefix(1_000))")
    }
    partner = ids[0]
    self.deposit = deposit
    users = funds.enumerated().map { number, funds in
      let first = 3 + number * (2 + cards)
      return User(
        customer: ids[first],
        balance: ids[first + 1],
        cards: Array(ids[first + 2..<first + 2 + cards]),
        numbers: (0..<cards).map { range.number(at: firstNumber + number * cards + $0) },
        funds: funds
      )
    }
  }

  /// What stands on a user's balance now.
  func figures(of user: Int, in daemon: Daemon) async throws -> Figures {
    try Figures(await daemon.call("GET", "/admin/balances/\(users[user].balance)"))
  }

  /// What stands on the partner's deposit now.
  func depositFigures(in daemon: Daemon) async throws -> Figures {
    try Figures(
      await daemon.call("GET", "/admin/partners/\(partner)/deposit-balance?currency=EUR")
    )
  }
}
