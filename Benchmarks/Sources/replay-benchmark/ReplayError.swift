/// Why a measurement would mean nothing.
enum ReplayError: Error {
  /// Something that the replay needs could not be made.
  case notPrepared(String)
  /// Not every message was approved and answered.
  case notAnswered(approved: Int, answered: Int, of: Int)
}
