import Foundation
import ISO8583
import Testing

/// The document for implementers says what the codec does.
struct WireDocumentTests {
  @Test(arguments: [("elements", WireTable.elements), ("parts", WireTable.parts)])
  func `the tables of the document are the table that the codec follows`(
    _ name: String,
    _ expected: [String]
  ) throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Specs/Wire.md")
    let lines = try String(contentsOf: file, encoding: .utf8).split(
      separator: "\n",
      omittingEmptySubsequences: false
    ).map(String.init)
    let start = try #require(lines.firstIndex(of: "<!-- table: \(name) -->"))
    let end = try #require(lines[start...].firstIndex(of: "<!-- end -->"))
    let found = lines[(start + 1)..<end].filter { !$0.isEmpty }
    #expect(found == expected, "it should be:\n\(expected.joined(separator: "\n"))")
  }

  @Test func `every element from 2 to 128 has a row and only 91 is undefined`() {
    #expect(FieldTable.all.map(\.number) == Array(2...128))
    let undefined = FieldTable.all.filter { $0.format.content == .undefined }.map(\.number)
    #expect(undefined == [91])
  }

  @Test func `fixed composites are as long as their parts`() {
    for row in FieldTable.all where row.structure == .sequence {
      let length = row.parts.reduce(0) { sum, part in
        let count = Int(part.format.maximum)
        return sum + (part.format.isPacked ? (count + 1) / 2 : count)
      }
      #expect(length == Int(row.format.maximum), "DE \(row.number)")
      #expect(row.parts.map(\.number) == Array(0..<UInt8(row.parts.count)))
    }
  }
}
