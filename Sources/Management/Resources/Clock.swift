import Authorization
import HTTPTypes
import JSON
import Ledger

/// The clock by which holds run out and stamps are written; tests can set it forward (row N-5).
struct Clock {
  let services: ManagementServices

  var routes: [Route] {
    [.get("/admin/clock", show), .post("/admin/clock/advance", advance)]
  }

  @Sendable private func show(_ call: Call) async throws(Problem) -> Reply {
    try call.query.allow()
    return Reply { writer in
      writer.member("now", services.ledger.now.rfc3339)
      writer.member("virtual", services.virtualClock != nil)
    }
  }

  @Sendable private func advance(_ call: Call) async throws(Problem) -> Reply {
    let members = try call.members(allowed: ["seconds", "to"])
    guard let clock = services.virtualClock else { throw .clockNotVirtual }
    let seconds = try members.optionalInteger("seconds", in: 0...Self.longestSeconds)
    let to = try members.optionalText("to")
    guard (seconds == nil) != (to == nil) else {
      throw members.invalid("seconds", "give either seconds or to")
    }
    var end: Instant?
    if let to {
      guard let instant = Instant(rfc3339: to) else {
        throw members.invalid("to", "it must be a time such as 2030-12-31T23:59:59.000Z")
      }
      let now = clock.now()
      guard instant >= now, instant <= now.advanced(bySeconds: Self.longestSeconds) else {
        throw members.invalid("to", "it must be in the next hundred years; clocks do not go back")
      }
      end = instant
    }
    let expired: Int?
    do throws(LedgerError) {
      expired = try await services.holdExpiry.sweep { [end] in
        if let end {
          clock.advance(to: end)
          return true
        }
        return clock.advance(bySeconds: seconds ?? 0)
      }
    } catch {
      throw services.problem(error)
    }
    guard let expired else {
      throw members.invalid("seconds", "the clock would be more than a hundred years ahead")
    }
    return Reply { writer in
      writer.member("now", services.ledger.now.rfc3339)
      writer.member("expired", expired)
    }
  }

  /// A hundred years.
  private static let longestSeconds: Int64 = 100 * 366 * 86_400
}

extension Problem {
  /// The daemon runs on the machine's clock.
  fileprivate static let clockNotVirtual = Problem(
    .conflict,
    "CLOCK_NOT_VIRTUAL",
    "The daemon runs on the machine's clock; start it with --virtual-clock to set time forward."
  )
}
