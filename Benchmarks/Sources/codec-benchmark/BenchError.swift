/// Why a measurement would mean nothing.
enum BenchError: Error {
  /// The built message is not the one that was parsed.
  case differentBytes
}
