import Authorization
import JSON

/// Settings of the issuer that scenarios change.
extension Portfolio {
  /// The members of a group of merchants that can be set.
  private static let groupMembers = [
    "name", "mccs", "holdDays", "holdIncrease", "mostAmount", "toleranceBasisPoints",
    "remainder", "remainderDays",
  ]

  /// Makes a group of merchants or changes one; `restoreGroups` undoes it.
  mutating func setGroup(
    _ name: String,
    _ category: String?,
    _ change: ScenarioAction.GroupChange?
  ) async throws(Mismatch) {
    if let category {
      changedGroups.append((name, nil))
      let body: JSONValue = [
        "name": .string(name), "mccs": [.string(category)], "holdDays": 7,
        "holdIncrease": .null, "mostAmount": .null, "toleranceBasisPoints": 0,
        "remainder": "RELEASE", "remainderDays": 0,
      ]
      try await set("POST", "/admin/mcc-groups", body)
    }
    guard let change else { return }
    let before = try await read("/admin/mcc-groups/\(name)")
    if !changedGroups.contains(where: { $0.name == name }) { changedGroups.append((name, before)) }
    var members = Portfolio.settable(before)
    for (member, value) in change.members {
      members.removeAll { $0.name == member }
      members.append(.init(member, value))
    }
    try await set("PUT", "/admin/mcc-groups/\(name)", .object(members))
  }

  /// Undoes what `setGroup` did, as far as the issuer lets it.
  mutating func restoreGroups() async {
    for (name, before) in changedGroups.reversed() {
      let path = "/admin/mcc-groups/\(name)"
      if let before {
        _ = try? await call("PUT", path, body: .object(Portfolio.settable(before)))
      } else {
        _ = try? await call("DELETE", path)
      }
    }
    changedGroups = []
  }

  /// Sets our rate between two currencies.
  mutating func setRate(_ rate: ScenarioAction.Rate) async throws(Mismatch) {
    try await set(
      "PUT",
      "/admin/fx-rates",
      [
        "from": .string(rate.from.code), "to": .string(rate.to.code), "rate": .string(rate.rate),
        "markUpBasisPoints": .integer(rate.markUp),
        "holdBufferBasisPoints": .integer(rate.buffer),
      ]
    )
  }

  private mutating func set(
    _ method: String,
    _ path: String,
    _ body: JSONValue
  ) async throws(Mismatch) {
    let answer = try await call(method, path, body: body)
    guard (200..<300).contains(answer.status) else {
      throw Mismatch(
        "\(method) \(path) to be accepted",
        found: ScenarioPlay.words(answer.status, answer.body)
      )
    }
  }

  private static func settable(_ group: JSONValue) -> [JSONValue.Member] {
    groupMembers.compactMap { name in group[name].map { .init(name, $0) } }
  }
}

extension ScenarioAction.GroupChange {
  /// The members that it sets.
  fileprivate var members: [(String, JSONValue)] {
    switch self {
    case .holdDays(let days): [("holdDays", .integer(days))]
    case .leastHold(let amount): [("holdIncrease", JSONValue(amount))]
    case .mostAmount(let amount): [("mostAmount", amount.map { JSONValue($0) } ?? .null)]
    case .tolerance(let basisPoints): [("toleranceBasisPoints", .integer(basisPoints))]
    case .keepsRest(let days): [("remainder", "KEEP"), ("remainderDays", .integer(days))]
    case .releasesRest: [("remainder", "RELEASE"), ("remainderDays", 0)]
    }
  }
}
