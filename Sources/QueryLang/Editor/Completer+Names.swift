internal import ColumnStore

/// Metrics, dimensions, columns and other names.
extension Completer {
  // MARK: Metrics

  /// Metrics, first those that have the keys and conditions of the report.
  mutating func addMetrics() {
    var found: [CompletionItem] = []
    for metric in scope.binder.definedMetrics.values.sorted(by: { $0.name < $1.name }) {
      found.append(
        .named(
          metric.name,
          .metric,
          detail: "\(metric.expression.type.name), defined above",
          documentation: metric.description ?? metric.label,
          obstacle: obstacle(of: metric.expression, named: metric.name)
        )
      )
    }
    for metric in catalog.metrics where !metric.isHidden {
      guard let expression = scope.binder.model(metric) else { continue }
      found.append(
        .named(
          metric.name,
          .metric,
          detail: "\(metric.label), \(expression.type.name)",
          documentation: metric.description,
          obstacle: obstacle(of: expression, named: metric.name)
        )
      )
    }
    addByFit(found)
  }

  private func obstacle(of metric: MetricExpression, named name: String) -> String? {
    place.clause == .statement ? nil : scope.obstacle(of: metric, named: name)
  }

  /// What an expression can begin with, by the level of the place.
  mutating func addExpressions() {
    if let subject = probe.subject {
      addMembers(of: subject)
      if members != nil {
        addParameters { $0.isConstant }
        return
      }
    }
    switch place.level {
    case .groups:
      if namesColumns { add(columnItems) }
      if place.clause == .order, place.openings.isEmpty { add(keyItems) }
      addMetrics()
      add(ofForms)
      add(functions(Binder.aggregateWords + Binder.scalarWords, of: .groups))
    case .rows:
      addRowDimensions(for: rowMeasures)
      add(functions(Binder.scalarWords, of: .rows))
    case .aggregated(let word): addArguments(of: word)
    }
    if place.isInCondition, probe.subject == nil {
      if place.level == .rows, canRun(clause: "WHERE COVERED BY x") {
        add(.keyword("COVERED BY"))
      }
      add(.keyword("NOT"))
    }
    if probe.subject == nil { add(.keyword("CASE")) }
    let kind: DeclaredParameter.Kind = place.level == .groups ? .metric : .dimension
    addParameters { $0 == kind || $0.isConstant }
  }

  private var namesColumns: Bool {
    place.clause == .having || place.clause == .order || place.clause == .top
  }

  private var ofForms: [CompletionItem] {
    let words = [
      ("SHARE OF", "its part of the total"), ("TOTAL OF", "the same without the keys"),
      ("RANK OF", "its place among the groups"), ("AVERAGE OF", "of its values PER a key"),
      ("MEDIAN OF", "of its values PER a key"), ("MIN OF", "of its values PER a key"),
      ("MAX OF", "of its values PER a key"), ("SUM OF", "of its values PER a key"),
      ("COUNT OF", "how many values PER a key"), ("RETENTION OF", "in a cohort"),
    ]
    guard let metric = catalog.metrics.first(where: { !$0.isHidden }) else { return [] }
    let name = NameSyntax.written(metric.name)
    return words.filter { canRun("SELECT \($0.0) \(name) \($0.0.needsPer ? "PER day" : "")") }
      .map { .keyword($0.0, detail: $0.1) }
  }

  private func functions(_ words: [String], of level: FunctionSignature.Level) -> [CompletionItem] {
    words.compactMap { FunctionSignature.named($0) }.filter { signature in
      signature.level == level || signature.level == .both
    }.map { signature in
      CompletionItem(
        signature.name,
        .function,
        detail: signature.text,
        documentation: signature.summary,
        text: signature.name + "("
      )
    }
  }

  // MARK: Dimensions

