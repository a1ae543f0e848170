/// One kind of sentence: a pattern with gaps, and what it means.
///
/// In a pattern `{money}` is a gap, `{held:money}` a gap with a name of its own, `[…]` may be left
/// out, and every other word stands for itself.
struct Phrase {
  /// Why a sentence fits its pattern and still cannot be meant.
  struct Objection: Error {
    let explanation: String
  }

  /// The pattern as it is written in the vocabulary.
  let pattern: String
  /// What the sentence means.
  let meaning: @Sendable (Captures) throws(Objection) -> ScenarioAction

  private let pieces: [Piece]

  init(
    _ pattern: String,
    _ meaning: @escaping @Sendable (Captures) throws(Objection) -> ScenarioAction
  ) {
    self.pattern = pattern
    self.meaning = meaning
    var words = pattern.replacing("[", with: " [ ").replacing("]", with: " ] ")
      .split(separator: " ").map(String.init)[...]
    self.pieces = Phrase.parse(&words)
  }

  /// What the gaps stand for in a sentence, or `nil` when it does not fit.
  func match(_ words: [String]) -> Captures? {
    Phrase.match(pieces[...], words, 0, Captures())
  }

  /// The pattern with examples in its gaps, for a person.
  var example: String { Phrase.example(pieces) }

  /// How many words of the sentence the pattern has, to find what was probably meant.
  func likeness(to words: [String]) -> Double {
    let own = Set(Phrase.literals(pieces))
    let shared = own.intersection(words).count
    return own.isEmpty ? 0 : Double(2 * shared) / Double(own.count + words.count)
  }

  private indirect enum Piece: Sendable {
    case word(String)
    case gap(name: String, Placeholder)
    case optional([Piece])
  }

  private static func parse(_ words: inout ArraySlice<String>) -> [Piece] {
    var pieces: [Piece] = []
    while let word = words.popFirst() {
      if word == "]" { break }
      if word == "[" {
        pieces.append(.optional(parse(&words)))
      } else if word.hasPrefix("{"), word.hasSuffix("}") {
        let parts = word.dropFirst().dropLast().split(separator: ":").map(String.init)
        guard let kind = parts.last.flatMap(Placeholder.init(rawValue:)) else {
          preconditionFailure("the vocabulary names an unknown gap: \(word)")
        }
        pieces.append(.gap(name: parts[0], kind))
      } else {
        pieces.append(.word(word))
      }
    }
    return pieces
  }

  private static func match(
    _ pieces: ArraySlice<Piece>,
    _ words: [String],
    _ position: Int,
    _ captures: Captures
  ) -> Captures? {
    guard let piece = pieces.first else { return position == words.count ? captures : nil }
    let rest = pieces.dropFirst()
    switch piece {
    case .word(let word):
      guard position < words.count, words[position].lowercased() == word.lowercased() else {
        return nil
      }
      return match(rest, words, position + 1, captures)
    case .gap(let name, let placeholder):
      for reading in placeholder.readings(words, from: position) {
        var extended = captures
        extended[name] = reading.value
        if let found = match(rest, words, position + reading.count, extended) { return found }
      }
      return nil
    case .optional(let inner):
      return match(inner[...] + rest, words, position, captures)
        ?? match(rest, words, position, captures)
    }
  }

  private static func example(_ pieces: [Piece]) -> String {
    pieces.map { piece in
      switch piece {
      case .word(let word): word
      case .gap(_, let placeholder): placeholder.hint
      case .optional(let inner): "[" + example(inner) + "]"
      }
    }.joined(separator: " ")
  }

  private static func literals(_ pieces: [Piece]) -> [String] {
    pieces.flatMap { piece -> [String] in
      switch piece {
      case .word(let word): [word]
      case .gap(_, let placeholder): placeholder.hint.split(separator: " ").map(String.init)
      case .optional(let inner): literals(inner)
      }
    }
  }
}
