import Foundation
import Simulator
import Testing

extension ProcessTests {
  /// Durable before answered (row A-011): nothing that a client knows of is lost in a crash.
  struct CrashTests {
    /// The log files get a part of the crashes: all but the journal is the same.
    @Test(.timeLimit(.minutes(10)), arguments: [("lmdb", 100), ("log", 40)])
    func `every answer outlives a hundred crashes under load`(
      journal: String,
      usual: Int
    ) async throws {
      let given = ProcessInfo.processInfo.environment["HOLDFAST_CRASHES"].flatMap { Int($0) }
      let crashes = given ?? usual
      var generator = Seed.generator(of: "crashes")
      try await Scratch.withDirectory { directory in
        var history: CrashHistory?
        for cycle in 0...crashes {
          let daemon = try await Daemon.start(in: directory, arguments: ["--journal", journal])
          try await daemon.during {
            var past: CrashHistory
            if let history { past = history } else { past = try await CrashHistory(in: daemon) }
            try await past.check(on: daemon, after: cycle)
            if cycle < crashes {
              try await past.crash(daemon, cycle: cycle, using: &generator)
            } else {
              try await past.repeatEverything(on: daemon)
            }
            history = past
          }
        }
        let past = try #require(history)
        print(
          "crashes (\(journal)): \(crashes), answers: \(past.answers), unanswered: \(past.lost)"
        )
        #expect(past.answers > crashes * 20, "too little load for a proof")
        #expect(past.lost > 0, "no crash met a request in flight")
      }
    }
  }
}
