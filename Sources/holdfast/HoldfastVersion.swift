/// The release of this program.
enum HoldfastVersion {
  /// Semantic version (semver.org).
  static let current = "0.1.0"
}
