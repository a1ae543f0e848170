import Glibc
import Simulator

/// The intended times of one worker's requests, one after the other.
///
/// They depend on nothing but the clock and the seed, so that lateness in one request never moves
/// the next.
struct ArrivalSchedule {
  private let process: ArrivalProcess
  /// Nanoseconds of the monotonic clock.
  private let start: UInt64
  /// Mean nanoseconds between two requests.
  private let interval: Double
  /// Nanoseconds from `start` after which no request is due.
  private let length: Double
  private let total: UInt64
  private var generator: SeededGenerator
  private var index: UInt64 = 0
  private var offset = 0.0
  /// When the next request is due; `.max` when none is left.
  private(set) var next: UInt64

  /// A schedule of `rate` requests a second for some seconds.
  init(_ process: ArrivalProcess, start: UInt64, rate: Double, seconds: Double, seed: UInt64) {
    self.process = process
    self.start = start
    self.interval = 1e9 / rate
    self.length = seconds * 1e9
    self.total = UInt64((rate * seconds).rounded())
    self.generator = SeededGenerator(seed: seed)
    self.next = start
    switch process {
    case .constant: if total == 0 { next = .max }
    case .poisson: advanceExponentially()
    }
  }

  /// Takes the next intended time; only while one is left.
  @inline(__always)
  mutating func take() -> UInt64 {
    let taken = next
    switch process {
    case .constant:
      index += 1
      next = index < total ? start &+ UInt64(Double(index) * interval) : .max
    case .poisson: advanceExponentially()
    }
    return taken
  }

  /// About how many requests are due at a time; exact when they are evenly spaced, and 0 only when
  /// none is.
  @inline(__always)
  func due(at time: UInt64) -> Int {
    next <= time ? Int(Double(time - next) / interval) + 1 : 0
  }

  /// Takes all that is left and says how many they were.
  mutating func drain() -> UInt64 {
    if process == .constant {
      let rest = total - min(index, total)
      index = total
      next = .max
      return rest
    }
    var rest: UInt64 = 0
    while next != .max {
      rest += 1
      advanceExponentially()
    }
    return rest
  }

  private mutating func advanceExponentially() {
    // 53 random bits and a half: never 0, never 1.
    let uniform = (Double(generator.next() >> 11) + 0.5) / 9_007_199_254_740_992
    offset -= log(uniform) * interval
    next = offset < length ? start &+ UInt64(offset) : .max
  }
}
