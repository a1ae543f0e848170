import Foundation
import JSON
import ManagementClient
import Synchronization

/// One import: lines go out while results come back, neither is held.
final class ImportRun: Sendable {
  private struct State {
    var tally = ImportTally()
    var untold: Int64 = 0
  }

  /// How many refused lines are told to a person; `--json` tells all.
  static let longestTelling: Int64 = 100

  private let source: ImportSource
  private let output: Output
  private let bar: ProgressBar
  private let state = Mutex(State())

  init(source: ImportSource, output: Output, bar: ProgressBar) {
    self.source = source
    self.output = output
    self.bar = bar
  }

  /// Runs the import and prints its results.
  ///
  /// - Throws: `CommandFailure.reported` when a line was refused.
  func run(_ session: Session) async throws(CommandFailure) {
    let start = ContinuousClock.now
    do throws(CommandFailure) {
      try await session.stream(
        "/admin/import",
        body: { [source] writer in
          while true {
            let piece = try await source.next()
            guard !piece.isEmpty else { return }
            try await writer.write(piece)
          }
        },
        line: { line in try self.take(line) }
      )
    } catch {
      bar.finish()
      // What was applied stays applied, and a person wants to know how far it came.
      conclude(start)
      throw Self.explained(error)
    }
    bar.finish()
    let tally = conclude(start)
    let sent = source.position.lines
    guard tally.lines >= sent else {
      throw .failed(
        code: "IMPORT_INCOMPLETE",
        "The daemon answered \(CountText.of(tally.lines)) of \(CountText.of(sent)) lines.",
        next: "Run the same import again: what is there already stays unchanged."
      )
    }
    if tally.refused > 0 { throw .reported }
  }

  private func take(_ line: [UInt8]) throws(CommandFailure) {
    guard !line.isEmpty else { return }
    let result: JSONValue
    do throws(JSONSyntaxError) {
      result = try JSONValue(parsing: line)
    } catch {
      throw .badAnswer("A result line of the import is not JSON: \(error).")
    }
    let (tally, telling) = try state.withLock { state throws(CommandFailure) in
      var telling = try state.tally.add(result)
      if telling != nil, !output.isJSON, state.tally.refused > Self.longestTelling {
        state.untold += 1
        telling = nil
      }
      return (state.tally, telling)
    }
    if output.isJSON {
      Terminal.output(CardNumberMask.masked(result.compact) + "\n")
    } else if let telling {
      bar.finish()
      Terminal.output(telling + "\n")
    }
    bar.show(
      fraction(tally),
      "\(CountText.of(tally.lines)) lines"
        + (tally.refused > 0 ? ", \(CountText.of(tally.refused)) refused" : "")
    )
  }

  /// How far the import is: what was read, less what of it is still unanswered.
  private func fraction(_ tally: ImportTally) -> Double? {
    guard let byteCount = source.byteCount, byteCount > 0 else { return nil }
    let position = source.position
    let answered = Double(tally.lines) / Double(max(position.lines, 1))
    return Double(position.bytes) / Double(byteCount) * min(answered, 1)
  }

  @discardableResult
  private func conclude(_ start: ContinuousClock.Instant) -> ImportTally {
    let elapsed = (ContinuousClock.now - start).components
    let seconds = Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18
    let (tally, untold) = state.withLock { ($0.tally, $0.untold) }
    if output.isJSON {
      Terminal.output(
        JSONValue.object([.init("summary", tally.json(seconds: seconds))]).compact + "\n"
      )
      return tally
    }
    if untold > 0 {
      Terminal.output("and \(CountText.of(untold)) more refused; see all with --json\n")
    }
    if tally.refused > 0 { Terminal.output("\n") }
    Terminal.output(tally.text(seconds: seconds))
    return tally
  }

  private static func explained(_ error: CommandFailure) -> CommandFailure {
    guard case .noAnswer(let cause, _) = error else { return error }
    switch cause {
    case .connectionLost(_, let reason):
      return brokenOff("the connection is gone (\(reason))")
    case .timedOut(_, let milliseconds):
      return brokenOff("nothing moved for \(milliseconds / 1_000) s")
    case .bodyFailed(let reason):
      return .failed(code: "FILE_UNREADABLE", "The lines cannot be read: \(reason).", next: nil)
    case .receiverFailed(let reason): return .badAnswer(reason)
    default: return error
    }
  }

  private static func brokenOff(_ reason: String) -> CommandFailure {
    .failed(
      code: "IMPORT_BROKEN_OFF",
      "The import broke off before all lines were answered: \(reason).",
      next: "Run the same import again: what is there already stays unchanged."
    )
  }
}
