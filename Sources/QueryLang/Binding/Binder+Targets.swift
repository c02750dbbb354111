/// What stands for metrics where their targets are asked for.
struct TargetValues {
  /// The target that serves the report, by the metric's folded name.
  var chosen: [String: MetricTarget] = [:]
  /// Why targets that there are do not serve the report, by the metric's folded name.
  var refused: [String: TargetRefusal] = [:]
  /// The metrics that were asked for and have targets of which none serves, by folded name.
  var unserved: [String] = []
}

/// Why a target does not serve a report.
struct TargetRefusal {
  enum Reason {
    /// It has no such dimension or only coarser periods.
    case key(String)
    /// It is for longer periods than the one that begins or ends with a day.
    case days(Int32)
  }
  let target: MetricTarget
  let reason: Reason
}

/// `COMPARE TO TARGET`.
extension Binder {
  /// The comparisons with targets: one for each grain of dates, the first with the columns.
  mutating func targetBaselines(
    _ comparison: ComparisonBaselineSyntax,
    _ bound: BoundReport,
    _ syntax: ReportSyntax,
    firstIndex: Int
  ) -> [BoundBaseline] {
    guard case .days(let from, _) = bound.range, let step = bound.step else {
      error(4604, "all time has no target", comparison.span, "write DURING with a range of days")
      return []
    }
    if comparison.matchesWeekday {
      error(4608, "MATCH WEEKDAY and TARGET do not go together", comparison.span)
      return []
    }
    if comparison.isFull, bound.keys.contains(where: { $0.reportGrain != nil }) {
      error(
        4608,
        "FULL shows targets of days to come, which the groups of a date grain have none of",
        comparison.span,
        "leave out FULL or the date grain"
      )
      return []
    }
    let own = BoundDays(from: from, to: max(step.wholeTo, from))
    let choice = targetChoice(bound, own)
    guard let values = targetValues(choice, bound, syntax, comparison.span) else { return [] }
    return baselines(values, choice, own, bound, (comparison, firstIndex))
  }

  /// The target of a metric of the model; nil where it has none of its own.
  mutating func target(of metric: Metric) -> MetricExpression? {
    let folded = CatalogName.folded(metric.name)
    guard let target = targets?.chosen[folded], let name = target.columns[folded],
      let column = target.fact.column(name)
    else {
      if targets?.refused[folded] != nil { targets?.unserved.append(folded) }
      return nil
    }
    let aggregate = BaseAggregate(
      fact: target.fact.name,
      function: .sum(row(column, of: target.fact)),
      conditions: [],
      level: nil,
      isBlankWithoutRows: true,
      type: column.type
    )
    return MetricExpression(.aggregate(aggregate), column.type)
  }

  // MARK: Choosing

  /// The target of each metric that serves a report at the nearest grain.
  private func targetChoice(_ bound: BoundReport, _ own: BoundDays) -> TargetValues {
    var values = TargetValues()
    for target in catalog.targets {
      let reason = refusal(target, bound, own)
      for folded in target.columns.keys {
        if let reason {
          values.refused[folded] = TargetRefusal(target: target, reason: reason)
        } else if let other = values.chosen[folded], !isNearer(target, than: other) {
          continue
        } else {
          values.chosen[folded] = target
        }
      }
    }
    return values
  }

  /// Tells whether a target is less fine than another, so that less of it is added up.
  private func isNearer(_ target: MetricTarget, than other: MetricTarget) -> Bool {
    guard target.grain == other.grain else {
      return catalog.calendar.isPart(other.grain, of: target.grain)
    }
    return target.dimensions.count < other.dimensions.count
  }

  private func refusal(
    _ target: MetricTarget,
    _ bound: BoundReport,
    _ own: BoundDays
  ) -> TargetRefusal.Reason? {
    for key in bound.keys {
      var reach = RowReach()
      reach.add(key)
      if !serves(target, reach) { return .key(key.name) }
    }
    if let condition = bound.condition {
      var reach = RowReach()
      reach.add(condition)
      if let lacking = missing(reach, from: target.fact) { return .key(lacking) }
      if !serves(target, reach) { return .key("day") }
    }
    let calendar = catalog.calendar
    if calendar.start(of: target.grain, containing: own.from) != own.from {
      return .days(own.from)
    }
    return calendar.end(of: target.grain, containing: own.to) == own.to ? nil : .days(own.to)
  }

  private func serves(_ target: MetricTarget, _ reach: RowReach) -> Bool {
    missing(reach, from: target.fact) == nil
      && reach.grains.allSatisfy { catalog.calendar.isPart(target.grain, of: $0) }
  }

  // MARK: Values

