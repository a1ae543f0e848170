import Foundation
import Logging
import Synchronization

/// Logs to standard error: one JSON object a line, or text when a person is looking.
struct LogOutput: LogHandler {
  /// The level below which nothing is written, for all loggers; SIGHUP changes it.
  static let sharedLevel = Mutex(Logger.Level.info)

  private let label: String
  private let isTerminal = isatty(STDERR_FILENO) == 1
  var metadata: Logger.Metadata = [:]

  init(label: String) { self.label = label }

  var logLevel: Logger.Level {
    get { Self.sharedLevel.withLock { $0 } }
    set { Self.sharedLevel.withLock { $0 = newValue } }
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  static func level(_ name: String) -> Logger.Level? { Logger.Level(rawValue: name) }

  func log(event: LogEvent) {
    let members = metadata.merging(event.metadata ?? [:]) { $1 }
    let time = Date().formatted(.iso8601.time(includingFractionalSeconds: true))
    var line: String
    if isTerminal {
      line = "\(time) \(event.level.rawValue.uppercased()) \(event.message)"
      for (key, value) in members.sorted(by: { $0.key < $1.key }) { line += " \(key)=\(value)" }
    } else {
      line = "{\"time\":\(Self.quote(time)),\"level\":\(Self.quote(event.level.rawValue))"
      line += ",\"logger\":\(Self.quote(label)),\"message\":\(Self.quote("\(event.message)"))"
      for (key, value) in members.sorted(by: { $0.key < $1.key }) {
        line += ",\(Self.quote(key)):\(Self.quote("\(value)"))"
      }
      line += "}"
    }
    line += "\n"
    // One write for a line, so that lines of several threads do not mix.
    _ = line.withUTF8 { write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  private static func quote(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case let control where control.value < 0x20:
        let digits = String(control.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