  /// The dimensions of the place: keys behind WITHIN, all that rows have elsewhere.
  mutating func addDimensions() {
    switch place.dimensionWord {
    case .within, .pivot, .top, .bottom: add(keyItems)
    case .by where place.clause == .totals: add(keyItems)
    case .per: addRowDimensions(for: operandMeasures)
    case .of: addRowDimensions(for: [])
    default:
      let keys = Set(scope.binder.keys.map { CatalogName.folded($0.name) })
      addRowDimensions(for: scope.measures, without: keys)
      addParameters { $0 == .dimension }
      add(.keyword("CASE"))
    }
  }

  var keyItems: [CompletionItem] {
    scope.binder.keys.map { .named($0.name, .dimension, detail: "a key of the report") }
  }

  var columnItems: [CompletionItem] {
    scope.columns.map { column in
      let text = column.name.split(separator: ".").map { NameSyntax.written(String($0)) }
      return CompletionItem(
        column.name,
        .output,
        detail: "a column of the report, \(column.metric.type.name)",
        text: text.joined(separator: ".")
      )
    }
  }

  /// The metrics whose rows are tested at the place.
  private var rowMeasures: [ReportScope.Measure] {
    place.openings.contains(.filter) ? operandMeasures : scope.measures
  }

  /// What the open `FILTER` follows, or what `PER` is about.
  private var operandMeasures: [ReportScope.Measure] {
    var binder = scope.binder
    // The tree was read from the text before the cursor, where its spans lie too.
    guard let operand = probe.operand, let metric = binder.metric(binder.resolved(operand)) else {
      return scope.measures
    }
    let name = script.source.slice(operand.span)
    return [ReportScope.Measure(name: name, facts: binder.groupedFacts(of: metric))]
  }

  private mutating func addRowDimensions(
    for measures: [ReportScope.Measure],
    without keys: Set<String> = []
  ) {
    var found: [CompletionItem] = []
    for dimension in scope.binder.definedDimensions.values.sorted(by: { $0.name < $1.name }) {
      var reach = RowReach()
      reach.add(dimension.expression)
      found.append(
        .named(
          dimension.name,
          .dimension,
          detail: "\(dimension.expression.type.name), defined above",
          documentation: dimension.label,
          obstacle: scope.obstacle(of: reach, for: measures)
        )
      )
    }
    for dimension in catalog.dimensions where !dimension.isHidden {
      var reach = RowReach()
      reach.dimensions.insert(dimension.name)
      found.append(
        .named(
          dimension.name,
          .dimension,
          detail: "\(dimension.label), \(dimension.type.name)",
          documentation: dimension.description,
          obstacle: scope.obstacle(of: reach, for: measures)
        )
      )
    }
    found += Binder.grains.map { CompletionItem($0.rawValue, .grain, detail: "of the report date") }
    for (word, part) in Binder.dateParts.sorted(by: { $0.key < $1.key }) {
      var reach = RowReach()
      reach.readsInstant = part == .hourOfDay
      found.append(
        CompletionItem(
          word,
          .grain,
          detail: "of the report date",
          obstacle: scope.obstacle(of: reach, for: measures)
        )
      )
    }
    addByFit(found.filter { !keys.contains(CatalogName.folded($0.label)) })
  }

  // MARK: Columns and members

  /// The columns that an aggregate can work on.
  private mutating func addArguments(of word: String) {
    if word == "count" {
      add(catalog.facts.map { .named($0.name, .fact, detail: "counts its rows") })
    }
    for fact in catalog.facts {
      add(columns(of: fact, for: word, qualified: true))
    }
  }

  private func columns(
    of fact: Fact,
    for word: String?,
    qualified: Bool
  ) -> [CompletionItem] {
    let needsNumbers = ["sum", "avg", "median", "percentile"].contains(word)
    let columns = fact.columns.filter { !$0.isDenied && (!needsNumbers || $0.type.isAddable) }
    return columns.map { column in
      let name = NameSyntax.written(column.name)
      return CompletionItem(
        qualified ? "\(fact.name).\(column.name)" : column.name,
        .column,
        detail: column.type.name,
        text: qualified ? "\(NameSyntax.written(fact.name)).\(name)" : name
      )
    }
  }

