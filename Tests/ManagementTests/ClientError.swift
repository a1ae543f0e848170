/// Why a test's client got no answer.
enum ClientError: Error {
  case system(String, Int32)
  case timeout
  case noAnswer(String)
}
