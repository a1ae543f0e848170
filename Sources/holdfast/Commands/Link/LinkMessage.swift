/// A network management message to the peer of a link.
protocol LinkMessage {
  /// The name on the command line and the last part of the path.
  static var name: String { get }
  /// What the command does, as its abstract.
  static var purpose: String { get }
}
