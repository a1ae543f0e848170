/// What is measured, for one message.
enum Step: String, CaseIterable {
  /// Cutting a link's bytes into frames.
  case frame
  /// Finding and checking every element.
  case parse
  /// Elements to request: token, duplicate key and content digest included.
  case map
  /// Card from the table, decision, record.
  case decide
  /// The record into the journal entry.
  case effect
  /// Outcome to answer, framed.
  case answer
  /// The real pipeline from the link's bytes to the bytes of the answer; with everything above, and
  /// waiting slots, queue, inbox, counters and histograms.
  case whole
  /// The hash chain over the journal entry, which the writer computes once for each batch.
  case seal
  /// `whole` and `seal`.
  case sealed

  /// The step that has to be done first, whose cost is taken off.
  var preparation: Step? {
    switch self {
    case .map, .answer: .parse
    case .seal: .effect
    case .frame, .parse, .decide, .effect, .whole, .sealed: nil
    }
  }
}
