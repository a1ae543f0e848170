import JSON
import Testing

@testable import holdfast

@Suite struct ImportTallyTests {
  private func add(_ line: String, to tally: inout ImportTally) throws -> String? {
    try tally.add(JSONValue(parsing: Array(line.utf8)))
  }

  @Test func `results are counted and refusals told without card numbers`() throws {
    var tally = ImportTally()
    #expect(try add(#"{"line":1,"ref":"c1","id":"crd_1","status":"created"}"#, to: &tally) == nil)
    #expect(try add(#"{"line":2,"ref":"c1","id":"crd_1","status":"unchanged"}"#, to: &tally) == nil)
    let told = try add(
      #"{"line":3,"ref":"4000000000000002","error":{"code":"PAN_INVALID","message":"4000000000000002 no"}}"#,
      to: &tally
    )
    #expect(told == "line 3 (400000******0002): PAN_INVALID: 400000******0002 no")
    #expect(tally.created == 1)
    #expect(tally.unchanged == 1)
    #expect(tally.refused == 1)
    #expect(tally.lines == 3)
  }

  @Test(arguments: ["{}", "[]", #"{"status":"perhaps"}"#, "null"])
  func `a line that is no result is a fault of the daemon`(line: String) {
    var tally = ImportTally()
    #expect(throws: CommandFailure.self) { try add(line, to: &tally) }
  }
}
