import Authorization

/// The programmes and partner balances, all of them in memory: every authorization needs one of
/// each, and there are few.
struct Catalog {
  private var programs: [UInt32: ProgramRecord] = [:]
  private var partnerBalances: [ReferenceKey: UInt64] = [:]
  private var deposits: [UInt32: AccountID] = [:]
  /// Ranges in ascending order; none overlap.
  private var ranges: [BINRange] = []

  /// Learns what an effect says about programmes and partner balances.
  mutating func apply(_ effect: Effect) {
    switch effect {
    case .programCreated(let record): add(record)
    case .referenceBound(let key, let record): add(key, record)
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