  /// The target of each column of SELECT; nil with a problem where no column has one.
  private mutating func targetValues(
    _ choice: TargetValues,
    _ bound: BoundReport,
    _ syntax: ReportSyntax,
    _ span: SourceSpan
  ) -> [MetricExpression?]? {
    var values: [MetricExpression?] = []
    var isGood = true
    for column in bound.columns {
      var copy = self
      copy.targets = choice
      copy.diagnostics = []
      copy.modelMetrics = [:]
      let item = syntax.select.items.first { $0.expression.span == column.span }
      let value = item.flatMap { copy.metric(copy.resolved($0.expression)) }
      let facts = value?.aggregates ?? []
      let isTarget = facts.allSatisfy { catalog.isTarget($0.fact) && $0.period == .current }
      let hasProblem = copy.diagnostics.contains { $0.severity == .error }
      if let value, !facts.isEmpty, isTarget, !hasProblem {
        values.append(value)
        continue
      }
      values.append(nil)
      guard let name = copy.targets?.unserved.first, let refusal = choice.refused[name] else {
        continue
      }
      isGood = false
      refuse(refusal, name, column.span)
    }
    guard isGood else { return nil }
    guard values.contains(where: { $0 != nil }) else {
      let all = Set(catalog.targets.flatMap(\.columns.keys))
      let names = all.compactMap { knownMetric($0)?.name }.sorted()
      let advice =
        names.isEmpty
        ? "the model has no targets" : "targets are there for \(names.joined(separator: ", "))"
      error(4606, "no metric of the report has a target", span, advice)
      return nil
    }
    return values
  }

  /// Says why there is no target, and what there are targets by.
  private mutating func refuse(_ refusal: TargetRefusal, _ folded: String, _ span: SourceSpan) {
    let name = catalog.metric(folded)?.name ?? folded
    let target = refusal.target
    let message: String
    switch refusal.reason {
    case .key(let key): message = "\"\(name)\" has no target by \(key)"
    case .days(let day):
      message =
        "targets of \"\(name)\" are by \(target.grain.rawValue), "
        + "and \(CivilDay(number: day).text) is inside of one"
    }
    let grains = Binder.grains.filter { catalog.calendar.isPart(target.grain, of: $0) }
    let dimensions = catalog.dimensions.filter { dimension in
      !dimension.isHidden && catalog.reach(of: dimension, from: target.fact) != .missing
    }
    let names = dimensions.map(\.name) + grains.map(\.rawValue)
    report(
      Diagnostic(
        DiagnosticID(.error, 4605),
        message,
        at: span,
        label: "\(target.name) is by \(grainText(target))"
      ).noting("note: it can be compared by: \(names.joined(separator: ", "))")
    )
  }

  /// What the rows of a target are for, such as `month, channel`.
  func grainText(_ target: MetricTarget) -> String {
    let known = target.dimensions.filter { knownDimension($0) != nil }
    return ([target.grain.rawValue] + known).joined(separator: ", ")
  }

  // MARK: Days

  /// The comparisons of some values, whose aggregates get the place of theirs.
  private mutating func baselines(
    _ values: [MetricExpression?],
    _ choice: TargetValues,
    _ own: BoundDays,
    _ bound: BoundReport,
    _ place: (comparison: ComparisonBaselineSyntax, first: Int)
  ) -> [BoundBaseline] {
    let used = Set(values.compactMap { $0 }.flatMap(\.aggregates).map(\.fact))
    var grains: [ReportGrain] = []
    var places: [String: Int] = [:]
    for target in catalog.targets where used.contains(target.fact.name) {
      if !grains.contains(target.grain) { grains.append(target.grain) }
      places[target.fact.name] = place.first + (grains.firstIndex(of: target.grain) ?? 0)
    }
    let last = place.comparison.isFull ? own.to : lastElapsedDay(bound, own)
    let calendar = catalog.calendar
    var baselines = grains.map { grain in
      let to = last < own.from ? last : calendar.end(of: grain, containing: last)
      let index = place.first + (grains.firstIndex(of: grain) ?? 0)
      return BoundBaseline(
        name: place.comparison.alias?.text ?? "target",
        days: BoundDays(from: own.from, to: to),
        cutDayCount: Int(own.to) - Int(to),
        span: place.comparison.span,
        targets: places.filter { $0.value == index }.keys.sorted(),
        targetValues: []
      )
    }
    if let baseline = baselines.first(where: { $0.days.to > last }), !place.comparison.isFull {
      report(
        Diagnostic(
          DiagnosticID(.note, 4607),
          "the days until \(CivilDay(number: last).text) are compared with targets until "
            + CivilDay(number: baseline.days.to).text,
          at: place.comparison.span,
          label: "a target counts as soon as its period has begun"
        )
      )
    }
    baselines[0].targetValues = values.map { value in
      value?.mapping { aggregate in
        var changed = aggregate
        changed.period.baseline = places[aggregate.fact]
        return changed
      }
    }
    return baselines
  }

  /// The last day of the report's range that is over.
  private func lastElapsedDay(_ bound: BoundReport, _ own: BoundDays) -> Int32 {
    guard case .days(let from, let to) = bound.range else { return own.to }
    return to < own.to ? to : min(to, max(today - 1, from - 1))
  }
}
