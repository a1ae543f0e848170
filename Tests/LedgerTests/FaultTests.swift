import Authorization
import CLMDB
import Foundation
import Synchronization
import Telemetry
import Testing

@testable import Ledger

/// Storage that fails under a working ledger: nothing answered is lost, nobody waits for ever.
struct FaultTests {
  /// Works until the ledger fails; what was answered, and what failed.
  private func work(
    _ ledger: Ledger
  ) async throws -> (answered: [AuthorizationRequest], names: [String]) {
    let inbox = CollectingInbox()
    let id = ledger.register(inbox)
    let euro = try #require(Currency(code: "EUR"))
    let amount = try #require(Amount(minorUnits: 1, currency: euro))
    var requests: [AuthorizationRequest] = []
    var names: [String] = []
    let deadline = MonotonicTime.now().advanced(by: .seconds(60))
    for round in UInt64(0)..<100_000 {
      for number in UInt64(0)..<20 {
        let request = try TestCard(0).request(round * 20 + number, amount)
        if ledger.submit(
          request,
          to: id,
          ticket: UInt64(requests.count),
          deadline: deadline
        ) {
          requests.append(request)
        }
      }
      // The callers of one batch, all of whom must be told.
      let results = await withTaskGroup(of: (String, Bool).self) { group in
        for number in 0..<4 {
          let name = "partner \(round)/\(number)"
          group.addTask {
            let error = await Self.failure(ledger, name)
            #expect(error == nil || error == .stopped)
            return (name, error == nil)
          }
        }
        var results: [(String, Bool)] = []
        for await result in group { results.append(result) }
        return results
      }
      names += results.filter(\.1).map(\.0)
      if results.contains(where: { !$0.1 }) { break }
    }
    ledger.stop()
    #expect(!ledger.isServing)
    let told = inbox.soFar
    let answered = requests.indices.compactMap { index -> AuthorizationRequest? in
      told[UInt64(index)]?.origin == .decided ? requests[index] : nil
    }
    return (answered, names)
  }

  private static func failure(_ ledger: Ledger, _ name: String) async -> LedgerError? {
    do throws(LedgerError) {
      _ = try await ledger.perform(.createPartner(name: name))
      return nil
    } catch {
      return error
    }
  }

  private func expectKept(
    _ path: String,
    _ answered: [AuthorizationRequest],
    _ names: [String]
  ) async throws {
    let fixture = try LedgerFixture(path: path)
    let again = try await fixture.submit(answered)
    #expect(again.allSatisfy { $0.origin == .repeated })
    let partners = try await fixture.ledger.read { (view) throws(LedgerError) in
      try view.partners(after: nil, limit: .max).map(\.name)
    }
    #expect(Set(names).isSubset(of: partners))
    #expect(Set(partners).count == partners.count)
    try await fixture.expectConsistent()
  }

  @Test(arguments: ["journal", "books"], JournalKind.allCases)
  func `a full file stops the ledger and loses nothing that was answered`(
    file: String,
    journal: JournalKind
  ) async throws {
    let path = LedgerFixture.newPath()
    defer { try? FileManager.default.removeItem(atPath: path) }
    do {
      let fixture = try LedgerFixture(path: path, journal: journal)
      _ = try await TestWorld(fixture, .deposit, backing: 1_000_000, funds: 1_000_000)
    }
    let reported = FaultBox()
    var opened: Ledger? = try LedgerFixture.open(path) { settings in
      if file == "journal" {
        settings.journalMapBytes = 1 << 19
      } else {
        settings.booksMapBytes = 1 << 19
      }
      settings.fault = { reported.add($0) }
    }
    let (answered, names) = try await work(try #require(opened))
    opened = nil
    #expect(!answered.isEmpty)
    #expect(!names.isEmpty)
    let errors = reported.errors
    #expect(errors.count == 1)
    let expected = file == "journal" && journal == .log ? ENOSPC : MDB_MAP_FULL
    guard case .storage(_, expected) = errors.first else {
      Issue.record("\(errors)")
      return
    }
    try await expectKept(path, answered, names)
  }

  @Test func `a ledger that was dropped gives its directory back`() async throws {
    let path = LedgerFixture.newPath()
    defer { try? FileManager.default.removeItem(atPath: path) }
    for _ in 0..<20 {
      var ledger: Ledger? = try LedgerFixture.open(path)
      _ = try await ledger?.perform(.createPartner(name: "p"))
      // Without `stop`: its threads end by themselves and the lock goes with them.
      ledger = nil
      let deadline = MonotonicTime.now().advanced(by: .seconds(60))
      while (try? Ledger.check(directory: path)) == nil, MonotonicTime.now() < deadline {
        try await Task.sleep(for: .milliseconds(1))
      }
    }
    let proof = try Ledger.check(directory: path)
    #expect(proof.isConsistent)
    #expect(proof.effects >= 20)
  }
}
