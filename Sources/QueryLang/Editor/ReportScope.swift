/// What is known about the report around a cursor: its keys, its metrics and its columns.
struct ReportScope {
  /// A metric of SELECT as it is written, with the facts that it is computed from.
  struct Measure {
    let name: String
    let facts: [Fact]
  }

  /// A binder at the report, with its keys and columns.
  var binder: Binder
  /// The report as far as it could be read.
  let syntax: ReportSyntax?
  /// The metrics of SELECT, without the one that is being written.
  let measures: [Measure]
  /// What the rows of a metric must have: the keys and the conditions of WHERE.
  let needs: [(name: String, reach: RowReach)]
  /// The columns of SELECT by name, with those of comparisons.
  let columns: [BoundColumn]
  /// The range of the report and its step back.
  let range: BoundRange
  let step: PeriodStep?

  /// Looks at the report around an offset; what is being written there is left out.
  init(_ script: EditedScript, at offset: Int) {
    self.init(script.report(at: offset), script.binder(before: offset), at: offset)
  }

  /// Looks at a whole report with a binder that knows what stands before it.
  init(whole report: ReportSyntax, _ binder: Binder) {
    self.init(report, binder, at: nil)
  }

  private init(_ report: ReportSyntax?, _ outer: Binder, at cursor: Int?) {
    let offset = cursor ?? -1
    var binder = outer
    syntax = report
    if let report { _ = binder.settleToday(report) }
    if let by = report?.by {
      let items = by.items.filter { !$0.span.touches(offset) }
      binder.bindKeys(ByClauseSyntax(keyword: by.keyword, items: items, span: by.span))
    }
    var measures: [Measure] = []
    var columns: [BoundColumn] = []
    for item in report?.select.items ?? [] where !item.span.touches(offset) {
      guard let metric = binder.metric(binder.resolved(item.expression)) else { continue }
      let written = binder.source.slice(item.expression.span)
      measures.append(Measure(name: written, facts: binder.groupedFacts(of: metric)))
      let name = item.alias?.text ?? (item.expression.isName ? written : binder.slug(written))
      columns.append(
        BoundColumn(name: name, label: name, format: nil, metric: metric, span: item.span)
      )
    }
    range = binder.range(report?.dates) ?? .allTime
    step = binder.step(report?.dates, range)
    var needs: [(name: String, reach: RowReach)] = []
    for key in binder.keys {
      needs.append((key.name, RowReach(of: key)))
    }
    if let filter = report?.filter, !filter.span.touches(offset) {
      let scope = RowScope(facts: [], place: .filter)
      if let condition = binder.condition(filter.condition, scope) {
        var reach = RowReach()
        reach.add(condition)
        needs.append(("", reach))
      }
    }
    var bound = BoundReport.empty(keys: binder.keys, columns: columns, today: binder.today)
    bound.range = range
    bound.step = step
    let baselines = report.map { binder.baselines($0, bound) } ?? []
    self.columns = binder.compared(columns, baselines)
    self.measures = measures
    self.needs = needs
    binder.outputs = Dictionary(
      self.columns.map { (CatalogName.folded($0.name), $0) },
      uniquingKeysWith: { first, _ in first }
    )
    binder.diagnostics = []
    self.binder = binder
  }

  /// Why rows of the report's metrics cannot be told apart by something, in words; nil when they can.
  func obstacle(of reach: RowReach, for measures: [Measure]) -> String? {
    for measure in measures {
      for fact in measure.facts {
        if let lacking = binder.missing(reach, from: fact) {
          return "\(measure.name) has no \(lacking)"
        }
      }
    }
    return nil
  }

  /// Why a metric cannot stand beside the keys and conditions of the report; nil when it can.
  func obstacle(of metric: MetricExpression, named name: String) -> String? {
    for fact in binder.groupedFacts(of: metric) {
      for need in needs {
        if let lacking = binder.missing(need.reach, from: fact) {
          return "\(name) has no \(lacking)"
        }
      }
    }
    return nil
  }
}

extension Binder {
  /// The facts in whose rows the keys of a report must be found for a metric.
  func groupedFacts(of metric: MetricExpression) -> [Fact] {
    var names: [String] = []
    for aggregate in metric.aggregates
    where aggregate.level == nil && !names.contains(aggregate.fact) {
      names.append(aggregate.fact)
    }
    return names.compactMap { catalog.fact($0) }
  }
}

extension RowReach {
  /// What rows need to be told apart by a key.
  init(of key: BoundKey) {
    self.init()
    add(key)
  }
}

extension ExpressionSyntax {
  /// Whether it is a name without a fact.
  var isName: Bool {
    if case .name(let name) = kind { return name.qualifier == nil }
    return false
  }
}
