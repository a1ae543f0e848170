import ArgumentParser

/// Where in the feed of events to begin.
enum EventPlaceArgument: ExpressibleByArgument, Hashable, Sendable {
  /// Behind the event with this number.
  case behind(UInt64)
  /// Behind the newest event.
  case latest

  /// A place from what was typed.
  init?(argument: String) {
    if argument == "latest" {
      self = .latest
    } else if argument.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let number = UInt64(argument)
    {
      self = .behind(number)
    } else {
      return nil
    }
  }

  /// The place as the daemon takes it.
  var text: String {
    switch self {
    case .behind(let number): String(number)
    case .latest: "latest"
    }
  }

  /// What help shows.
  var defaultValueDescription: String { text }
}
