import HTTPTypes

/// All routes, found by path first: so that a known path with another method is 405 and not 404.
struct RouteTable: Sendable {
  /// The routes in the order given.
  let routes: [Route]
  private let byCount: [Int: [Route]]

  init(_ routes: [Route]) {
    self.routes = routes
    byCount = Dictionary(grouping: routes, by: \.components.count)
    let names = Set(routes.map(\.name))
    precondition(names.count == routes.count, "a route is given twice")
  }

  /// The route of a request, with the values of its placeholders.
  func find(
    _ method: HTTPRequest.Method,
    _ path: Substring
  ) throws(Problem) -> (Route, [String: Substring]) {
    guard path.utf8.first == UInt8(ascii: "/"), path.utf8.count <= 512 else { throw .noRoute }
    let parts = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    var allowed: [String] = []
    for route in byCount[parts.count] ?? [] {
      guard let parameters = route.match(parts) else { continue }
      if route.method == method { return (route, parameters) }
      allowed.append(route.method.rawValue)
    }
    guard !allowed.isEmpty else { throw .noRoute }
    let methods = allowed.sorted().joined(separator: ", ")
    throw Problem(
      .methodNotAllowed,
      "METHOD_NOT_ALLOWED",
      "This path takes \(methods).",
      allow: methods
    )
  }
}

extension Problem {
  /// No route has the path.
  static let noRoute = Problem(
    .notFound,
    "ROUTE_NOT_FOUND",
    "There is nothing at this path."
  )
}
