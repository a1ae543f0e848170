import Simulator

/// Keeps purchases in flight on a link until the other side is gone.
struct Load: Sendable {
  /// What was asked and what came back.
  struct Result: Sendable {
    var answered: [(purchase: Purchase, answer: Answer)] = []
    /// Sent, at least in part, and not answered.
    var unanswered: [Purchase] = []
  }

  let link: Link
  let till: Till
  let users: Int
  let seed: UInt64
  /// Trace numbers are taken from here on.
  let firstTrace: UInt64
  let window: Int

  /// Runs until the daemon closes the connection or nothing comes for a long time.
  func run() throws -> Result {
    var generator = SeededGenerator(seed: seed)
    var result = Result()
    var open: [UInt64: Purchase] = [:]
    var trace = firstTrace
    do {
      while true {
        var batch: [[UInt8]] = []
        while open.count < window {
          let purchase = till.purchase(
            trace,
            user: Int.random(in: 0..<users, using: &generator),
            amount: Int64.random(in: 1...5_000, using: &generator),
            isDebit: Int.random(in: 0..<4, using: &generator) == 0
          )
          trace += 1
          open[purchase.trace] = purchase
          batch.append(purchase.bytes)
        }
        try link.send(batch)
        for message in try link.receiveSome() {
          let answer = try Answer(message)
          guard let purchase = open.removeValue(forKey: answer.trace) else {
            throw TestFailure("an answer to \(answer.trace), which waits for none on this link")
          }
          result.answered.append((purchase, answer))
        }
      }
    } catch Link.End.closed {
      result.unanswered = Array(open.values)
      return result
    }
  }
}
