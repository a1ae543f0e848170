import HTTPTypes
import Hummingbird

/// A method on a path, and what it does.
struct Route: Sendable {
  /// What a route does.
  enum Action: Sendable {
    /// Gets the whole body, which is bounded.
    case plain(@Sendable (Call) async throws(Problem) -> Reply)
    /// Reads the body itself.
    case streaming(@Sendable (Call, RequestBody) async throws(Problem) -> Reply)
  }

  let method: HTTPRequest.Method
  /// The path with placeholders in braces, as the OpenAPI document writes it.
  let pattern: String
  let action: Action
  let components: [Component]

  /// Method and path, for example `GET /admin/partners`.
  var name: String { "\(method.rawValue) \(pattern)" }

  /// One part of a path between slashes.
  enum Component: Sendable, Hashable {
    case text(Substring)
    case placeholder(String)
  }

  init(_ method: HTTPRequest.Method, _ pattern: String, _ action: Action) {
    self.method = method
    self.pattern = pattern
    self.action = action
    components = pattern.split(separator: "/").map { part in
      part.hasPrefix("{") ? .placeholder(String(part.dropFirst().dropLast())) : .text(part)
    }
  }

  static func get(
    _ pattern: String,
    _ action: @escaping @Sendable (Call) async throws(Problem) -> Reply
  ) -> Route { Route(.get, pattern, .plain(action)) }

  static func post(
    _ pattern: String,
    _ action: @escaping @Sendable (Call) async throws(Problem) -> Reply
  ) -> Route { Route(.post, pattern, .plain(action)) }

  static func put(
    _ pattern: String,
    _ action: @escaping @Sendable (Call) async throws(Problem) -> Reply
  ) -> Route { Route(.put, pattern, .plain(action)) }

  static func delete(
    _ pattern: String,
    _ action: @escaping @Sendable (Call) async throws(Problem) -> Reply
  ) -> Route { Route(.delete, pattern, .plain(action)) }

  /// The values of the placeholders when the parts of a path fit; `nil` otherwise.
  func match(_ parts: [Substring]) -> [String: Substring]? {
    guard parts.count == components.count else { return nil }
    var parameters: [String: Substring] = [:]
    for (part, component) in zip(parts, components) {
      switch component {
      case .text(let text): guard text == part else { return nil }
      case .placeholder(let name): parameters[name] = part
      }
    }
    return parameters
  }
}
