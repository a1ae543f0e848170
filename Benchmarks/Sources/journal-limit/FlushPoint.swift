/// What one 4 KiB write and `fdatasync` costs: the least that a durable write can cost here.
struct FlushPoint: Encodable {
  let flushesPerSecond: Double
  let latencyMicroseconds: Latency
}
