/// Which release this is.
public enum Release {
  /// The version of all three programs, by semantic versioning.
  public static let version = "0.1.0"
}
