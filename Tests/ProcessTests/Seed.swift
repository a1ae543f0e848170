import Foundation
import Simulator

/// The beginning of a random test: printed, so that a failure can be played again.
enum Seed {
  /// A generator whose seed is that of `HOLDFAST_TEST_SEED`, else a random one.
  static func generator(of test: String) -> SeededGenerator {
    let given = ProcessInfo.processInfo.environment["HOLDFAST_TEST_SEED"].flatMap { UInt64($0) }
    let seed = given ?? UInt64.random(in: 0...(.max))
    print("\(test): HOLDFAST_TEST_SEED=\(seed)")
    return SeededGenerator(seed: seed)
  }
}
