import JSON

/// What stands on an account, in minor units.
struct Figures: Hashable {
  var ledger: Int64
  var held: Int64
  var available: Int64

  init(ledger: Int64, held: Int64) {
    self.ledger = ledger
    self.held = held
    available = ledger - held
  }

  init(_ json: JSONValue) throws {
    guard let ledger = json["ledger"]?.integer, let held = json["held"]?.integer,
      let available = json["available"]?.integer
    else { throw TestFailure("no balance: \(json.compact)") }
    self.ledger = ledger
    self.held = held
    self.available = available
  }
}
