/// Everything that one run of the program measured.
struct LimitReport: Encodable {
  let bytesPerAuthorization: Int
  let entryOverheadBytes: Int
  let fdatasync: FlushPoint
  let batches: [BatchPoint]
  let rates: [RatePoint]
}
