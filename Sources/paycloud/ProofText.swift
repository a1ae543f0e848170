import Authorization
import JSON

/// The proof of the books in words: what was walked, and how the accounts of each currency add up.
enum ProofText {
  static func lines(_ proof: JSONValue) -> [String] {
    let entries = proof["entries"]?.integer ?? 0
    let effects = proof["effects"]?.integer ?? 0
    var lines = [
      "The switch added up its journal anew, \(LoadText.grouped(UInt64(max(0, effects)))) effects in "
        + "\(LoadText.grouped(UInt64(max(0, entries)))) entries, and compared every account and card."
    ]
    for currency in proof["currencies"]?.elements ?? [] {
      guard let code = currency["currency"]?.text, let unit = Currency(code: code) else {
        continue
      }
      let accounts = ["users", "deposits", "credits", "settlement", "bank"].compactMap { name in
        currency[name]?.integer.map { "\(name) \(Money($0).text(in: unit))" }
      }
      let sum = Money(currency["sum"]?.integer ?? 0).text(in: unit)
      let held = Money(currency["usersHeld"]?.integer ?? 0).text(in: unit)
      lines.append("  \(code)  \(accounts.joined(separator: ", ")): sum \(sum); held \(held)")
    }
    return lines
  }
}
