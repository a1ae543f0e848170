import Testing

@testable import Ledger

struct BacklogTests {
  @Test func `items leave in order and within the budget`() {
    var backlog = Backlog<Int>(capacity: 4)
    for item in 1...10 { backlog.append(item) }
    var taken: [Int] = []
    var batch: [Int] = []
    while !backlog.isEmpty {
      backlog.move(to: &batch, budget: 3) { _ in 1 }
      #expect(batch.count <= 3)
      taken += batch
      batch.removeAll()
      if taken.count == 6 { backlog.append(11) }
    }
    #expect(taken == Array(1...11))
  }

  @Test func `an item above the budget goes alone`() {
    var backlog = Backlog<Int>(capacity: 0)
    for item in [2, 900, 2] { backlog.append(item) }
    var batches: [[Int]] = []
    while !backlog.isEmpty {
      var batch: [Int] = []
      backlog.move(to: &batch, budget: 512) { $0 }
      batches.append(batch)
    }
    #expect(batches == [[2], [900], [2]])
  }

  @Test func `what was taken does not count`() {
    var backlog = Backlog<Int>(capacity: 0)
    for item in 0..<1000 { backlog.append(item) }
    var batch: [Int] = []
    backlog.move(to: &batch, budget: 10) { _ in 1 }
    #expect(backlog.count == 990)
  }
}
