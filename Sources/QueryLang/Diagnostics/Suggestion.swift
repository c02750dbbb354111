/// The names that come closest to a word that nothing is called.
///
/// The distance is Damerau-Levenshtein on folded names in which neighbours may swap for nothing;
/// `_`, spaces, hyphens and a plural `s` count nothing either. A name fits when its distance is at
/// most a third of the word (at least 1), or when the word begins it or is one of its words.
public struct Suggestion: Sendable, Hashable {
  /// The names that fit, at most three, the closest first; of equals the earlier candidate first.
  public let names: [String]
  /// The name that is closer than every other, good enough for a safe fix.
  public let clearWinner: String?

  /// The most names that a message offers.
  static let limit = 3
  /// Words longer than this are not compared.
  static let longestWord = 100

  /// Finds the candidates closest to a word; the order of the candidates is their preference.
  public init(for word: String, among candidates: [String]) {
    let wanted = Suggestion.folded(word)
    guard !wanted.isEmpty, wanted.count <= Suggestion.longestWord else {
      names = []
      clearWinner = nil
      return
    }
    var scored: [(name: String, score: Int)] = []
    for name in candidates where !scored.contains(where: { $0.name == name }) {
      if let score = Suggestion.score(wanted, name) {
        scored.append((name, score))
      }
    }
    let order = scored.indices.sorted { (scored[$0].score, $0) < (scored[$1].score, $1) }
    names = order.prefix(Suggestion.limit).map { scored[$0].name }
    let best = order.first.map { scored[$0].score }
    let isAlone = order.count < 2 || scored[order[1]].score != best
    clearWinner = isAlone ? names.first : nil
  }

  /// The question for a label, such as `did you mean "revenue"?`, or nil when nothing fits.
  public var question: String? {
    let quoted = names.map { "\"\($0)\"" }
    guard let last = quoted.last else { return nil }
    let others = quoted.dropLast().joined(separator: ", ")
    return others.isEmpty ? "did you mean \(last)?" : "did you mean \(others) or \(last)?"
  }

  /// The fix that puts the clear winner in the place of a span, quoted where a name needs it.
  public func fix(replacing span: SourceSpan) -> Fix? {
    fix(replacing: span, writing: Suggestion.written)
  }

  /// The fix that puts the clear winner in the place of a span, in a form of its own.
  func fix(replacing span: SourceSpan, writing: (String) -> String) -> Fix? {
    clearWinner.map {
      Fix("write \($0)", edits: [TextEdit(span, writing($0))], .safe, display: .inLabel)
    }
  }

  /// A name as it stands in a text, quoted where it needs to be.
  static func written(_ name: String) -> String {
    Keyword.canBeWrittenPlain(name) ? name : quoted(name)
  }

  private static func quoted(_ name: String) -> String {
    var result = "\""
    for scalar in name.unicodeScalars {
      result.unicodeScalars.append(scalar)
      if scalar == "\"" {
        result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  private static func score(_ wanted: [Unicode.Scalar], _ name: String) -> Int? {
    let candidate = folded(name)
    guard !candidate.isEmpty, candidate.count <= longestWord else { return nil }
    let allowed = max(1, wanted.count / 3)
    if abs(wanted.count - candidate.count) <= allowed {
      let distance = distance(wanted, candidate)
      if distance <= allowed {
        return distance
      }
    }
    let isPrefix = wanted.count >= 3 && candidate.starts(with: wanted)
    let isWord = words(name).contains { $0.count >= 2 && $0 == wanted }
    return isPrefix || isWord ? allowed + 1 : nil
  }

  private static func words(_ name: String) -> [[Unicode.Scalar]] {
    name.unicodeScalars.split(whereSeparator: isSeparator).map { folded(String($0)) }
  }

  private static func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "_" || scalar == " " || scalar == "-"
  }

  private static func folded(_ name: String) -> [Unicode.Scalar] {
    var scalars = name.lowercased().unicodeScalars.filter { !isSeparator($0) }
    if scalars.count > 3, scalars.last == "s", scalars.dropLast().last != "s" {
      scalars.removeLast()
    }
    return Array(scalars)
  }

  private static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    var beforeLast = [Int](repeating: 0, count: right.count + 1)
    var last = Array(0...right.count)
    for (row, scalar) in left.enumerated() {
      var current = [row + 1]
      for (column, other) in right.enumerated() {
        let replaced = last[column] + (scalar == other ? 0 : 1)
        var best = min(replaced, last[column + 1] + 1, current[column] + 1)
        if row > 0, column > 0, scalar == right[column - 1], left[row - 1] == other {
          best = min(best, beforeLast[column - 1])
        }
        current.append(best)
      }
      beforeLast = last
      last = current
    }
    return last[right.count]
  }
}

extension Diagnostic {
  /// The message that nothing has a name, with the names that come close and, where one is clear,
  /// the fix that writes it; there is no fix where `writing` is nil.
  static func missing(
    _ number: Int,
    _ message: String,
    at span: SourceSpan,
    _ suggestion: Suggestion,
    writing: ((String) -> String)? = Suggestion.written
  ) -> Diagnostic {
    var diagnostic = Diagnostic(
      DiagnosticID(.error, number),
      message,
      at: span,
      label: suggestion.question
    )
    if let writing, let fix = suggestion.fix(replacing: span, writing: writing) {
      diagnostic = diagnostic.fixing(fix)
    }
    return diagnostic
  }
}
