/// Reads scenario files (`Specs/Scenarios.md` describes the format).
public struct ScenarioParser: Sendable {
  /// The longest file, in bytes.
  public static let largestFile = 1_048_576

  /// A parser.
  public init() {}

  /// Reads one file.
  ///
  /// - Parameters:
  ///   - text: The file's text.
  ///   - file: Its name, for errors and reports.
  /// - Returns: The scenarios in order; at least one.
  /// - Throws: `ScenarioSyntaxError` at the first line that cannot be understood.
  public func parse(_ text: String, file: String) throws(ScenarioSyntaxError) -> [Scenario] {
    guard text.utf8.count <= ScenarioParser.largestFile else {
      throw ScenarioSyntaxError(
        file: file,
        line: 1,
        explanation: "the file is longer than \(ScenarioParser.largestFile) bytes"
      )
    }
    var scenarios: [Scenario] = []
    var draft: Draft?
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      let number = index + 1
      let words = line.split(whereSeparator: { $0.isWhitespace }).map(String.init)
      guard let first = words.first, !first.hasPrefix("//") else {
        draft?.endParagraph()
        continue
      }
      if first.hasPrefix("#") {
        let title = words.joined(separator: " ").drop { $0 == "#" || $0 == " " }
        guard !title.isEmpty else {
          throw ScenarioSyntaxError(
            file: file,
            line: number,
            explanation: "a title needs words after '#'"
          )
        }
        if let draft { scenarios.append(try draft.finished(file: file)) }
        draft = Draft(line: number, title: String(title))
        continue
      }
      guard draft != nil else {
        throw ScenarioSyntaxError(
          file: file,
          line: number,
          explanation: "a scenario begins with its title, for example '# Lost card'"
        )
      }
      try draft?.take(words, line: number, file: file)
    }
    guard let draft else {
      throw ScenarioSyntaxError(
        file: file,
        line: 1,
        explanation: "the file holds no scenario; begin with a title, for example '# Lost card'"
      )
    }
    scenarios.append(try draft.finished(file: file))
    return scenarios
  }

  /// Every sentence that is known, as examples with gaps filled.
  public static var sentences: [String] { ScenarioVocabulary.phrases.map(\.example) }
}

/// A scenario while its lines are read.
private struct Draft {
  let line: Int
  let title: String
  var story: [String] = []
  var steps: [ScenarioStep] = []
  var keyword: ScenarioStep.Keyword?

  mutating func endParagraph() {
    if steps.isEmpty, story.last?.isEmpty == false { story.append("") }
  }

  mutating func take(
    _ words: [String],
    line: Int,
    file: String
  ) throws(ScenarioSyntaxError) {
    let rest = Array(words.dropFirst())
    if let started = ScenarioStep.Keyword(rawValue: words[0]) {
      keyword = started
    } else if ["and", "but", "And", "But"].contains(words[0]), keyword != nil {
      // The step belongs to the keyword before it.
    } else if steps.isEmpty {
      story.append(words.joined(separator: " "))
      return
    } else {
      throw ScenarioSyntaxError(
        file: file,
        line: line,
        explanation: """
          a step begins with Given, When, Then, and or but; found '\(words[0])'
          """
      )
    }
    guard let keyword, !rest.isEmpty else {
      throw ScenarioSyntaxError(
        file: file,
        line: line,
        explanation: "'\(words[0])' needs a sentence after it"
      )
    }
    do {
      let action = try SentenceReader.read(rest, keyword: keyword)
      steps.append(
        ScenarioStep(
          line: line,
          keyword: keyword,
          text: rest.joined(separator: " "),
          action: action
        )
      )
    } catch {
      throw ScenarioSyntaxError(file: file, line: line, explanation: error.explanation)
    }
  }

  func finished(file: String) throws(ScenarioSyntaxError) -> Scenario {
    guard !steps.isEmpty else {
      throw ScenarioSyntaxError(
        file: file,
        line: line,
        explanation: "the scenario '\(title)' has no steps"
      )
    }
    guard steps.contains(where: { $0.action.isExpectation }) else {
      throw ScenarioSyntaxError(
        file: file,
        line: line,
        explanation: "the scenario '\(title)' expects nothing; end it with Then"
      )
    }
    return Scenario(
      file: file,
      line: line,
      title: title,
      story: story.split(separator: "").map { $0.joined(separator: " ") }
        .joined(separator: "\n"),
      steps: steps
    )
  }
}
