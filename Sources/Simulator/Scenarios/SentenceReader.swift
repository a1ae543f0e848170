import ISO8583

/// Finds what a sentence means.
enum SentenceReader {
  /// The meaning of a sentence after a keyword.
  static func read(
    _ words: [String],
    keyword: ScenarioStep.Keyword
  ) throws(Phrase.Objection) -> ScenarioAction {
    let (sentence, edits) = try splitEdits(words, keyword: keyword)
    for phrase in ScenarioVocabulary.phrases {
      guard let captures = phrase.match(sentence) else { continue }
      var action = try phrase.meaning(captures)
      let text = sentence.joined(separator: " ")
      if action.isExpectation != (keyword == .then) {
        throw Phrase.Objection(
          explanation: action.isExpectation
            ? "'\(text)' says what must be true: begin it with Then"
            : "'\(text)' does something: begin it with Given or When"
        )
      }
      if !edits.isEmpty {
        guard case .send(let sending, _) = action else {
          throw Phrase.Objection(
            explanation: "'\(text)' sends no message, so it has no elements to change"
          )
        }
        action = .send(sending, edits)
      }
      return action
    }
    throw unknown(sentence, keyword: keyword)
  }

  /// Cuts `with DE 14 = 2001 and DE 41 = X and without DE 26` off the end of a sentence that sends.
  private static func splitEdits(
    _ words: [String],
    keyword: ScenarioStep.Keyword
  ) throws(Phrase.Objection) -> ([String], [ScenarioAction.ElementEdit]) {
    guard keyword != .then,
      let start = words.indices.dropLast().first(where: {
        (words[$0] == "with" || words[$0] == "without") && words[$0 + 1] == "DE"
      })
    else { return (words, []) }
    var edits: [ScenarioAction.ElementEdit] = []
    var position = start
    var removes = false
    while position < words.count {
      switch words[position] {
      case "with": removes = false
      case "without": removes = true
      case "and": break
      case "DE":
        guard position + 1 < words.count,
          let (element, part) = Placeholder.element(words[position + 1])
        else { throw editHelp(words[position...].joined(separator: " ")) }
        if removes {
          edits.append(.init(element: element, part: part, value: nil))
          position += 1
        } else {
          guard position + 3 < words.count, words[position + 2] == "=" else {
            throw editHelp(words[position...].joined(separator: " "))
          }
          let (value, count) = quoted(words, from: position + 3)
          guard FieldText.value(value, for: element) != nil || part != nil else {
            throw Phrase.Objection(
              explanation: "\(element) holds bytes: write them as hexadecimal digits"
            )
          }
          edits.append(.init(element: element, part: part, value: value))
          position += 2 + count
        }
      default: throw editHelp(words[position...].joined(separator: " "))
      }
      position += 1
    }
    guard !edits.isEmpty else { throw editHelp(words[start...].joined(separator: " ")) }
    return (Array(words[..<start]), edits)
  }

  private static func editHelp(_ found: String) -> Phrase.Objection {
    Phrase.Objection(
      explanation: """
        I do not understand '\(found)'; elements are changed like this: \
        with DE 14 = 2001 and DE 59 = "two words" and without DE 26
        """
    )
  }

  /// One word, or several in double quotes.
  private static func quoted(_ words: [String], from start: Int) -> (String, count: Int) {
    guard words[start].hasPrefix("\""),
      let end = words[start...].firstIndex(where: { $0.hasSuffix("\"") && $0 != "\"" })
    else { return (words[start], 1) }
    let text = words[start...end].joined(separator: " ").dropFirst().dropLast()
    return (String(text), end - start + 1)
  }

  private static func unknown(
    _ words: [String],
    keyword: ScenarioStep.Keyword
  ) -> Phrase.Objection {
    let near = ScenarioVocabulary.phrases
      .map { (phrase: $0, likeness: $0.likeness(to: words)) }
      .sorted { $0.likeness > $1.likeness }
      .prefix(4).map { "'\($0.phrase.example)'" }
    return Phrase.Objection(
      explanation: """
        I do not understand '\(words.joined(separator: " "))'; I know: \
        \(near.joined(separator: ", "))
        """
    )
  }
}
