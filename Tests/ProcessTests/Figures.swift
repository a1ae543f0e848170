import Simulator

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
    guard let ledger = json["ledger"]?.integerValue, let held = json["held"]?.integerValue,
      let available = json["available"]?.integerValue
    else { throw TestFailure("no balance: \(json.text)") }
    self.ledger = ledger
    self.held = held
    self.available = available
  }
}
