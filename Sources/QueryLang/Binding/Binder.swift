internal import ColumnStore

/// Gives the names of a script their meaning and its expressions their types.
///
/// It works statement by statement, collects every problem, and needs no data. What has no meaning
/// becomes nil, which silences follow-up problems.
struct Binder {
  /// A metric that the script defines.
  struct DefinedMetric {
    let name: String
    let expression: MetricExpression
    let label: String?
    let description: String?
    let format: String?
    let aka: [String]
    let isBlankWithoutRows: Bool
    /// The expression as written.
    let definition: ExpressionSyntax
    /// What its expression stood among, where WITHIN names keys that only a report has.
    let surroundings: Surroundings?
    /// Its place among the definitions, of which each sees only those before it.
    let order: Int
    let span: SourceSpan
  }

  /// The names that a definition may use.
  struct Surroundings {
    let metrics: [String: DefinedMetric]
    let dimensions: [String: DefinedDimension]
    let parameters: [String: DeclaredParameter]
  }

  /// A dimension that the script defines.
  struct DefinedDimension {
    let name: String
    let expression: RowExpression
    let label: String?
    /// The expression as written.
    let definition: ExpressionSyntax
    let span: SourceSpan
  }

  /// A range of days that the script names.
  struct DefinedPeriod {
    let name: String
    let syntax: PeriodSyntax
  }

  /// A metric's name in the text with the facts under it.
  struct MetricUse {
    let name: String
    let span: SourceSpan
    let facts: Set<String>
  }

  /// The model, and what the workspace shares.
  var catalog: Catalog
  /// The text whose names are being given their meaning: the script, or an expression of the model.
  var source: SourceText
  var today: Int32
  /// The instant that counts as now, in microseconds since 1970 UTC; nil where only the day is known.
  var now: Int64?
  /// Where the offsets of time zones come from.
  var zones = ZoneSource.known
  var diagnostics: [Diagnostic] = []
  /// Whether something of the language was met that cannot run yet.
  var metUnavailable = false

  /// The parts of what segments and defined dimensions stand for in a statement so far.
  var expandedSize = 0
  /// The number of metrics that were defined.
  var definitionCount = 0
  /// The definitions that can be seen, where one is read again for its targets.
  var visibleDefinitions = Int.max
  var definedMetrics: [String: DefinedMetric] = [:]
  var definedDimensions: [String: DefinedDimension] = [:]
  var definedPeriods: [String: DefinedPeriod] = [:]
  var parameters: [String: DeclaredParameter] = [:]
  var segments: [String: DefinedSegment] = [:]
  var modelSegments: [String: DefinedSegment] = [:]
  /// The model's segments whose conditions are open, to find cycles.
  var openSegments: [String] = []
  /// The values from outside, by the name that they were given for.
  var givenParameters: [String: ParameterValue] = [:]
  /// What the workspace shares, by folded name.
  var shared: [String: SharedDefinition] = [:]
  /// Whether shared definitions may be changed.
  var sharing = SharingRight.denied
  /// Why shared definitions have no meaning any more, by folded name.
  var brokenDefinitions: [String: String] = [:]
  /// The folded names of all parameters that were declared, also of refused and dropped ones.
  var declaredNames: Set<String> = []
  /// The parameters whose periods are being worked out, to find cycles.
  var openParameters: [String] = []

  /// The folded names of definitions with errors, which are not said to be unknown.
  var refusedNames: Set<String> = []
  /// Whether a definition is being bound, which has no keys of its own.
  var isDefining = false
  /// Whether the definition that is being bound names keys of reports.
  var namesKeys = false

  /// The keys of the report at hand, for WITHIN.
  var keys: [BoundKey] = []
  /// The folded names of keys and columns of the report at hand that have an error.
  var refusedOutputs: Set<String> = []
  /// What definitions that name keys come to in the report at hand, by their place in the text; nil
  /// for those with an error.
  var boundDefinitions: [Int: MetricExpression?] = [:]
  /// The output columns of the report at hand by folded name, where they may be named.
  var outputs: [String: BoundColumn] = [:]
  var mayNameOutputs = false
  var uses: [MetricUse] = []
  var amounts: [BoundAmount] = []
  var members: [BoundMember] = []

  /// The span that problems inside a model's own expression are reported at.
  var outerSpan: SourceSpan?
  /// The model's metrics whose definitions are open, to find cycles.
  var openMetrics: [String] = []
  var modelMetrics: [String: MetricExpression] = [:]
  /// What stands for the metrics of the model, where their targets are asked for; else nil.
  var targets: TargetValues?

