import ISO8583
import Simulator

/// The echo test of a network: a request without a card, answered without a decision.
enum Echo {
  /// A message of its own.
  static func message() throws -> [UInt8] {
    var composer = RequestComposer(firstTrace: 1, clock: WallClock.now)
    return try composer.networkManagement(function: "831").packed()
  }
}
