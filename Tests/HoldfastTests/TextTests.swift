import Testing

@testable import holdfast

@Suite struct TextTests {
  @Test func `columns are aligned by their longest cell`() {
    var table = TextTable(["NAME": .left, "SUM": .right])
    table.add(["a", "1"])
    table.add(["long name", nil])
    #expect(table.drain() == "NAME       SUM\na            1\nlong name    -\n")
    table.add(["b", "22"])
    #expect(table.drain() == "b           22\n")
  }

  @Test func `a name cannot move the cursor or break a line`() {
    var table = TextTable(["NAME": .left])
    table.add(["a\u{1B}[2J\nb\u{202E}c"])
    #expect(table.drain() == "NAME\na\u{FFFD}[2J\u{FFFD}b\u{FFFD}c\n")
  }

  @Test func `counts have commas`() {
    #expect(CountText.of(0) == "0")
    #expect(CountText.of(999) == "999")
    #expect(CountText.of(1_000) == "1,000")
    #expect(CountText.of(-1_234_567) == "-1,234,567")
  }

  @Test func `a query escapes all but unreserved characters`() {
    #expect(QueryText.of([]) == "")
    #expect(QueryText.of([("a", nil), ("b", "c d&e=é/~")]) == "?b=c%20d%26e%3D%C3%A9%2F~")
  }

  @Test func `the progress line never exceeds the terminal`() {
    #expect(ProgressBar.line(0.5, "text", columns: 80).hasPrefix("[###############......."))
    for columns in [0, 1, 2, 10, 40, 80] {
      for fraction in [nil, -1, 0, 0.999, 1, 7] as [Double?] {
        let line = ProgressBar.line(fraction, "12,345 lines", columns: columns)
        #expect(line.count <= max(columns - 1, 0))
      }
    }
  }

  @Test func `options before the command are moved behind it`() {
    #expect(GlobalArguments.moved(["--json", "status"]) == ["status", "--json"])
    #expect(
      GlobalArguments.moved(["--socket", "s", "--json", "card", "show", "x"])
        == ["card", "show", "x", "--socket", "s", "--json"]
    )
    #expect(
      GlobalArguments.moved(["--socket=s", "import", "--", "-f"])
        == ["import", "--socket=s", "--", "-f"]
    )
    #expect(GlobalArguments.moved(["--json"]) == ["--json"])
    #expect(GlobalArguments.moved(["--json", "--help"]) == ["--json", "--help"])
    #expect(GlobalArguments.moved(["--socket"]) == ["--socket"])
  }

  @Test func `metrics are read with their labels`() {
    let text = """
      # HELP a words
      # TYPE a counter
      a{reason="x\\"y,}",other="\\\\ \\n"} 12
      b 1.5 1700000000
      broken{
      """
    let samples = PrometheusText.samples(text)
    #expect(
      samples == [
        PrometheusSample(name: "a", labels: ["reason": "x\"y,}", "other": "\\ \n"], value: "12"),
        PrometheusSample(name: "b", labels: [:], value: "1.5"),
      ]
    )
  }
}
