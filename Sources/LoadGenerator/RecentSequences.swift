/// The last few numbers that were pushed, newest first; older ones are forgotten.
struct RecentSequences {
  private static let capacity = 256

  private var numbers = [UInt64](repeating: 0, count: capacity)
  private var next = 0
  private var count = 0

  mutating func push(_ number: UInt64) {
    numbers[next] = number
    next = (next + 1) % RecentSequences.capacity
    count = min(count + 1, RecentSequences.capacity)
  }

  mutating func pop() -> UInt64? {
    guard count > 0 else { return nil }
    count -= 1
    next = (next + RecentSequences.capacity - 1) % RecentSequences.capacity
    return numbers[next]
  }
}
