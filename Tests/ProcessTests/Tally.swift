/// What the answers add up to: the books as a client must expect them.
struct Tally {
  private struct Sums {
    var held: Int64 = 0
    var moved: Int64 = 0
    /// Of requests whose outcome is not known.
    var perhapsHeld: Int64 = 0
    var perhapsMoved: Int64 = 0
  }

  private let portfolio: Portfolio
  private var sums: [Sums]

  init(_ portfolio: Portfolio) {
    self.portfolio = portfolio
    sums = Array(repeating: Sums(), count: portfolio.users.count)
  }

  /// Counts an answered purchase.
  mutating func add(_ purchase: Purchase, _ answer: Answer) {
    guard answer.isApproved else { return }
    if purchase.isDebit {
      sums[purchase.user].moved += purchase.amount
    } else {
      sums[purchase.user].held += purchase.amount
    }
  }

  /// Counts what a load brought.
  mutating func add(_ result: Load.Result) {
    for (purchase, answer) in result.answered { add(purchase, answer) }
    for purchase in result.unanswered {
      if purchase.isDebit {
        sums[purchase.user].perhapsMoved += purchase.amount
      } else {
        sums[purchase.user].perhapsHeld += purchase.amount
      }
    }
  }

  /// Forgets the requests without an answer: from now on each must have had no effect, or be added.
  mutating func settle() {
    for user in sums.indices {
      sums[user].perhapsHeld = 0
      sums[user].perhapsMoved = 0
    }
  }

  /// Holds the books against the answers.
  ///
  /// - Returns: Every difference in words; empty when the books are as they must be.
  func differences(in daemon: Daemon) async throws -> [String] {
    var found: [String] = []
    var all = Sums()
    for (number, sums) in sums.enumerated() {
      all.held += sums.held
      all.moved += sums.moved
      all.perhapsHeld += sums.perhapsHeld
      all.perhapsMoved += sums.perhapsMoved
      let figures = try await portfolio.figures(of: number, in: daemon)
      found += Self.compare("user \(number)", figures, portfolio.users[number].funds, sums)
    }
    let figures = try await portfolio.depositFigures(in: daemon)
    found += Self.compare("the deposit", figures, portfolio.deposit, all)
    return found
  }

  private static func compare(
    _ name: String,
    _ figures: Figures,
    _ funds: Int64,
    _ sums: Sums
  ) -> [String] {
    var found: [String] = []
    let held = sums.held...sums.held + sums.perhapsHeld
    if !held.contains(figures.held) {
      found.append("\(name) has \(figures.held) held; the answers say \(held)")
    }
    let moved = sums.moved...sums.moved + sums.perhapsMoved
    if !moved.contains(funds - figures.ledger) {
      found.append("\(name) has spent \(funds - figures.ledger); the answers say \(moved)")
    }
    if figures.available != figures.ledger - figures.held || figures.available < 0 {
      found.append("\(name) has \(figures.available) available of \(figures)")
    }
    return found
  }
}
