extension Binder {
  /// Binds a report; nil when something in it is wrong.
  mutating func report(_ syntax: ReportSyntax) -> BoundReport? {
    let firstProblem = diagnostics.count
    startReport()
    refuseLaterClauses(syntax)
    // COHORT gives names a meaning of its own, so nothing else is said about such a report.
    guard syntax.cohort == nil else { return nil }
    let zone = settleToday(syntax)
    bindKeys(syntax.by)
    var columns = self.columns(syntax.select)
    let range = range(syntax.dates) ?? .allTime
    var bound = BoundReport.empty(keys: keys, columns: columns, today: today)
    bound.range = range
    bound.step = step(syntax.dates, range)
    if let filter = syntax.filter {
      let place = RowScope.Place.condition(keyword: filter.keyword, whole: filter.condition)
      bound.condition = condition(filter.condition, RowScope(facts: [], place: place))
    }
    bound.zone = zone
    bound.baselines = baselines(syntax, bound)
    columns = compared(columns, bound.baselines)
    bound.columns = columns
    bindGroups(syntax, &bound)
    bound.fill = fill(syntax.fill, bound)
    readLimit(syntax.limit, &bound)
    readCurrency(syntax.currency, &bound)
    bound.chart = chart(syntax.output, bound)
    bound.amounts = amounts
    bound.members = members
    for metric in columns.flatMap(\.metric.aggregates) where !bound.groupFacts.contains(metric.fact)
    {
      bound.groupFacts.append(metric.fact)
    }
    checkPeriods(bound, syntax)
    checkCalendar(bound, syntax)
    refuseCombinations(bound, syntax)
    let found = diagnostics[firstProblem...]
    guard !found.contains(where: { $0.severity == .error }) else { return nil }
    noteStoredDays(bound, syntax.timeZone)
    checkReach(bound, syntax)
    checkCoverage(bound, syntax)
    let all = diagnostics[firstProblem...]
    guard !all.contains(where: { $0.severity == .error }) else { return nil }
    if columns.allSatisfy({ $0.metric.aggregates.isEmpty }) {
      // What could not be read may have been the metric, and has its message already.
      guard !syntax.select.items.isEmpty, columns.count == syntax.select.items.count,
        !syntax.select.items.contains(where: { $0.expression.holdsInvalid })
      else { return nil }
      error(3205, "at least one metric is needed after SELECT", syntax.select.span)
      return nil
    }
    bound.remarks = Array(all)
    return bound
  }

  /// Binds what works on finished groups, where the columns of SELECT have names.
  private mutating func bindGroups(_ syntax: ReportSyntax, _ bound: inout BoundReport) {
    outputs = Dictionary(
      bound.columns.map { (CatalogName.folded($0.name), $0) },
      uniquingKeysWith: { first, _ in first }
    )
    mayNameOutputs = true
    if let having = syntax.having {
      refuseKeys(in: having.condition)
      bound.having = groupCondition(having.condition)
    }
    bound.order = order(syntax.order)
    bound.tops = tops(syntax.tops)
    mayNameOutputs = false
    bound.pivot = pivot(syntax)
    bound.totals = totals(syntax.totals, bound.pivot)
  }

  private mutating func startReport() {
    keys = []
    refusedOutputs = []
    boundDefinitions = [:]
    outputs = [:]
    uses = []
    amounts = []
    members = []
    mayNameOutputs = false
  }

  private mutating func refuseLaterClauses(_ syntax: ReportSyntax) {
    if let clause = syntax.cohort {
      unavailable("COHORT", 4800, clause.keyword)
    }
    if let clause = syntax.comparison, let cohort = syntax.cohort {
      report(
        Diagnostic(
          DiagnosticID(.error, 4601),
          "COMPARE TO and COHORT do not go together",
          at: clause.keyword
        ).relating(cohort.keyword, "cohorts are compared by their age already")
      )
    }
  }

  // MARK: BY

