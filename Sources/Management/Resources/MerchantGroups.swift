import Authorization
import HTTPTypes
import JSON
import Ledger

/// Merchant groups: how long holds last, how much may be asked and what clearings may do, by merchant
/// category (rows ).
struct MerchantGroups {
  let services: ManagementServices

  var routes: [Route] {
    [
      .get("/admin/mcc-groups", list),
      .post("/admin/mcc-groups", create),
      .get("/admin/mcc-groups/{name}", show),
      .put("/admin/mcc-groups/{name}", replace),
      .delete("/admin/mcc-groups/{name}", remove),
    ]
  }

  private static let members = [
    "name", "mccs", "holdDays", "holdIncrease", "mostAmount", "toleranceBasisPoints",
    "remainder", "remainderDays",
  ]

  @Sendable private func list(_ call: Call) async throws(Problem) -> Reply {
    try call.query.allow("after", "limit")
    let limit = try call.query.limit()
    let after = call.query["after"] ?? ""
    let groups = try await services.read { (view) throws(LedgerError) in
      try view.merchantGroups()
    }
    let found = groups.filter { $0.name > after }.sorted { $0.name < $1.name }
    return Page(found: Array(found.prefix(limit + 1)), limit: limit, cursor: \.name).reply {
      $0.merchantGroup($1)
    }
  }

  @Sendable private func show(_ call: Call) async throws(Problem) -> Reply {
    try call.query.allow()
    let name = try name(call)
    let group = try await services.find(orElse: .merchantGroupNotFound) {
      (view) throws(LedgerError) in
      try view.merchantGroups().first { $0.name == name }
    }
    return Reply { $0.merchantGroup(group) }
  }

  @Sendable private func create(_ call: Call) async throws(Problem) -> Reply {
    let members = try call.members(allowed: Self.members)
    let group = try group(members, named: try members.text("name"))
    let stored = try await services.perform(
      .setMerchantGroup(group, mustBeNew: true),
      try call.identity(.optional)
    ).merchantGroup
    return Reply(.created) { $0.merchantGroup(stored) }
  }

  @Sendable private func replace(_ call: Call) async throws(Problem) -> Reply {
    let members = try call.members(allowed: Self.members)
    let name = try name(call)
    if let said = try members.optionalText("name"), said != name {
      throw members.invalid("name", "it must be the name in the path, or left out")
    }
    let stored = try await services.perform(
      .setMerchantGroup(try group(members, named: name)),
      try call.identity(.optional)
    ).merchantGroup
    return Reply { $0.merchantGroup(stored) }
  }

  @Sendable private func remove(_ call: Call) async throws(Problem) -> Reply {
    try call.requireNoMembers()
    _ = try await services.perform(
      .removeMerchantGroup(name: try name(call)),
      try call.identity(.optional)
    )
    return Reply(.noContent)
  }

  private func name(_ call: Call) throws(Problem) -> String {
    guard let name = call.parameters["name"], Self.isName(name) else {
      throw Problem(CommandRefusal.merchantGroupNotFound)
    }
    return String(name)
  }

  /// A name that may stand in a path as it is.
  private static func isName(_ text: some StringProtocol) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
          UInt8(ascii: "."):
          true
        default: false
        }
      }
  }

  private func group(_ members: Members, named name: String) throws(Problem) -> MerchantGroup {
    guard Self.isName(name) else {
      throw members.invalid("name", "it must be 1 to 64 letters, digits, dots, - or _")
    }
    let days = try members.optionalInteger("holdDays", in: 1...365)
    let tolerance = try members.optionalInteger("toleranceBasisPoints", in: 0...10_000)
    let remainderDays = try members.optionalInteger("remainderDays", in: 0...365)
    return MerchantGroup(
      name: name,
      categories: try categories(members),
      holdDays: days.map { UInt16($0) } ?? MerchantGroup.usualHoldDays,
      leastHold: members.value("holdIncrease") == nil ? nil : try members.amount("holdIncrease"),
      mostAmount: members.value("mostAmount") == nil ? nil : try members.amount("mostAmount"),
      toleranceBasisPoints: UInt16(tolerance ?? 0),
      remainder: try members.optionalChoice(
        "remainder",
        [("RELEASE", MerchantGroup.Remainder.release), ("KEEP", .keep)]
      ) ?? .release,
      remainderDays: UInt16(remainderDays ?? 0)
    )
  }

  /// Codes and ranges of codes, in order and each once, whatever order they came in.
  private func categories(_ members: Members) throws(Problem) -> [ClosedRange<UInt16>] {
    var ranges: [ClosedRange<UInt16>] = []
    for text in try members.texts("mccs", atMost: 1000) {
      let ends = text.split(separator: "-", omittingEmptySubsequences: false).map(Self.category)
      guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1],
        first <= last
      else {
        throw members.invalid("mccs", "each must be a code such as 5541 or a range 3000-3350")
      }
      ranges.append(first...last)
    }
    var merged: [ClosedRange<UInt16>] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let before = merged.last, range.lowerBound <= before.upperBound + 1 {
        merged[merged.count - 1] =
          before.lowerBound...max(before.upperBound, range.upperBound)
      } else {
        merged.append(range)
      }
    }
    return merged
  }

  private static func category(_ text: Substring) -> UInt16? {
    guard text.utf8.count == 4, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return nil
    }
    return UInt16(text)
  }
}

extension JSONWriter {
  /// Writes the members of a merchant group; neighbouring categories of three or more as a range.
  fileprivate mutating func merchantGroup(_ group: MerchantGroup) {
    member("name", group.name)
    let codes = group.categories.flatMap { range in
      range.count > 2
        ? ["\(code(range.lowerBound))-\(code(range.upperBound))"] : range.map { code($0) }
    }
    member("mccs", each: codes) { $0.value($1) }
    member("holdDays", group.holdDays)
    amount("holdIncrease", group.leastHold)
    amount("mostAmount", group.mostAmount)
    member("toleranceBasisPoints", group.toleranceBasisPoints)
    member("remainder", group.remainder.name)
    member("remainderDays", group.remainderDays)
  }

  private func code(_ category: UInt16) -> String {
    let text = String(category)
    return String(repeating: "0", count: max(0, 4 - text.utf8.count)) + text
  }
}