  /// What can follow `owner.`: columns of a fact, or of a comparison.
  mutating func addMembers(ofName owner: String) {
    if let fact = catalog.fact(owner) {
      var word: String?
      if case .aggregated(let function) = place.level { word = function }
      add(columns(of: fact, for: word, qualified: false))
    }
    let prefix = CatalogName.folded(owner) + "."
    for column in scope.columns where CatalogName.folded(column.name).hasPrefix(prefix) {
      let rest = String(column.name.dropFirst(prefix.count))
      add(.named(rest, .output, detail: "a column of the report, \(column.metric.type.name)"))
    }
  }

  /// The members of the dimension that is tested.
  mutating func addMembers(of subject: ExpressionSyntax) {
    guard case .name(let name) = subject.kind,
      case .dimension(let dimension)? = scope.binder.meaning(of: name), dimension.type == .string
    else { return }
    add(dimension.values.map { .member($0) })
    members = MemberRequest(dimension: dimension.name, typed: place.quoted ?? "")
  }

  // MARK: Other names

  mutating func addSegments() {
    for segment in scope.binder.knownSegments {
      add(.named(segment.name, .segment, detail: "of \(segment.dimension)"))
    }
  }

  mutating func addParameters(where fits: (DeclaredParameter.Kind) -> Bool) {
    let known = scope.binder.parameters.values.sorted { $0.name < $1.name }
    for parameter in known where fits(parameter.kind) {
      let value = parameter.valueText.isEmpty ? "" : " = \(parameter.valueText)"
      add(CompletionItem("$\(parameter.name)", .parameter, detail: parameter.typeName + value))
    }
  }

  /// Parameters for a number, or for the values of IN.
  mutating func addCounts() {
    let isList = probe.keywords.contains(.segment)
    addParameters { kind in
      guard case .constants(let type, let several) = kind else { return false }
      return isList ? several : type == .count && !several
    }
  }

  /// Names of every kind, as DESCRIBE and SHOW … FOR take them.
  mutating func addAnyNames() {
    let binder = scope.binder
    switch place.tokens.first?.kind {
    case .word(.drop):
      let dropped: [(Keyword, [String], CompletionItem.Kind)] = [
        (.metric, binder.definedMetrics.values.map(\.name), .metric),
        (.dimension, binder.definedDimensions.values.map(\.name), .dimension),
        (.param, binder.parameters.values.map(\.name), .parameter),
        (.period, binder.definedPeriods.values.map(\.name), .period),
        (.segment, binder.segments.values.map(\.name), .segment),
      ]
      for (keyword, names, kind) in dropped where place.previousKeyword == keyword {
        add(names.sorted().map { .named($0, kind, detail: "defined above") })
      }
    case .word(.show):
      if place.tokens.contains(where: { $0.kind == .word(.dimensions) }) {
        addMetrics()
      } else {
        addRowDimensions(for: [])
      }
    default:
      addMetrics()
      addRowDimensions(for: [])
      guard place.begins(with: .describe) else { return }
      addSegments()
      add(binder.definedPeriods.values.map { .named($0.name, .period) })
      add(catalog.periods.map { .named($0.name, .period, detail: $0.label) })
      add(catalog.facts.map { .named($0.name, .fact) })
      add(catalog.cohorts.map { .named($0.name, .cohort, detail: $0.label) })
      let names = binder.parameters.values.map(\.name).sorted()
      add(names.map { .named($0, .parameter) })
    }
  }
}

extension DeclaredParameter.Kind {
  /// Whether it stands for one value.
  fileprivate var isConstant: Bool {
    guard case .constants(_, isList: false) = self else { return false }
    return true
  }
}

extension String {
  /// Whether the words before a metric need `PER` behind it.
  fileprivate var needsPer: Bool {
    !["SHARE OF", "TOTAL OF", "RANK OF", "RETENTION OF"].contains(self)
  }
}