  mutating func bindKeys(_ clause: ByClauseSyntax?) {
    guard let clause else { return }
    if clause.items.count > Binder.maximumKeys {
      error(5104, "a report has at most \(Binder.maximumKeys) keys", clause.span)
      return
    }
    for item in clause.items {
      guard let key = key(item) else {
        let name = item.alias?.text ?? source.slice(item.dimension.span)
        refusedOutputs.insert(CatalogName.folded(name))
        continue
      }
      let folded = CatalogName.folded(key.name)
      if keys.contains(where: { CatalogName.folded($0.name) == folded }) {
        error(2104, "two keys are called \"\(key.name)\"", item.span, "write AS another_name")
        continue
      }
      keys.append(key)
    }
  }

  mutating func key(_ item: ByItemSyntax) -> BoundKey? {
    let scope = RowScope(facts: [], place: .by)
    let written = resolved(item.dimension)
    guard let row = row(written, scope) else { return nil }
    var name = slug(source.slice(item.dimension.span))
    var label = name
    if case .name(let reference) = written.kind {
      name = reference.name.text
      switch meaning(of: reference) {
      case .dimension(let dimension): (name, label) = (dimension.name, dimension.label)
      case .definedDimension(let dimension):
        (name, label) = (dimension.name, dimension.label ?? dimension.name)
      case .grain(let grain): (name, label) = (grain.rawValue, grain.rawValue.titled)
      case .datePart: (name, label) = (CatalogName.folded(name), CatalogName.folded(name).titled)
      case .column(_, let column): (name, label) = (column.name, column.name.titled)
      case .metric, .definedMetric, .output, nil: label = name
      }
    }
    if let alias = item.alias {
      (name, label) = (alias.text, alias.text)
    }
    let source: BoundKey.Source
    if case .dimension(let dimension) = row.kind {
      source = .dimension(dimension)
    } else {
      source = .expression(row)
    }
    return BoundKey(name: name, label: label, type: row.type, source: source, span: item.span)
  }

  // MARK: SELECT

  private mutating func columns(_ clause: SelectClauseSyntax) -> [BoundColumn] {
    var columns: [BoundColumn] = []
    var taken = Set(keys.map { CatalogName.folded($0.name) })
    for item in clause.items {
      let expression = resolved(item.expression)
      guard let metric = metric(expression) else {
        if let alias = item.alias { refusedOutputs.insert(CatalogName.folded(alias.text)) }
        continue
      }
      var column = BoundColumn(
        name: "",
        label: "",
        format: item.format?.value,
        metric: metric,
        span: item.expression.span
      )
      var isGiven = true
      if let alias = item.alias {
        (column.name, column.label) = (alias.text, alias.text)
        warnOfShadow(alias, item.expression)
      } else if case .name(let reference) = expression.kind {
        name(&column, reference)
      } else {
        column.name = slug(source.slice(item.expression.span))
        column.label = source.slice(item.expression.span)
        isGiven = false
      }
      var folded = CatalogName.folded(column.name)
      if taken.contains(folded) {
        if isGiven {
          error(
            2104,
            "two columns are called \"\(column.name)\"",
            item.span,
            "write AS another_name"
          )
          continue
        }
        var suffix = 2
        while taken.contains("\(folded)_\(suffix)") {
          suffix += 1
        }
        column.name += "_\(suffix)"
        folded = CatalogName.folded(column.name)
      }
      taken.insert(folded)
      columns.append(column)
    }
    return columns
  }

  private func name(_ column: inout BoundColumn, _ reference: NameReferenceSyntax) {
    switch meaning(of: reference) {
    case .metric(let metric):
      (column.name, column.label) = (metric.name, metric.label)
      column.format = column.format ?? metric.format
    case .definedMetric(let metric):
      (column.name, column.label) = (metric.name, metric.label ?? metric.name)
      column.format = column.format ?? metric.format
    case .dimension, .definedDimension, .grain, .datePart, .column, .output, nil:
      (column.name, column.label) = (reference.name.text, reference.name.text)
    }
  }

