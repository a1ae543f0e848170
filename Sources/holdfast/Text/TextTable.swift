/// A table for people: a heading, then rows, the columns aligned.
struct TextTable {
  /// On which side a column is flush.
  enum Alignment {
    case left
    case right
  }

  private let headings: [(text: String, alignment: Alignment)]
  private var rows: [[String]] = []
  private var widths: [Int]
  private var isBegun = false

  /// A table with these columns.
  init(_ headings: KeyValuePairs<String, Alignment>) {
    self.headings = headings.map { ($0.key, $0.value) }
    widths = self.headings.map(\.text.count)
  }

  /// Adds a row; a missing cell shows a hyphen.
  mutating func add(_ cells: [String?]) {
    precondition(cells.count == headings.count, "a row has a cell for every column")
    let row = cells.map { $0.map { PrintableText.of($0) } ?? "-" }
    for (column, cell) in row.enumerated() { widths[column] = max(widths[column], cell.count) }
    rows.append(row)
  }

  /// The lines since the last call, each ended by a line feed; the first time with the heading.
  ///
  /// A long list is printed page by page and never held as a whole.
  mutating func drain() -> String {
    let lines = (isBegun ? [] : [headings.map(\.text)]) + rows
    isBegun = true
    rows = []
    return lines.map { cells in
      var line = ""
      for (column, cell) in cells.enumerated() {
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        line += headings[column].alignment == .left ? cell + padding : padding + cell
        if column + 1 < cells.count { line += "  " }
      }
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }.joined()
  }
}
