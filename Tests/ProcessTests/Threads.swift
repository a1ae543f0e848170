import Foundation

/// Runs work that blocks on a thread of its own, so that it holds up nothing else.
func onThread<Result: Sendable>(
  _ body: @escaping @Sendable () throws -> Result
) async throws -> Result {
  try await withCheckedThrowingContinuation { continuation in
    Thread.detachNewThread {
      continuation.resume(with: Swift.Result { try body() })
    }
  }
}

/// Runs one piece of blocking work for each number at once, each on a thread of its own.
///
/// - Returns: The results in the order of the numbers.
func onThreads<Result: Sendable>(
  _ count: Int,
  _ body: @escaping @Sendable (Int) throws -> Result
) async throws -> [Result] {
  try await withThrowingTaskGroup(of: (Int, Result).self) { group in
    for number in 0..<count {
      group.addTask { (number, try await onThread { try body(number) }) }
    }
    var results = [Result?](repeating: nil, count: count)
    for try await (number, result) in group { results[number] = result }
    return results.compactMap(\.self)
  }
}

/// Waits until something is so.
///
/// - Returns: Whether it became so in time.
func eventually(
  seconds: Double = 10,
  _ condition: () async throws -> Bool
) async throws -> Bool {
  let end = ContinuousClock.now + .seconds(seconds)
  while ContinuousClock.now < end {
    if try await condition() { return true }
    try await Task.sleep(for: .milliseconds(20))
  }
  return try await condition()
}