  private mutating func warnOfShadow(_ alias: NameSyntax, _ expression: ExpressionSyntax) {
    let folded = CatalogName.folded(alias.text)
    guard knownMetric(alias.text) != nil || definedMetrics[folded] != nil else { return }
    if case .name(let name) = expression.kind, CatalogName.folded(name.name.text) == folded {
      return
    }
    report(
      Diagnostic(
        DiagnosticID(.warning, 2105),
        "\"\(alias.text)\" is also the name of a metric",
        at: alias.span,
        label: "after this, \"\(alias.text)\" means this column"
      )
    )
  }

  /// A name made of an expression's text.
  func slug(_ text: String) -> String {
    var result = ""
    for character in text.lowercased().unicodeScalars {
      if character.isASCII,
        character.properties.isAlphabetic || character.properties.numericType != nil
      {
        result.unicodeScalars.append(character)
      } else if !result.hasSuffix("_") {
        result += "_"
      }
    }
    while result.hasPrefix("_") { result.removeFirst() }
    while result.hasSuffix("_") { result.removeLast() }
    if result.isEmpty { return "value" }
    return result.utf8.count > 60 ? String(result.prefix(60)) : result
  }

  private mutating func refuseKeys(in condition: ExpressionSyntax) {
    guard case .comparison(let node) = condition.kind, let index = key(named: node.left) else {
      return
    }
    let text = "WHERE \(source.slice(condition.span))"
    report(
      Diagnostic(
        DiagnosticID(.error, 3203),
        "\"\(keys[index].name)\" is a key; HAVING tests metrics of finished groups",
        at: node.left.span,
        label: "dimension"
      ).noting("note: write \(text)")
    )
  }

  // MARK: ORDER BY, LIMIT

  private mutating func order(_ clause: OrderClauseSyntax?) -> [BoundOrder] {
    var order: [BoundOrder] = []
    for item in clause?.items ?? [] {
      let isDescending = item.direction == .descending
      let blanksFirst = item.blanks == .first
      let expression = resolved(item.expression)
      if let index = key(named: expression) {
        order.append(
          BoundOrder(
            target: .key(index),
            isDescending: isDescending,
            putsBlanksFirst: blanksFirst
          )
        )
      } else if let metric = metric(expression) {
        order.append(
          BoundOrder(
            target: .metric(metric),
            isDescending: isDescending,
            putsBlanksFirst: blanksFirst
          )
        )
      }
    }
    return order
  }

  private mutating func readLimit(_ clause: LimitClauseSyntax?, _ bound: inout BoundReport) {
    guard let clause else { return }
    bound.limit = count(clause.count)
    if let offset = clause.offset {
      bound.offset = count(offset) ?? 0
    }
  }

  private mutating func readCurrency(_ clause: CurrencyClauseSyntax?, _ bound: inout BoundReport) {
    guard let clause else { return }
    switch clause.currency {
    case .code(let code): bound.currency = code.text
    case .parameter(let parameter): bound.currency = currency(parameter)
    }
  }

  // MARK: FILL and charts

  private mutating func fill(
    _ clause: FillClauseSyntax?,
    _ bound: BoundReport
  ) -> [FillMethod]? {
    let isPossible = bound.grainKey != nil
    if let clause, !isPossible, clause.items.contains(where: { $0.method != .none }) {
      if refusedOutputs.isEmpty {
        error(4306, "FILL needs exactly one date grain in BY", clause.span)
      }
      return nil
    }
    guard isPossible else { return nil }
    var methods = [FillMethod](repeating: .natural, count: bound.columns.count)
    for item in clause?.items ?? [] {
      let method: FillMethod =
        switch item.method {
        case .none: .none
        case .zero: .zero
        case .null: .null
        case .previous: .previous
        case .linear: .linear
        }
      if item.columns.isEmpty {
        methods = methods.map { _ in method }
        continue
      }
      if method == .none {
        error(4307, "FILL NONE is about whole rows and takes no FOR", item.span)
        continue
      }
      for name in item.columns {
        let folded = CatalogName.folded(name.text)
        if let index = bound.columns.firstIndex(where: { CatalogName.folded($0.name) == folded }) {
          methods[index] = method
        } else if !isRefused(name.text) {
          let suggestion = Suggestion(for: name.text, among: bound.columns.map(\.name))
          let message = "there is no column called \"\(name.text)\""
          report(.missing(2107, message, at: name.span, suggestion))
        }
      }
    }
    for (method, column) in zip(methods, bound.columns)
    where (method == .linear || method == .zero) && !column.metric.type.isAddable {
      let word = method == .linear ? "LINEAR" : "ZERO"
      error(4308, "only numbers can be filled by \(word)", clause?.span ?? column.span)
    }
    return methods.contains(.none) ? nil : methods
  }

