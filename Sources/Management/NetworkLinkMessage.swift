/// What an operator may say to the peer of a link.
public enum NetworkLinkMessage: CaseIterable, Sendable {
  /// An echo test: function code 831.
  case echo
  /// We take requests again: 801.
  case signOn
  /// We take no more requests: 802.
  case signOff
}
