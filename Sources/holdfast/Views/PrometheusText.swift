/// Reads the Prometheus text format as the daemon writes it.
enum PrometheusText {
  /// The samples in their order; comments and lines of another form are left out.
  static func samples(_ text: String) -> [PrometheusSample] {
    text.split(whereSeparator: \.isNewline).compactMap { sample(Array($0.utf8)) }
  }

  private static func sample(_ line: [UInt8]) -> PrometheusSample? {
    guard let first = line.first, first != UInt8(ascii: "#"),
      let end = line.firstIndex(where: { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "{") })
    else { return nil }
    var rest = line[end...]
    var labels: [String: String] = [:]
    if rest.first == UInt8(ascii: "{") {
      guard let found = takeLabels(&rest) else { return nil }
      labels = found
    }
    let words = rest.split(separator: UInt8(ascii: " "))
    guard let value = words.first else { return nil }
    return PrometheusSample(
      name: String(decoding: line[..<end], as: UTF8.self),
      labels: labels,
      value: String(decoding: value, as: UTF8.self)
    )
  }

  /// Takes `{name="value",…}` off the front.
  private static func takeLabels(_ rest: inout ArraySlice<UInt8>) -> [String: String]? {
    var labels: [String: String] = [:]
    rest = rest.dropFirst()
    while let next = rest.first, next != UInt8(ascii: "}") {
      guard let equals = rest.firstIndex(of: UInt8(ascii: "=")) else { return nil }
      let name = String(decoding: rest[..<equals], as: UTF8.self)
      rest = rest[(equals + 1)...]
      guard rest.popFirst() == UInt8(ascii: "\"") else { return nil }
      var value: [UInt8] = []
      while let byte = rest.popFirst(), byte != UInt8(ascii: "\"") {
        guard byte == UInt8(ascii: "\\"), let escaped = rest.popFirst() else {
          value.append(byte)
          continue
        }
        value.append(escaped == UInt8(ascii: "n") ? UInt8(ascii: "\n") : escaped)
      }
      labels[name] = String(decoding: value, as: UTF8.self)
      if rest.first == UInt8(ascii: ",") { rest = rest.dropFirst() }
    }
    guard rest.popFirst() != nil else { return nil }
    return labels
  }
}
