/// A network management message of ours to a peer (2804); the raw value is its function code (DE 24).
public enum LinkCommand: UInt64, CaseIterable, Sendable {
  /// We take requests again.
  case signOn = 801
  /// We take no more requests.
  case signOff = 802
  /// Are you there?
  case echo = 831
}
