import ArgumentParser

/// `HOST:PORT`; an IPv6 address stands in brackets.
struct Address: ExpressibleByArgument {
  let host: String
  let port: Int

  init?(argument: String) {
    guard let colon = argument.lastIndex(of: ":"),
      let port = Int(argument[argument.index(after: colon)...]), (1...65_535).contains(port)
    else { return nil }
    var host = argument[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    guard !host.isEmpty else { return nil }
    self.host = String(host)
    self.port = port
  }

  var defaultValueDescription: String {
    host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
  }
}