  /// The most nodes that an expression may have after its definitions are put in.
  static let maximumSize = 20_000
  /// The most parts that segments and defined dimensions stand for in a statement.
  static let maximumExpansion = 200_000
  /// The longest chain of definitions and operators.
  static let maximumHeight = 600
  /// The most keys of BY.
  static let maximumKeys = 12

  init(catalog: Catalog, source: SourceText, today: Int32) {
    self.catalog = catalog
    self.source = source
    self.today = today
  }

  // MARK: Problems

  mutating func report(_ diagnostic: Diagnostic) {
    var placed = diagnostic
    if let outerSpan {
      placed = Diagnostic(diagnostic.id, diagnostic.message, at: outerSpan)
    }
    guard !diagnostics.contains(where: { $0.id == placed.id && $0.span == placed.span }) else {
      return
    }
    diagnostics.append(placed)
  }

  mutating func error(_ number: Int, _ message: String, _ span: SourceSpan, _ label: String? = nil)
  {
    report(Diagnostic(DiagnosticID(.error, number), message, at: span, label: label))
  }

  /// Says that a construct of the language cannot run yet.
  mutating func unavailable(_ construct: String, _ number: Int, _ span: SourceSpan) {
    metUnavailable = true
    error(number, "\(construct) is not available yet", span)
  }

  // MARK: Names

  /// What a name can mean.
  enum Meaning {
    case metric(Metric)
    case definedMetric(DefinedMetric)
    case dimension(Dimension)
    case definedDimension(DefinedDimension)
    case grain(ReportGrain)
    case datePart(DatePart)
    case column(Fact, Fact.Column)
    case output(BoundColumn)
  }

  /// Finds what a name means, without reporting anything.
  func meaning(of name: NameReferenceSyntax) -> Meaning? {
    if let qualifier = name.qualifier {
      let whole = CatalogName.folded("\(qualifier.text).\(name.name.text)")
      if mayNameOutputs, let output = outputs[whole] { return .output(output) }
      guard let fact = catalog.fact(qualifier.text), let column = fact.column(name.name.text),
        isInModel || !column.isDenied
      else { return nil }
      return .column(fact, column)
    }
    let word = name.name.text
    let folded = CatalogName.folded(word)
    if mayNameOutputs, let output = outputs[folded] {
      return .output(output)
    }
    // A denied name may be defined anew, which the model's own definitions do not notice.
    if isInModel, let metric = catalog.metric(word), metric.isDenied { return .metric(metric) }
    if isInModel, let dimension = catalog.dimension(word), dimension.isDenied {
      return .dimension(dimension)
    }
    if let metric = definedMetrics[folded] { return .definedMetric(metric) }
    if let dimension = definedDimensions[folded] { return .definedDimension(dimension) }
    if let metric = knownMetric(word) { return .metric(metric) }
    if let dimension = knownDimension(word) { return .dimension(dimension) }
    if let grain = ReportGrain(rawValue: folded) { return .grain(grain) }
    if let part = Binder.dateParts[folded] { return .datePart(part) }
    return name.name.isQuoted ? quotedMeaning(folded) : nil
  }

  /// Whether an expression of the model is being bound, which may name what is denied.
  var isInModel: Bool { outerSpan != nil }

  /// The metric of the model with a name, unless it is denied.
  func knownMetric(_ name: String) -> Metric? {
    isInModel ? catalog.metric(name) : catalog.seenMetric(name)
  }

  /// The dimension of the model with a name, unless it is denied.
  func knownDimension(_ name: String) -> Dimension? {
    isInModel ? catalog.dimension(name) : catalog.seenDimension(name)
  }

  /// Finds a label, then another name, for a name in quotes.
  private func quotedMeaning(_ folded: String) -> Meaning? {
    func isNamed(_ names: [String]) -> Bool {
      names.contains { CatalogName.folded($0) == folded }
    }
    let metrics = catalog.metrics.filter { isInModel || !$0.isDenied }
    let dimensions = catalog.dimensions.filter { isInModel || !$0.isDenied }
    if let metric = metrics.first(where: { isNamed([$0.label]) }) {
      return .metric(metric)
    }
    if let dimension = dimensions.first(where: { isNamed([$0.label]) }) {
      return .dimension(dimension)
    }
    if let metric = metrics.first(where: { isNamed($0.aka) }) {
      return .metric(metric)
    }
    if let dimension = dimensions.first(where: { isNamed($0.aka) }) {
      return .dimension(dimension)
    }
    return nil
  }

  /// What kinds of names fit a place.
  enum NameKind {
    case metricOrDimension
    case metric
    case dimension
  }

