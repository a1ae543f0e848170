import ISO8583

/// The field tables of `Specs/Wire.md`, written from the table that the codec follows.
enum WireTable {
  static var elements: [String] {
    ["| DE | name | format | on the wire | a dump shows |", "|---|---|---|---|---|"]
      + FieldTable.all.map { row in
        "| \(row.number) | \(row.name) | \(form(row.format)) | \(wire(row)) | "
          + "\(redaction(row.redaction, row.format)) |"
      }
  }

  static var parts: [String] {
    ["| part | name | format | on the wire | a dump shows |", "|---|---|---|---|---|"]
      + FieldTable.all.flatMap { row in
        row.parts.map { part in
          "| \(row.number).\(part.number) | \(part.name) | \(form(part.format)) | "
            + "\(wire(part.format)) | \(redaction(part.redaction, part.format)) |"
        }
      }
  }

  private static func form(_ format: FieldFormat) -> String {
    let range = format.isFixed ? "\(format.maximum)" : "..\(format.maximum)"
    return switch format.content {
    case .undefined: "-"
    case .numeric: "n \(range)"
    case .amount: "amount \(range)"
    case .characterNumeric: "n \(range)"
    case .text: "ans \(range)"
    case .binary: "b \(range)"
    case .composite: "composite \(range)"
    }
  }

  private static func wire(_ row: FieldDescription) -> String {
    switch row.structure {
    case .single: wire(row.format)
    case .sequence: "all parts back to back, \(row.format.maximum) bytes"
    case .bitmap: "\(count(row.format))8-byte bitmap, announced parts"
    case .opaqueBitmap: "\(count(row.format))8- or 16-byte bitmap, then opaque"
    }
  }

  private static func wire(_ format: FieldFormat) -> String {
    let filler = format.isFixed && format.maximum % 2 == 1 ? ", filler behind" : ""
    let bytes = (format.maximum + 1) / 2
    return switch format.content {
    case .undefined: "refused"
    case .numeric, .amount:
      format.isFixed ? "BCD, \(bytes) byte\(bytes == 1 ? "" : "s")\(filler)" : "\(count(format))BCD"
    case .characterNumeric: "ASCII digits"
    case .text: format.isFixed ? "characters, spaces behind" : "\(count(format))characters"
    case .binary, .composite: format.isFixed ? "raw bytes" : "\(count(format))raw bytes"
    }
  }

  private static func count(_ format: FieldFormat) -> String {
    format.isFixed ? "" : "\(format.prefix)-byte count, "
  }

  private static func redaction(_ redaction: Redaction, _ format: FieldFormat) -> String {
    guard format.content != .undefined else { return "-" }
    return switch redaction {
    case .shown: "all"
    case .searched: "all but card numbers"
    case .cardNumber: "first 6, last 4"
    case .track: "the card number's first 6, last 4"
    case .account: "last 4"
    case .chip: "tag by tag"
    case .hidden: "nothing"
    }
  }
}
