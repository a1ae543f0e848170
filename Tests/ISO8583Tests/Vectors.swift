import Foundation
import ISO8583
import Testing

/// The worked messages beside the tests, and what the dialect says about broken ones.
enum Vectors {
  struct Vector: Decodable {
    let name: String
    let mti: String
    let fields: [String: Value]
    let hex: String
  }

  struct Malformed: Decodable {
    let name: String
    let hex: String
    let why: String
    let expect: String
  }

  enum Value: Decodable {
    case text(String)
    case parts([String: String])

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let text = try? container.decode(String.self) {
        self = .text(text)
      } else {
        self = .parts(try container.decode([String: String].self))
      }
    }
  }

  static func vectors() throws -> [Vector] { try load("vectors") }

  static func malformed() throws -> [Malformed] { try load("malformed") }

  static func vector(_ prefix: String) throws -> Vector {
    try #require(try vectors().first { $0.name.hasPrefix(prefix) })
  }

  private static func load<T: Decodable>(_ name: String) throws -> [T] {
    let url = try #require(
      Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Vectors")
    )
    return try JSONDecoder().decode([T].self, from: Data(contentsOf: url))
  }
}

extension Vectors.Vector {
  /// The vector as values, by the kinds of the table.
  func message() throws -> Message {
    var values: [Element: FieldValue] = [:]
    for (key, value) in fields {
      let element = try #require(Int(key).flatMap { Element(number: $0) })
      let row = FieldTable.row(of: element)
      switch value {
      case .text(let text):
        values[element] =
          row.format.content == .binary ? .binary(try Hexadecimal.bytes(text)) : .text(text)
      case .parts(let parts):
        var composite: [Int: FieldValue] = [:]
        for (key, text) in parts { composite[try #require(Int(key))] = .text(text) }
        values[element] = .composite(composite)
      }
    }
    return Message(type: try #require(MessageType(text: mti)), fields: values)
  }
}
