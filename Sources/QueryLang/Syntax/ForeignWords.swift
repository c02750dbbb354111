/// Words of other tools, and what they are in the report language.
enum ForeignWords {
  /// Words before BY, with what the pair is.
  static let byWords: [String: String] = [
    "group": "BY", "sort": "ORDER BY", "split": "BY", "break": "BY", "partition": "BY",
  ]

  /// The grain of a word such as `MTD`.
  static func grainToDate(_ word: String) -> GrainWord? {
    switch word.lowercased() {
    case "wtd": .week
    case "mtd": .month
    case "qtd": .quarter
    case "ytd": .year
    default: nil
    }
  }

  /// The grain of a word such as `YoY`.
  static func grainOverGrain(_ word: String) -> GrainWord? {
    switch word.lowercased() {
    case "dod": .day
    case "wow": .week
    case "mom": .month
    case "qoq": .quarter
    case "yoy": .year
    default: nil
    }
  }

  /// The day that a function of another tool gives.
  static func day(_ word: String) -> Keyword? {
    switch word.lowercased() {
    case "now", "current_date", "getdate", "curdate": .today
    default: nil
    }
  }

  /// The message for a word, with the edit that puts the right words in its place.
  static func diagnostic(_ word: String, at span: SourceSpan, meant: String) -> Diagnostic {
    Diagnostic(
      .foreignWord,
      "\"\(word)\" is written \(meant) here",
      at: span,
      label: "write \(meant)"
    )
    .fixing(Fix("write \(meant)", edits: [TextEdit(span, meant)], .safe, display: .inLabel))
  }
}

/// Fixes of a report that need its end to be complete.
struct OpenFixes {
  /// The position of the message about FROM in the log, with the edits so far.
  var from: (position: Int, edits: [TextEdit])?
  /// A word such as `GROUP` before the BY that is read next.
  var byWord: SourceSpan?
  /// Words such as `YoY` after a metric.
  var comparisons: [(span: SourceSpan, grain: GrainWord)] = []
}