  private mutating func chart(
    _ clause: OutputClauseSyntax?,
    _ bound: BoundReport
  ) -> ChartDescription? {
    guard let clause else { return fittingChart(bound) }
    guard case .chart(let kind, let arguments) = clause.form else { return nil }
    let kinds = [
      "line", "area", "stacked_area", "bar", "stacked_bar", "pie", "heatmap", "scatter",
      "single_value", "sparkline", "cohort_grid",
    ]
    guard kinds.contains(CatalogName.folded(kind.text)) else {
      let suggestion = Suggestion(for: kind.text, among: kinds)
      let message = "there is no chart called \"\(kind.text)\""
      report(.missing(6102, message, at: kind.span, suggestion))
      return nil
    }
    let word = CatalogName.folded(kind.text)
    let grain = bound.keys.firstIndex { $0.reportGrain != nil }
    if ["line", "area", "stacked_area"].contains(word), grain == nil, refusedOutputs.isEmpty {
      report(
        Diagnostic(
          DiagnosticID(.warning, 6101),
          "a chart of kind \(word) needs a date grain in BY",
          at: kind.span,
          label: "the result is shown as a table"
        )
      )
      return nil
    }
    let axis = grain ?? (bound.keys.isEmpty ? nil : 0)
    var chart = ChartDescription(
      kind: word,
      x: axis.map { bound.keys[$0].name },
      series: bound.keys.indices.filter { $0 != axis }.map { bound.keys[$0].name },
      y: bound.columns.map(\.name)
    )
    for argument in arguments {
      readArgument(argument, bound, &chart)
    }
    return chart
  }

  /// The chart that shows a report which asks for none.
  private func fittingChart(_ bound: BoundReport) -> ChartDescription? {
    let grain = bound.keys.firstIndex { $0.reportGrain != nil }
    let axis = grain ?? (bound.keys.isEmpty ? nil : 0)
    let kind = grain != nil ? "line" : (axis == nil ? "single_value" : "bar")
    return ChartDescription(
      kind: kind,
      x: axis.map { bound.keys[$0].name },
      series: bound.keys.indices.filter { $0 != axis }.map { bound.keys[$0].name },
      y: bound.columns.map(\.name)
    )
  }

  private mutating func readArgument(
    _ argument: ChartArgumentSyntax,
    _ bound: BoundReport,
    _ chart: inout ChartDescription
  ) {
    guard case .name(let name) = argument.value.kind else {
      error(6103, "a column is needed here", argument.value.span)
      return
    }
    let folded = CatalogName.folded(name.name.text)
    let names = bound.keys.map(\.name) + bound.columns.map(\.name)
    guard let column = names.first(where: { CatalogName.folded($0) == folded }) else {
      guard !isRefused(name.name.text) else { return }
      let suggestion = Suggestion(for: name.name.text, among: names)
      let message = "there is no column called \"\(name.name.text)\""
      report(.missing(2107, message, at: name.span, suggestion))
      return
    }
    switch CatalogName.folded(argument.name.text) {
    case "x": chart.x = column
    case "y" where bound.keys.contains { $0.name == column }: chart.series = [column]
    case "y", "value": chart.y = [column]
    case "series": chart.series = [column]
    default:
      error(
        6103,
        "charts have no setting called \"\(argument.name.text)\"",
        argument.name.span,
        "the settings are x, y, series and value"
      )
    }
  }
}

extension String {
  /// The word with a capital first letter and spaces for underscores.
  var titled: String {
    let words = split(separator: "_").joined(separator: " ")
    return words.prefix(1).uppercased() + words.dropFirst()
  }
}
