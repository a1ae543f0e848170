import Telemetry
import Testing

struct MetricsRegistryTests {
  @Test func `counters and gauges are rendered with help, type and sorted labels`() {
    let registry = MetricsRegistry()
    registry.counter("holdfast_b_total", help: "Frames.", labels: ["z": "1", "a": "x"]).add(3)
    registry.gauge("holdfast_a", help: "Links.").set(-2)
    registry.gauge("holdfast_c", help: "Age.") { 0.25 }
    registry.counter("holdfast_d_total", help: "Bytes.") { 12 }
    #expect(
      registry.render() == """
        # HELP holdfast_a Links.
        # TYPE holdfast_a gauge
        holdfast_a -2
        # HELP holdfast_b_total Frames.
        # TYPE holdfast_b_total counter
        holdfast_b_total{a="x",z="1"} 3
        # HELP holdfast_c Age.
        # TYPE holdfast_c gauge
        holdfast_c 0.25
        # HELP holdfast_d_total Bytes.
        # TYPE holdfast_d_total counter
        holdfast_d_total 12

        """
    )
  }

  @Test func `label values and help texts cannot break the format`() {
    let registry = MetricsRegistry()
    registry.counter("a_total", help: "back\\slash\nline", labels: ["l": "q\"\\\n"]).add()
    #expect(
      registry.render() == """
        # HELP a_total back\\\\slash\\nline
        # TYPE a_total counter
        a_total{l="q\\"\\\\\\n"} 1

        """
    )
  }

  @Test func `the same name and labels give the same metric`() {
    let registry = MetricsRegistry()
    let one = registry.counter("a_total", help: "A.", labels: ["x": "1", "y": "2"])
    let two = registry.counter("a_total", help: "A.", labels: ["y": "2", "x": "1"])
    let other = registry.counter("a_total", help: "A.", labels: ["x": "2", "y": "2"])
    #expect(one === two)
    #expect(one !== other)
    #expect(
      registry.histogram("h_seconds", help: "H.") === registry.histogram("h_seconds", help: "H.")
    )
  }

  @Test func `a histogram is rendered in seconds with cumulative exact buckets`() throws {
    let registry = MetricsRegistry()
    let histogram = registry.histogram("h_seconds", help: "H.", labels: ["stage": "decide"])
    for nanoseconds: UInt64 in [1, 16_383, 16_384, 32_767, 32_768, 1_000_000, 30_000_000_000] {
      histogram.record(nanoseconds: nanoseconds)
    }
    let lines = registry.render().split(separator: "\n").map(String.init)
    #expect(lines.contains("h_seconds_bucket{stage=\"decide\",le=\"1.6384e-05\"} 2"))
    #expect(lines.contains("h_seconds_bucket{stage=\"decide\",le=\"3.2768e-05\"} 4"))
    #expect(lines.contains("h_seconds_bucket{stage=\"decide\",le=\"6.5536e-05\"} 5"))
    #expect(lines.contains("h_seconds_bucket{stage=\"decide\",le=\"17.179869184\"} 6"))
    #expect(lines.contains("h_seconds_bucket{stage=\"decide\",le=\"+Inf\"} 7"))
    #expect(lines.contains("h_seconds_count{stage=\"decide\"} 7"))
    #expect(lines.contains("h_seconds_sum{stage=\"decide\"} 30.001098303"))
    let counts = try lines.filter { $0.hasPrefix("h_seconds_bucket") }.map { line in
      try #require(line.split(separator: " ").last.flatMap { UInt64($0) })
    }
    #expect(counts == counts.sorted())
  }

  @Test func `readings of the clock never go back`() {
    var last = MonotonicTime.now()
    for _ in 0..<1000 {
      let next = MonotonicTime.now()
      #expect(next >= last)
      last = next
    }
  }

  @Test func `moving a reading stops at the ends of the clock`() {
    let middle = MonotonicTime(nanoseconds: 5_000_000_000)
    #expect(middle.advanced(by: .milliseconds(1)).nanoseconds == 5_001_000_000)
    #expect(middle.advanced(by: .seconds(-6)).nanoseconds == 0)
    #expect(MonotonicTime(nanoseconds: .max).advanced(by: .seconds(1)).nanoseconds == .max)
    #expect(middle.advanced(by: .seconds(Int64.max)).nanoseconds > UInt64(Int64.max))
    #expect(middle.nanoseconds(since: middle.advanced(by: .seconds(1))) == 0)
    #expect(middle.advanced(by: .seconds(1)).nanoseconds(since: middle) == 1_000_000_000)
  }
}
