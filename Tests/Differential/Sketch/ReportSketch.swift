import QueryLang

/// A report in parts that can be left out one by one.
struct ReportSketch {
  struct Column {
    var phrase: Phrase
    var kind: MetricKind
    /// The name by which other clauses know it; nil where it has none of its own.
    var name: String?
    var hasAlias: Bool
    var format: String?

    var whole: Phrase {
      var text: PhraseText = "\(phrase)"
      var features: Set<Feature> = []
      if hasAlias, let name {
        text = "\(phrase) AS \(name)"
        features.insert(.alias)
      }
      if let format {
        text.pieces.append(.text(" FORMAT \(World.quoted(format))"))
        features.insert(.format)
      }
      return Phrase(.other, features, text)
    }
  }

  var definitions: [Phrase] = []
  var columns: [Column] = []
  var keys: [SketchKey] = []
  var filter: Phrase?
  /// `DURING …` or `SINCE …`.
  var dates: Phrase?
  var comparisons: [Phrase] = []
  /// `TOP …` and `BOTTOM …`.
  var tops: [Phrase] = []
  var having: Phrase?
  var fill: [Phrase] = []
  /// `TOTALS …`.
  var totals: Phrase?
  var order: [Phrase] = []
  /// `LIMIT …`.
  var limit: Phrase?
  /// CURRENCY, AS OF, AS CHART and AS TABLE.
  var others: [Phrase] = []
  /// Values of parameters from outside.
  var given: [String: ParameterValue] = [:]
  var facts: [String] = []

  private var phrases: [Phrase] {
    let single = [filter, dates, having, totals, limit].compactMap { $0 }
    return definitions + columns.map(\.whole) + keys.map(\.phrase) + single + comparisons + tops
      + fill + order + others
  }

  /// What the report uses.
  var features: Set<Feature> {
    var found = phrases.reduce(into: Set<Feature>()) { $0.formUnion($1.allFeatures) }
    if !keys.isEmpty { found.insert(.by) }
    if keys.count == 2 { found.insert(.byTwo) }
    if keys.count >= 3 { found.insert(.byThree) }
    if dates == nil { found.insert(.noDates) }
    if comparisons.count > 1 { found.insert(.compareTwo) }
    if filter != nil { found.insert(.filter) }
    if having != nil { found.insert(.having) }
    if !given.isEmpty { found.insert(.paramGiven) }
    if facts.count > 1 { found.insert(.severalFacts) }
    let grains = keys.filter(\.isGrain)
    if grains.count == 1, !found.contains(.fillNone) { found.insert(.dense) }
    return found
  }

  var text: String {
    var lines = definitions.map { "\($0.text);" }
    lines.append("SELECT " + columns.map(\.whole.text).joined(separator: ",\n  "))
    func clause(_ word: String, _ list: [Phrase]) {
      if !list.isEmpty { lines.append("\(word) \(list.map(\.text).joined(separator: ", "))") }
    }
    if !keys.isEmpty {
      let list = keys.map { key in key.phrase.text + (key.alias.map { " AS \($0)" } ?? "") }
      lines.append("BY \(list.joined(separator: ", "))")
    }
    clause("WHERE", filter.map { [$0] } ?? [])
    if let dates { lines.append(dates.text) }
    clause("COMPARE TO", comparisons)
    lines += tops.map(\.text)
    clause("HAVING", having.map { [$0] } ?? [])
    clause("FILL", fill)
    if let totals { lines.append(totals.text) }
    clause("ORDER BY", order)
    if let limit { lines.append(limit.text) }
    lines += others.map(\.text)
    return lines.joined(separator: "\n")
  }
}