  /// Reports a name that means nothing, with what comes close to it.
  mutating func reportUnknown(_ name: NameReferenceSyntax, _ kind: NameKind) {
    if let qualifier = name.qualifier {
      reportUnknownColumn(qualifier, name.name)
      return
    }
    let word = name.name.text
    guard !isRefused(word) else { return }
    if let problem = brokenDefinitions[CatalogName.folded(word)] {
      error(2209, "\"\(word)\" is shared and has no meaning any more: \(problem)", name.span)
      return
    }
    let what: String
    var names: [(name: String, others: [String])] = []
    let metrics =
      definedMetrics.values.map { ($0.name, [String]()) }.sorted { $0.0 < $1.0 }
      + catalog.metrics.filter { !$0.isHidden }.map { ($0.name, $0.aka + [$0.label]) }
    let dimensions =
      definedDimensions.values.map { ($0.name, [String]()) }.sorted { $0.0 < $1.0 }
      + catalog.dimensions.filter { !$0.isHidden }.map { ($0.name, $0.aka + [$0.label]) }
      + Binder.grains.map { ($0.rawValue, []) }
      + Binder.dateParts.keys.sorted().map { ($0, []) }
    switch kind {
    case .metricOrDimension:
      what = "metric or dimension"
      names = metrics + dimensions
    case .metric:
      what = "metric"
      names = metrics
    case .dimension:
      what = "dimension"
      names = dimensions
    }
    let folded = CatalogName.folded(word)
    let synonym = names.first { $0.others.contains { CatalogName.folded($0) == folded } }
    var diagnostic = Diagnostic.missing(
      2101,
      "there is no \(what) called \"\(word)\"",
      at: name.span,
      Suggestion(for: synonym?.name ?? word, among: names.map(\.name))
    )
    if let synonym { diagnostic.label = "this is another word for \"\(synonym.name)\"" }
    report(diagnostic)
  }

  /// Whether what a name stands for has an error, which has its message already.
  func isRefused(_ word: String) -> Bool {
    let folded = CatalogName.folded(word)
    return refusedNames.contains(folded) || refusedOutputs.contains(folded)
  }

  private mutating func reportUnknownColumn(_ qualifier: NameSyntax, _ name: NameSyntax) {
    guard let fact = catalog.fact(qualifier.text) else {
      if reportUnknownComparison(qualifier, name) { return }
      let suggestion = Suggestion(for: qualifier.text, among: catalog.facts.map(\.name))
      report(
        .missing(
          2103,
          "there is no fact called \"\(qualifier.text)\"",
          at: qualifier.span,
          suggestion
        )
      )
      return
    }
    let suggestion = Suggestion(
      for: name.text,
      among: fact.columns.filter { !$0.isDenied }.map(\.name)
    )
    report(
      .missing(
        2102,
        "\(fact.name) has no column called \"\(name.text)\"",
        at: name.span,
        suggestion
      )
    )
  }

  /// Reports the name of a comparison's column that is not there.
  private mutating func reportUnknownComparison(_ qualifier: NameSyntax, _ name: NameSyntax) -> Bool
  {
    let folded = CatalogName.folded(qualifier.text)
    guard
      knownMetric(qualifier.text) != nil || definedMetrics[folded] != nil
        || outputs[folded] != nil
    else { return false }
    let prefix = folded + "."
    let names = outputs.values.map(\.name).filter { CatalogName.folded($0).hasPrefix(prefix) }
    let suggestion = Suggestion(
      for: "\(qualifier.text).\(name.text)",
      among: names.sorted()
    )
    let span = qualifier.span.union(name.span)
    var diagnostic = Diagnostic.missing(
      2106,
      "there is no column called \"\(qualifier.text).\(name.text)\"",
      at: span,
      suggestion
    )
    if names.isEmpty {
      diagnostic.label = "add COMPARE TO, which makes such columns of the metrics of SELECT"
    }
    report(diagnostic)
    return true
  }

  /// The grains that reports can use.
  static let grains: [ReportGrain] = [
    .day, .week, .month, .quarter, .year, .fiscalWeek, .fiscalMonth, .fiscalQuarter, .fiscalYear,
  ]

  static let dateParts: [String: DatePart] = [
    "hour_of_day": .hourOfDay, "day_of_week": .dayOfWeek, "day_of_month": .dayOfMonth,
    "week_of_year": .weekOfYear, "month_of_year": .monthOfYear,
  ]

  /// The name of a type as messages show it.
  func typeName(_ type: ResultType) -> String {
    switch type {
    case .money(let currency): "money(\(currency ?? catalog.defaults.currency))"
    case .count, .number, .percent, .date, .grain, .timestamp, .string, .bool: type.name
    }
  }
}
