import Foundation

/// A generator whose seed is printed, so that a failure can be run again: set `HOLDFAST_TEST_SEED`.
package struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  /// A generator for a test with this name; the seed is that of the environment, or chance.
  package init(_ test: String) {
    let given = ProcessInfo.processInfo.environment["HOLDFAST_TEST_SEED"].flatMap { UInt64($0) }
    let seed = given ?? UInt64.random(in: 1...UInt64.max)
    print("\(test): HOLDFAST_TEST_SEED=\(seed)")
    state = seed
  }

  /// The next 64 bits.
  package mutating func next() -> UInt64 {
    // SplitMix64.
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}
