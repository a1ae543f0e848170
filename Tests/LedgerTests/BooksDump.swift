@testable import Ledger

/// Every key and value of every tree of the books of a directory that nobody has open.
struct BooksDump {
  static let names = [
    "accounts", "cards", "cardDetails", "authorizations", "duplicates", "partners", "programs",
    "customers", "members", "references", "requests", "totals", "meta", "entries", "expiries",
    "settings", "networkDays", "dayTotals",
  ]

  private(set) var trees: [String: [[UInt8]]] = [:]

  init() {}

  init(path: String) throws {
    let environment = try LMDBEnvironment(
      path: path + "/books",
      mapBytes: 1 << 30,
      tables: Schema.tableCount,
      durability: .full,
      readOnly: true
    )
    let transaction = try environment.read()
    for name in Self.names {
      let table = try transaction.access.table(name, integerKeys: false, create: false)
      var rows: [[UInt8]] = []
      try transaction.access.walk(table, from: .first) { (key, value) throws(LedgerError) in
        rows.append(Array(key))
        rows.append(Array(value))
        return true
      }
      trees[name] = rows
    }
  }

  /// Where two dumps differ, in words; `nil` when they are equal byte for byte.
  func firstDifference(_ other: BooksDump) -> String? {
    for name in Self.names {
      let mine = trees[name] ?? []
      let theirs = other.trees[name] ?? []
      if mine.count != theirs.count {
        return "\(name) has \(mine.count / 2) entries against \(theirs.count / 2)"
      }
      for (position, (left, right)) in zip(mine, theirs).enumerated() where left != right {
        return "\(name) differs in entry \(position / 2): \(left) against \(right)"
      }
    }
    return nil
  }
}
