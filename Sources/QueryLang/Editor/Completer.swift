extension EditedScript {
  /// Returns what can be written at an offset, the best first.
  ///
  /// Names that cannot be combined with the rest of the report follow the others and say why.
  public func completions(at offset: Int) -> CompletionList {
    let offset = placed(offset)
    let nothing = SourceSpan(start: offset, end: offset)
    guard source.byteCount <= ReportParser.longestText,
      let place = CompletionPlace(source, at: offset)
    else { return CompletionList(replaced: nothing, items: [], members: nil) }
    var completer = Completer(script: self, offset: offset, place: place)
    completer.complete()
    return CompletionList(
      replaced: place.replaced,
      items: completer.items,
      members: completer.members
    )
  }
}

/// Collects what can be written at a place.
struct Completer {
  let script: EditedScript
  let offset: Int
  let place: CompletionPlace
  var scope: ReportScope
  private(set) var items: [CompletionItem] = []
  var members: MemberRequest?
  private var texts: Set<String> = []

  init(script: EditedScript, offset: Int, place: CompletionPlace) {
    self.script = script
    self.offset = offset
    self.place = place
    scope = ReportScope(script, at: offset)
  }

  var catalog: Catalog { script.catalog }
  var probe: ExpectationProbe { place.probe }

  mutating func add(_ item: CompletionItem) {
    if texts.insert(item.text).inserted { items.append(item) }
  }

  mutating func add(_ more: [CompletionItem]) {
    for item in more { add(item) }
  }

  /// Adds names, those that can be combined before those that cannot.
  mutating func addByFit(_ more: [CompletionItem]) {
    add(more.filter { $0.obstacle == nil })
    add(more.filter { $0.obstacle != nil })
  }

  mutating func complete() {
    if place.quoted != nil {
      completeQuoted()
      return
    }
    if let mark = script.source.slice(place.replaced).utf8.first, mark == UInt8(ascii: "$") {
      addParameters { _ in true }
      return
    }
    if place.tokens.isEmpty {
      add(statementWords.map { .keyword($0) })
      return
    }
    addParts()
    addKeywords()
    if probe.parts.contains(.clause) {
      addClauses()
    }
  }

  /// What fits between quotes: members of the dimension that is tested, or a format.
  private mutating func completeQuoted() {
    if let subject = probe.subject {
      addMembers(of: subject)
    } else if probe.parts.contains(.format) {
      add(formats)
    } else if probe.parts.contains(.zone) {
      add(zones)
    }
  }

  private mutating func addParts() {
    let parts = probe.parts
    if parts.contains(.period) { addPeriods() }
    if parts.contains(.date) { addDates() }
    if parts.contains(.step), !parts.contains(.period) { addSteps() }
    if parts.contains(.grain) { addGrains() }
    if parts.contains(.unit) { addUnits() }
    if parts.contains(.dimension) { addDimensions() }
    if parts.contains(.metric) { addMetrics() }
    if parts.contains(.expression), !parts.contains(.date) { addExpressions() }
    if parts.contains(.anyName) { addAnyNames() }
    if parts.contains(.column) { add(columnItems + keyItems) }
    for part in parts {
      switch part {
      case .member(let owner): addMembers(ofName: owner)
      case .cohort: add(catalog.cohorts.map { .named($0.name, .cohort, detail: $0.label) })
      case .segment: addSegments()
      case .chart: add(ChartWords.kinds.map { CompletionItem($0, .chart) })
      case .chartSetting: add(ChartWords.settings.map { CompletionItem("\($0) = ", .chart) })
      case .currency: add([.keyword(catalog.defaults.currency, detail: "the model's currency")])
      case .type: add(TypeSyntax.Word.allCases.map { .keyword($0.rawValue.uppercased()) })
      case .format: add(formats)
      case .zone: add(zones)
      case .parameter: addCounts()
      case .clause, .expression, .dimension, .metric, .anyName, .period, .date, .grain, .unit,
        .step, .toDate, .column:
        break
      }
    }
  }

  private var formats: [CompletionItem] {
    let known = [
      ("#,##0", "12,345"), ("#,##0.00", "12,345.67"), ("0.0%", "12.3%"), ("0%", "12%"),
      ("¤#,##0", "with the currency"), ("¤#,##0.00", "with the currency"),
    ]
    return known.map { pattern, example in
      CompletionItem(LiteralSyntax.quoted(pattern), .format, detail: example)
    }
  }

  /// Time zones, the model's own first.
  private var zones: [CompletionItem] {
    let own = catalog.defaults.timezone
    let others = script.context.zones.names().filter { $0 != own }
    return [CompletionItem(LiteralSyntax.quoted(own), .zone, detail: "the model's own")]
      + others.map { CompletionItem(LiteralSyntax.quoted($0), .zone) }
  }

  // MARK: Availability

  /// Whether the language can run a script already; names in it need no meaning.
  func canRun(_ text: String) -> Bool {
    let source = SourceText(text)
    var binder = Binder(catalog: catalog, source: source, today: script.context.today)
    _ = binder.statements(ReportParser.parse(source).0)
    return !binder.metUnavailable
  }

  /// A report that a clause can be tried on.
  func canRun(clause: String) -> Bool {
    guard let metric = catalog.metrics.first(where: { !$0.isHidden }) else { return false }
    return canRun("SELECT \(NameSyntax.written(metric.name)) BY day DURING 2026-01 \(clause)")
  }
}

/// The words of charts.
enum ChartWords {
  static let kinds = [
    "line", "area", "stacked_area", "bar", "stacked_bar", "pie", "heatmap", "scatter",
    "single_value", "sparkline", "cohort_grid",
  ]
  static let settings = ["x", "y", "series", "value"]
}
