import JSON

/// How one kind of object is shown to people; with `--json` it is printed as it came.
protocol ResourceView {
  /// The columns of a list.
  static var columns: KeyValuePairs<String, TextTable.Alignment> { get }

  /// The cells of one object, one for each column.
  static func row(_ object: JSONValue) -> [String?]

  /// One object on its own.
  static func block(_ object: JSONValue) -> String
}

extension ResourceView {
  /// A list without its heading and tail: for parts of another object.
  static func table(_ objects: [JSONValue]) -> String {
    var table = TextTable(columns)
    for object in objects { table.add(row(object)) }
    return table.drain()
  }
}
