import ArgumentParser
import Foundation

/// The key under which the daemon does a thing once, however often it is asked.
struct IdempotencyOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Do this once, however often the command is repeated with the same key "
        + "(1 to 128 visible ASCII characters; a new one is made by itself).",
      valueName: "key"
    )
  )
  var idempotencyKey: String?

  /// The key of this run: made once, so that a repeat after a broken connection carries the same.
  private let made = UUID().uuidString.lowercased()

  var value: String { idempotencyKey ?? made }

  private enum CodingKeys: String, CodingKey {
    case idempotencyKey
  }

  func validate() throws {
    guard let key = idempotencyKey else { return }
    let isVisible = key.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    guard (1...128).contains(key.utf8.count), isVisible else {
      throw ValidationError(
        "An idempotency key has 1 to 128 visible ASCII characters, without spaces."
      )
    }
  }
}
