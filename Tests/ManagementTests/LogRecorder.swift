import Logging
import Synchronization

/// Keeps what was logged, for tests that look for what must not be there.
final class LogRecorder: LogHandler {
  private let lines = Mutex<[String]>([])

  var all: [String] { lines.withLock { $0 } }

  var logLevel: Logger.Level {
    get { .trace }
    set {}
  }

  var metadata: Logger.Metadata {
    get { [:] }
    set {}
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { nil }
    set {}
  }

  func log(event: LogEvent) {
    lines.withLock { $0.append("\(event.level) \(event.message) \(event.metadata ?? [:])") }
  }
}
