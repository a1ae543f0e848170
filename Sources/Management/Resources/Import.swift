import CThreads
import HTTPTypes
import Hummingbird
import JSON
import Ledger
import Logging
import NIOCore

/// Bulk import (row A-087): NDJSON in, one result a line out, while the rest is still coming in.
struct Import {
  let services: ManagementServices

  var routes: [Route] {
    [
      Route(
        .post,
        "/admin/import",
        .streaming { (call, body) async throws(Problem) in
          try call.query.allow()
          let services = services
          return Reply(
            contentType: "application/x-ndjson",
            ResponseBody { writer in
              try await Self.run(body, to: &writer, services, requestID: call.requestID)
              try await writer.finish(nil)
            }
          )
        }
      )
    ]
  }

  /// Runs one import: a task reads, decodes and submits while this one writes.
  ///
  /// Between them are the batches that the ledger works on. The writer executes commands in the order of their submission, so a line may
  /// refer to any line before it.
  private static func run(
    _ body: RequestBody,
    to writer: inout any ResponseBodyWriter,
    _ services: ManagementServices,
    requestID: String
  ) async throws {
    let pipe = BatchPipe(capacity: services.limits.importCommandsInFlight)
    let reader = Task {
      defer { pipe.finish() }
      try await read(body, into: pipe, services)
    }
    do {
      try await withTaskCancellationHandler {
        while let pending = await pipe.pop() {
          let outcome = await pending.outcome()
          if case .failure(let error) = outcome { _ = services.problem(error) }
          var lines = JSONWriter(capacity: 32 << 10)
          pending.batch.write(outcome, to: &lines, requestID: requestID)
          try await writer.write(lines.buffer)
        }
        try await reader.value
      } onCancel: {
        reader.cancel()
      }
    } catch {
      pipe.finish()
      reader.cancel()
      _ = await reader.result
      throw error
    }
  }

  private static func read(
    _ body: RequestBody,
    into pipe: BatchPipe,
    _ services: ManagementServices
  ) async throws {
    let decoder = ImportDecoder(vault: services.vault)
    var splitter = LineSplitter(maximum: services.limits.importLineBytes)
    var number = 0
    for try await part in body {
      // Cut small first: a part from the network is up to a megabyte, and decoding it in one go
      // would hold the results of its first lines back.
      var rest = part
      while rest.readableBytes > 0 {
        guard let slice = rest.readSlice(length: min(16 << 10, rest.readableBytes)) else { break }
        var batches = [ImportBatch()]
        slice.withUnsafeReadableBytes { bytes in
          splitter.append(bytes) { add($0, to: &batches, &number, decoder, services.limits) }
        }
        guard try await submit(batches, into: pipe, services) else { return }
      }
    }
    var batches = [ImportBatch()]
    splitter.finish { add($0, to: &batches, &number, decoder, services.limits) }
    _ = try await submit(batches, into: pipe, services)
  }

  private static func add(
    _ piece: LineSplitter.Piece,
    to batches: inout [ImportBatch],
    _ number: inout Int,
    _ decoder: ImportDecoder,
    _ limits: ManagementLimits
  ) {
    number += 1
    if batches[batches.count - 1].isFull { batches.append(ImportBatch()) }
    let last = batches.count - 1
    switch piece {
    case .tooLong:
      batches[last].add(
        Problem(
          .badRequest,
          "LINE_TOO_LONG",
          "The line has more than \(limits.importLineBytes) bytes."
        ),
        reference: nil,
        number: number
      )
    case .line(let bytes):
      guard bytes.contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) else { return }
      do throws(ImportDecoder.Failure) {
        batches[last].add(try decoder.decode(bytes), number: number)
      } catch {
        batches[last].add(error.problem, reference: error.reference, number: number)
      }
    }
  }

  /// Hands batches to the ledger in order.
  /// - Returns: `false` when nobody waits for the results any more.
  private static func submit(
    _ batches: [ImportBatch],
    into pipe: BatchPipe,
    _ services: ManagementServices
  ) async throws -> Bool {
    for batch in batches where !batch.isEmpty {
      guard await pipe.waitForRoom() else { return false }
      thread_stay_behind(ManagementLimits.nice)
      try await services.importPacer.wait(for: batch.lines.count)
      let pending = PendingBatch(batch)
      if batch.lines.isEmpty {
        pending.finish(.success(.imported([])))
      } else {
        try await submit(pending, services)
      }
      pipe.push(pending)
    }
    return true
  }

  /// Hands one batch to the ledger; waits a little while its queue is full of other commands.
  private static func submit(
    _ pending: PendingBatch,
    _ services: ManagementServices
  ) async throws {
    for attempt in 1... {
      do throws(LedgerError) {
        return try services.ledger.submit(.importLines(pending.batch.lines)) {
          pending.finish($0)
        }
      } catch {
        guard error == .busy, attempt < 200 else {
          return pending.finish(.failure(error))
        }
      }
      try await Task.sleep(for: .milliseconds(10))
    }
  }
}
