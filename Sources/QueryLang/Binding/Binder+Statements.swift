/// A statement whose names and types are settled.
enum BoundStatement: Sendable, Equatable {
  case report(BoundReport)
  /// The plan of a report as text instead of its answer.
  case explain(BoundReport)
  /// The same as SQL.
  case explainSQL(BoundReport)
  /// A listing of the catalogue, which is ready.
  case listing(ReportResult)
  /// The values of a dimension, found by a report without metrics.
  case values(BoundReport)
  /// A definition; the text says what was defined.
  case defined(String)
  /// A change of what the workspace shares; the text says what it is.
  case shared(DefinitionChange, String)
}

extension Binder {
  /// Binds every statement of a script; a statement with an error is left out.
  mutating func statements(_ script: ScriptSyntax) -> [BoundStatement] {
    let calendarToday = today
    declareModelParameters()
    var bound: [BoundStatement] = []
    for statement in script.statements {
      today = calendarToday
      expandedSize = 0
      bind(statement, &bound)
    }
    checkGivenNames()
    return bound
  }

  /// Binds one statement; what it defines is known from then on.
  mutating func bind(_ statement: StatementSyntax, _ bound: inout [BoundStatement]) {
    switch statement {
    case .report(let syntax):
      if let report = report(syntax) {
        bound.append(.report(report))
      }
    case .define(let define): self.define(define, &bound)
    case .explain(let explain): self.explain(explain, &bound)
    case .show(let show): self.show(show, &bound)
    case .describe(let describe): self.describe(describe, &bound)
    case .drop(let drop): self.drop(drop, &bound)
    }
  }

  private mutating func explain(_ syntax: ExplainSyntax, _ bound: inout [BoundStatement]) {
    switch (syntax.aspect, syntax.subject) {
    case (.sql, .report(let syntax)):
      if let report = report(syntax) {
        bound.append(.explainSQL(report))
      }
    case (.lineage, .metric(let name)):
      if let listing = lineage(ofMetric: name) {
        bound.append(.listing(listing))
      }
    case (.lineage, .report(let syntax)):
      if let listing = lineage(of: syntax) {
        bound.append(.listing(listing))
      }
    case (.types, .metric(let name)):
      if let listing = types(ofMetric: name) {
        bound.append(.listing(listing))
      }
    case (.types, .report(let syntax)):
      if let listing = types(of: syntax) {
        bound.append(.listing(listing))
      }
    case (.plan, .metric(let name)), (.sql, .metric(let name)), (nil, .metric(let name)):
      unavailable("the plan of a metric without a report", 6000, name.span)
    case (.plan, .report(let syntax)), (nil, .report(let syntax)):
      if let report = report(syntax) {
        bound.append(.explain(report))
      }
    }
  }

  // MARK: DEFINE

  mutating func define(_ syntax: DefineSyntax, _ bound: inout [BoundStatement]) {
    if syntax.isShared {
      defineShared(syntax, &bound)
      return
    }
    let name = syntax.definition.name
    let firstProblem = diagnostics.count
    bind(syntax, name, &bound)
    isDefining = false
    if diagnostics[firstProblem...].contains(where: { $0.severity == .error }) {
      refusedNames.insert(CatalogName.folded(name.text))
    }
  }

  private mutating func bind(
    _ syntax: DefineSyntax,
    _ name: NameSyntax,
    _ bound: inout [BoundStatement]
  ) {
    switch syntax.definition {
    case .metric(_, let expression, let details):
      guard isFree(name, replaces: syntax.replaces) else { return }
      startDefinition()
      guard let metric = metric(expression) else { return }
      defineMetric(name, expression, metric, details)
      bound.append(.defined("metric \(name.text)"))
    case .dimension(_, let expression, let details):
      guard isFree(name, replaces: syntax.replaces) else { return }
      startDefinition()
      let scope = RowScope(facts: [], place: .definition)
      guard let row = row(expression, scope) else { return }
      definedDimensions[CatalogName.folded(name.text)] = DefinedDimension(
        name: name.text,
        expression: row,
        label: label(details),
        definition: expression,
        span: name.span
      )
      bound.append(.defined("dimension \(name.text)"))
    case .period(_, let period):
      guard isFree(name, replaces: syntax.replaces) else { return }
      var copy = self
      guard
        copy.range(
          DateClauseSyntax(keyword: period.span, range: .during(period), span: period.span)
        ) != nil
      else {
        diagnostics = copy.diagnostics
        return
      }
      definedPeriods[CatalogName.folded(name.text)] = DefinedPeriod(
        name: name.text,
        syntax: period
      )
      bound.append(.defined("period \(name.text)"))
    case .parameter(_, let definition):
      guard isFree(name, replaces: syntax.replaces) else { return }
      startDefinition()
      if declare(name, definition) {
        bound.append(.defined("parameter \(name.text)"))
      } else {
        declaredNames.insert(CatalogName.folded(name.text))
      }
    case .periodParameter(_, let period):
      guard isFree(name, replaces: syntax.replaces) else { return }
      if declare(name, period: period) {
        bound.append(.defined("parameter \(name.text)"))
      } else {
        declaredNames.insert(CatalogName.folded(name.text))
      }
    case .segment(_, let dimension, let condition):
      guard isFree(name, replaces: syntax.replaces) else { return }
      startDefinition()
      if defineSegment(name, of: dimension, condition) {
        bound.append(.defined("segment \(name.text)"))
      }
    }
  }

