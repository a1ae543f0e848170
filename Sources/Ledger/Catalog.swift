import Authorization

/// The programmes, partner balances, settings and business days, all of them in memory: every
/// authorization needs one of each, and there are few.
struct Catalog {
  private var programs: [UInt32: ProgramRecord] = [:]
  private var partnerBalances: [ReferenceKey: UInt64] = [:]
  private var deposits: [UInt32: AccountID] = [:]
  /// Ranges in ascending order; none overlap.
  private var ranges: [BINRange] = []
  private var groups: [String: MerchantGroup] = [:]
  /// The group of each merchant category.
  private var groupsByCategory: [UInt16: MerchantGroup] = [:]
  /// How many days a hold lasts, by merchant category.
  private var holdDays = [UInt16](repeating: MerchantGroup.usualHoldDays, count: 10_000)
  /// The most that one authorization may come to, by merchant category.
  private var mostAmounts = [Amount?](repeating: nil, count: 10_000)
  private var rates: [UInt32: ExchangeRate] = [:]
  /// The networks' business days.
  var days = BusinessDays()

  /// Learns what an effect says about programmes and partner balances.
  mutating func apply(_ effect: Effect) {
    switch effect {
    case .programCreated(let record): add(record)
    case .referenceBound(let key, let record): add(key, record)
    case .settingChanged(let key, let record): add(key, record)
    case .dayBegun(let day): days.add(day)
    default: break
    }
  }

  mutating func add(_ program: ProgramRecord) {
    let number = UInt32(program.id.number)
    programs[number] = program
    let position = ranges.firstIndex { $0.from > program.binRange.from } ?? ranges.endIndex
    ranges.insert(program.binRange, at: position)
    resolveDeposit(number, program)
  }

  mutating func add(_ key: ReferenceKey, _ record: ReferenceRecord) {
    guard key.bytes.first == ReferenceKey.Space.partnerBalance.rawValue else { return }
    partnerBalances[key] = record.object
    for (number, program) in programs { resolveDeposit(number, program) }
  }

  private mutating func resolveDeposit(_ number: UInt32, _ program: ProgramRecord) {
    guard program.funding == .deposit else { return }
    let key = ReferenceKey.partnerBalance(program.partner, .deposit, program.currency)
    deposits[number] = partnerBalances[key].map { AccountID(.deposit, $0) }
  }

  mutating func add(_ key: SettingKey, _ record: SettingRecord) {
    switch (key, record) {
    case (_, .merchantGroup(let group)):
      groups[group.name] = group
      indexGroups()
    case (.merchantGroup(let name), _):
      groups[name] = nil
      indexGroups()
    case (.exchangeRate(let from, let to), .exchangeRate(let rate)):
      rates[Self.pair(from, to)] = rate
    case (.exchangeRate(let from, let to), .removed):
      rates[Self.pair(from, to)] = nil
    }
  }

  private mutating func indexGroups() {
    groupsByCategory = [:]
    holdDays = [UInt16](repeating: MerchantGroup.usualHoldDays, count: 10_000)
    mostAmounts = [Amount?](repeating: nil, count: 10_000)
    for group in groups.values {
      for category in group.categories.joined() where category < 10_000 {
        groupsByCategory[category] = group
        holdDays[Int(category)] = group.holdDays
        mostAmounts[Int(category)] = group.mostAmount
      }
    }
  }

  private static func pair(_ from: Currency, _ to: Currency) -> UInt32 {
    UInt32(from.number) << 16 | UInt32(to.number)
  }

  /// The group that a merchant category belongs to.
  func group(of category: UInt16) -> MerchantGroup? { groupsByCategory[category] }

  /// The group of a name.
  func group(named name: String) -> MerchantGroup? { groups[name] }

  /// A group that has one of these categories, but for the one of the name.
  func groupOverlapping(_ group: MerchantGroup) -> MerchantGroup? {
    groups.values.first { other in
      other.name != group.name
        && other.categories.contains { range in group.categories.contains { $0.overlaps(range) } }
    }
  }

  /// How many groups there are.
  var groupCount: Int { groups.count }

  /// How many days a hold lasts at a merchant of this category, 0 for an unknown one.
  @inline(__always)
  func holdDays(for category: UInt16) -> UInt16 {
    category < 10_000 ? holdDays[Int(category)] : MerchantGroup.usualHoldDays
  }

  /// The most that one authorization may come to at a merchant of this category, 0 for an unknown one;
  /// `nil` for any sum.
  @inline(__always)
  func mostAmount(for category: UInt16) -> Amount? {
    category < 10_000 ? mostAmounts[Int(category)] : nil
  }

  /// Our rate from a currency to another.
  func rate(from: Currency, to: Currency) -> ExchangeRate? { rates[Self.pair(from, to)] }

  /// How many rates there are.
  var rateCount: Int { rates.count }

  func program(_ number: UInt32) -> ProgramRecord? { programs[number] }

  /// The deposit that backs a programme; `nil` in a credit programme and while none is open.
  func deposit(ofProgram number: UInt32) -> AccountID? { deposits[number] }

  /// Whether a number that begins with these nine digits lies in some programme's range.
  func isInBINRange(_ leadingNine: UInt32) -> Bool {
    var low = 0
    var high = ranges.count
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].to < leadingNine { low = middle + 1 } else { high = middle }
    }
    return low < ranges.count && ranges[low].contains(leadingNine)
  }

  func overlaps(_ range: BINRange) -> Bool { ranges.contains { $0.overlaps(range) } }
}
