import Testing

@testable import Telemetry

struct LatencyHistogramTests {
  @Test func `every duration falls into the bucket whose bounds enclose it`() {
    var samples: [UInt64] = Array(0...5000)
    for bits in 5..<40 {
      let power = UInt64(1) << UInt64(bits)
      samples += [power - 1, power, power + 1, power + power / 2, power + power / 32]
    }
    for sample in samples where sample < 1 << 40 {
      let bucket = LatencyHistogram.bucket(of: sample)
      #expect(sample <= LatencyHistogram.upperBound(of: bucket))
      if bucket > 0 {
        #expect(sample > LatencyHistogram.upperBound(of: bucket - 1))
      }
    }
  }

  @Test func `durations beyond the range share the last bucket`() {
    let last = LatencyHistogram.bucketCount - 1
    #expect(LatencyHistogram.bucket(of: 1 << 40) == last)
    #expect(LatencyHistogram.bucket(of: .max) == last)
    #expect(LatencyHistogram.bucket(of: 1 << 40 - 1) == last)
  }

  @Test func `a quantile is never below the true one and at most a thirty-second above it`() {
    let seed = UInt64.random(in: .min ... .max)
    var state = seed
    let histogram = LatencyHistogram()
    var samples: [UInt64] = []
    for _ in 0..<10_000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let sample = (state >> 20) >> (state >> 59)
      samples.append(sample)
      histogram.record(nanoseconds: sample)
    }
    samples.sort()
    for quantile in [0.0, 0.001, 0.1, 0.5, 0.9, 0.99, 0.999, 1.0] {
      let rank = max(1, Int((quantile * Double(samples.count)).rounded(.up)))
      let exact = samples[rank - 1]
      let read = histogram.quantile(quantile)
      let comment: Comment = "seed \(seed), quantile \(quantile)"
      if exact < 1 << 40 {
        #expect(read >= exact, comment)
        #expect(read <= exact + exact / 32 + 1, comment)
      } else {
        #expect(read == samples[samples.count - 1], comment)
      }
    }
    #expect(histogram.maximum == samples[samples.count - 1])
    #expect(histogram.count == UInt64(samples.count))
    #expect(histogram.sum == samples.reduce(0, &+))
  }

  @Test func `an empty histogram reads as zero`() {
    let histogram = LatencyHistogram()
    #expect(histogram.quantile(0.99) == 0)
    #expect(histogram.maximum == 0)
    #expect(histogram.count == 0)
  }

  @Test func `nothing is lost when several threads record at once`() async {
    let histogram = LatencyHistogram()
    let counter = Counter()
    await withTaskGroup(of: Void.self) { group in
      for worker in 0..<8 {
        group.addTask {
          for round in 0..<10_000 {
            histogram.record(nanoseconds: UInt64(worker * 1000 + round))
            counter.add()
          }
        }
      }
    }
    #expect(histogram.count == 80_000)
    #expect(counter.value == 80_000)
    #expect(histogram.maximum == 16_999)
  }
}