  private mutating func startDefinition() {
    isDefining = true
    namesKeys = false
    keys = []
    refusedOutputs = []
    outputs = [:]
    uses = []
    amounts = []
  }

  private mutating func isFree(_ name: NameSyntax, replaces: Bool) -> Bool {
    let folded = CatalogName.folded(name.text)
    let isDefined =
      definedMetrics[folded] != nil || definedDimensions[folded] != nil
      || definedPeriods[folded] != nil
      || (parameters[folded] != nil && catalog.parameter(name.text) == nil)
      || segments[folded] != nil
    if isDefined, !replaces {
      error(
        2201,
        "\"\(name.text)\" is defined already",
        name.span,
        "write DEFINE OR REPLACE, or another name"
      )
      return false
    }
    let isTaken =
      knownMetric(name.text) != nil || knownDimension(name.text) != nil
      || catalog.period(name.text) != nil || catalog.segment(name.text) != nil
      || catalog.parameter(name.text) != nil || ReportGrain(rawValue: folded) != nil
      || Binder.dateParts[folded] != nil
    if isTaken {
      let advice =
        replaces
        ? "OR REPLACE replaces only definitions of the same text; choose another name"
        : "choose another name"
      error(2203, "the model has \"\(name.text)\" already", name.span, advice)
      return false
    }
    definedMetrics[folded] = nil
    definedDimensions[folded] = nil
    definedPeriods[folded] = nil
    parameters[folded] = nil
    segments[folded] = nil
    declaredNames.remove(folded)
    refusedNames.remove(folded)
    return true
  }

  private func label(_ details: [DefinitionDetailSyntax]) -> String? {
    for detail in details {
      if case .label(let text) = detail.kind { return text.value }
    }
    return nil
  }

  private mutating func defineMetric(
    _ name: NameSyntax,
    _ definition: ExpressionSyntax,
    _ metric: MetricExpression,
    _ details: [DefinitionDetailSyntax]
  ) {
    var expression = metric
    var description: String?
    var format: String?
    var aka: [String] = []
    var isBlankWithoutRows = false
    for detail in details {
      switch detail.kind {
      case .type(let type):
        guard let typed = self.type(type, of: metric) else { return }
        expression = metric.typed(typed)
      case .description(let text): description = text.value
      case .format(let text): format = text.value
      case .empty(.null):
        expression = expression.blankWithoutRows
        isBlankWithoutRows = true
      case .aka(let names): aka = names.map(\.value)
      case .empty(.zero), .label: break
      }
    }
    definitionCount += 1
    definedMetrics[CatalogName.folded(name.text)] = DefinedMetric(
      name: name.text,
      expression: expression,
      label: label(details),
      description: description,
      format: format,
      aka: aka,
      isBlankWithoutRows: isBlankWithoutRows,
      definition: definition,
      surroundings: namesKeys
        ? Surroundings(
          metrics: definedMetrics,
          dimensions: definedDimensions,
          parameters: parameters
        ) : nil,
      order: definitionCount,
      span: name.span
    )
  }

  /// The type that a definition asks for, where values of the expression can be shown so.
  private mutating func type(_ syntax: TypeSyntax, of metric: MetricExpression) -> ResultType? {
    let type: ResultType
    switch syntax.word {
    case .money: type = .money(currency: nil)
    case .count: type = .count
    case .number: type = .number
    case .percent: type = .percent
    case .date: type = .date
    case .timestamp: type = .timestamp
    case .string: type = .string
    case .bool: type = .bool
    case .metric, .dimension:
      unavailable("a metric of type \(syntax.word.rawValue)", 2300, syntax.span)
      return nil
    }
    let isSame = type == metric.type || (type.isMoney && metric.type.isMoney)
    let isRatio =
      (type == .percent || type == .number) && !metric.type.isMoney
      && metric.type.isAddable
    guard isSame || isRatio else {
      error(
        3116,
        "the expression is \(metric.type.name) and cannot be shown as \(type.name)",
        syntax.span
      )
      return nil
    }
    return isSame ? metric.type : type
  }
}

extension MetricExpression {
  /// The same metric, blank where a fact has no rows.
  var blankWithoutRows: MetricExpression {
    mapping { aggregate in
      var changed = aggregate
      changed.isBlankWithoutRows = true
      return changed
    }
  }
}
