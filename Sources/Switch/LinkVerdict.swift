/// What a processor wants done with a link when time has passed.
public enum LinkVerdict: Hashable, Sendable {
  /// It goes on.
  case keep
  /// It is closed: the peer does not answer. What is in flight is still answered.
  case close
}
