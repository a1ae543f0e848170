import JSON
import Ledger
import Synchronization

/// Some lines of an import in order: those that went to the ledger in one command, and those that
/// were refused before, with the answers to all of them.
struct ImportBatch: Sendable {
  /// One line.
  struct Entry: Sendable {
    /// Counted from 1.
    var number: Int
    /// The caller's name for the object.
    var reference: String?
    /// Why the line did not go to the ledger; `nil` when it did.
    var problem: Problem?
  }

  /// Every line in order.
  private(set) var entries: [Entry] = []
  /// The lines for the ledger in order.
  private(set) var lines: [ImportLine] = []

  init() {
    entries.reserveCapacity(LedgerLimits.importLinesPerCommand)
    lines.reserveCapacity(LedgerLimits.importLinesPerCommand)
  }

  /// Whether nothing was added.
  var isEmpty: Bool { entries.isEmpty }

  /// Whether it is as large as a command may be.
  var isFull: Bool { entries.count >= LedgerLimits.importLinesPerCommand }

  mutating func add(_ decoded: ImportDecoder.Decoded, number: Int) {
    entries.append(Entry(number: number, reference: decoded.reference))
    lines.append(decoded.line)
  }

  mutating func add(_ problem: Problem, reference: String?, number: Int) {
    entries.append(Entry(number: number, reference: reference, problem: problem))
  }

  /// Writes the result lines.
  /// - Parameters:
  ///   - outcome: what the ledger answered; not looked at when no line went there.
  ///   - writer: where the lines go.
  ///   - requestID: the name of the request, for errors.
  func write(
    _ outcome: Result<CommandOutcome, LedgerError>,
    to writer: inout JSONWriter,
    requestID: String
  ) {
    var results: [ImportResult] = []
    var fault: Problem?
    switch outcome {
    case .success(.imported(let imported)): results = imported
    case .success: preconditionFailure("an import is answered with its results")
    case .failure(let error): fault = Problem(error)
    }
    var next = results.makeIterator()
    for entry in entries {
      if let problem = entry.problem {
        Self.write(problem, entry, to: &writer, requestID)
      } else if let fault {
        Self.write(fault, entry, to: &writer, requestID)
      } else if let result = next.next() {
        switch result.status {
        case .created: Self.write("created", result.id, entry, to: &writer)
        case .unchanged: Self.write("unchanged", result.id, entry, to: &writer)
        case .refused(let refusal): Self.write(Problem(refusal), entry, to: &writer, requestID)
        }
      }
      writer.newline()
    }
  }

  private static func write(
    _ status: String,
    _ id: String?,
    _ entry: Entry,
    to writer: inout JSONWriter
  ) {
    writer.object { writer in
      writer.member("line", entry.number)
      if let reference = entry.reference { writer.member("ref", reference) }
      writer.member("id", id)
      writer.member("status", status)
    }
  }

  private static func write(
    _ problem: Problem,
    _ entry: Entry,
    to writer: inout JSONWriter,
    _ requestID: String
  ) {
    writer.object { writer in
      writer.member("line", entry.number)
      if let reference = entry.reference {
        writer.member("ref", Redaction.reference(reference))
      }
      writer.member("error") { writer in
        writer.member("code", problem.code)
        writer.member("message", problem.message)
        if let field = problem.field { writer.member("field", field) }
        writer.member("requestId", requestID)
        writer.member("retryable", problem.isRetryable)
      }
    }
  }
}
