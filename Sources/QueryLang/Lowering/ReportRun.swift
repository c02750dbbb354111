internal import ColumnStore

/// Runs one report on one snapshot: the scans, then the finish.
struct ReportRun {
  let catalog: Catalog
  let backend: any ScanBackend
  let policy: AccessPolicy
  let limits: ScanLimits
  let zone: ZoneOffsets

  func plan(
    _ report: BoundReport,
    days: BoundDays? = nil
  ) throws(ReportError) -> AuthorizedPlan {
    var planner = LogicalPlanner(
      catalog: catalog,
      report: report,
      rule: catalog.calendar.rule(zone: report.zone?.offsets ?? zone),
      absentTables: Set(catalog.tables.keys.filter { backend.schema(of: $0) == nil })
    )
    planner.days = days
    if case .days(let from, let to) = report.range { planner.days = BoundDays(from: from, to: to) }
    return try AccessRewrite.apply(policy, to: planner.plan())
  }

  func answer(_ report: BoundReport) async throws(ReportError) -> ReportResult {
    let answered: Answer
    if report.tops.isEmpty, report.totals == nil {
      let ready = try await prepared(report)
      let finished = try ready.finish.finish(ready.tables)
      answered = Answer(finished: finished, scope: ready.scope)
    } else {
      answered = try await rowSets(report)
    }
    var answer = result(answered.finished, report, answered.scope)
    answer.header.diagnostics += try await warnings(report.members)
    return answer
  }

  /// The rows of a report with its days and its currency.
  struct Answer {
    var finished: FinishPlan.Finished
    var scope: Scope
  }

  /// A report whose scans are done.
  struct Ready {
    let finish: FinishPlan
    let tables: [GroupTable]
    let scope: Scope
  }

  /// Plans and scans.
  func prepared(_ report: BoundReport) async throws(ReportError) -> Ready {
    var authorized = try plan(report)
    var planner = ScanPlanner(authorized: authorized, catalog: catalog)
    var scope = try await scope(authorized.plan, planner)
    if report.range == .allTime, authorized.plan.aggregations.contains(where: \.isMapped) {
      // Which days are moved is known only now.
      authorized = try plan(report, days: scope.days)
      planner = ScanPlanner(authorized: authorized, catalog: catalog)
      scope = try await self.scope(authorized.plan, planner)
    }
    if report.range == .allTime, let days = scope.days, let grain = report.fiscalGrains.first {
      let span = report.fiscalKeySpan ?? SourceSpan(start: 0, end: 0)
      if let problem = catalog.calendarProblem(days, grain.rawValue, span) {
        throw .refused(problem)
      }
    }
    let finish = FinishPlan(
      plan: authorized.plan,
      catalog: catalog,
      days: scope.days,
      currency: scope.currency,
      budget: FinishBudget(limits, clock: ContinuousClock())
    )
    return Ready(finish: finish, tables: try await tables(authorized.plan, planner), scope: scope)
  }

  func scan(_ plan: ScanPlan) async throws(ReportError) -> ResultTable {
    guard backend.schema(of: plan.table) != nil else { return ReportRun.empty(plan) }
    do {
      return try await backend.execute(plan, limits: limits)
    } catch let error as StoreError {
      throw .store(error)
    } catch is CancellationError {
      throw .store(.cancelled)
    } catch {
      throw .engine("\(error)")
    }
  }

  /// The answer of a table that does not exist yet.
  static func empty(_ plan: ScanPlan) -> ResultTable {
    let keys = plan.keys.map { key in
      ResultTable.Column(name: key.name, type: .int64, values: .integers([]))
    }
    return ResultTable(columns: keys, rowCount: 0)
  }

  // MARK: Days and currency

  struct Scope {
    var days: BoundDays?
    var currency: String?
  }

  /// Settles what depends on the rows: the bounds of ALL TIME and the currency.
  private func scope(
    _ plan: LogicalPlan,
    _ planner: ScanPlanner
  ) async throws(ReportError) -> Scope {
    var asked: Set<ScanPlan> = []
    var days: BoundDays?
    var currencies: Set<String> = []
    for aggregation in plan.aggregations {
      if let scopePlan = try planner.daysPlan(for: aggregation), asked.insert(scopePlan).inserted {
        let result = try await scan(scopePlan)
        if result.rowCount > 0,
          case .integer(let first) = try result.column("first")?.scalar(at: 0),
          case .integer(let last) = try result.column("last")?.scalar(at: 0)
        {
          let from = min(days?.from ?? .max, Int32(clamping: first))
          let to = max(days?.to ?? .min, Int32(clamping: last))
          days = BoundDays(from: from, to: to)
        }
      }
      if let scopePlan = try planner.currencyPlan(for: aggregation),
        asked.insert(scopePlan).inserted
      {
        let result = try await scan(scopePlan)
        for row in 0..<result.rowCount {
          if case .string(let currency) = try result.column("currency")?.scalar(at: row) {
            currencies.insert(currency)
          }
        }
      }
    }
    if case .days(let from, let to) = plan.report.range {
      days = BoundDays(from: from, to: to)
    }
    let currency = try currency(currencies, plan.report)
    return Scope(days: days, currency: currency)
  }

  private func currency(
    _ found: Set<String>,
    _ report: BoundReport
  ) throws(ReportError) -> String? {
    let fixed = report.columns.compactMap { column -> String? in
      guard case .money(let currency) = column.metric.type else { return nil }
      return currency
    }
    let all = found.union(fixed)
    let span = report.columns.first { $0.metric.type.isMoney }?.span
    if all.count > 1 {
      if isGroupedByCurrency(report) { return nil }
      throw .refused(
        ReportRun.noRates(
          "the rows have amounts in \(all.sorted().joined(separator: " and "))",
          span ?? SourceSpan(start: 0, end: 0)
        )
      )
    }
    let currency = all.first ?? report.currency ?? catalog.defaults.currency
    if let wanted = report.currency, wanted != currency {
      throw .refused(
        ReportRun.noRates(
          "the rows have amounts in \(currency), not in \(wanted)",
          span ?? SourceSpan(start: 0, end: 0)
        )
      )
    }
    if let amount = report.amounts.first(where: { $0.currency != currency }) {
      throw .refused(
        ReportRun.noRates(
          "an amount in \(amount.currency) is set against amounts in \(currency)",
          amount.span
        )
      )
    }
    return currency
  }

  private static func noRates(_ message: String, _ span: SourceSpan) -> Diagnostic {
    Diagnostic(DiagnosticID(.error, 4902), message, at: span)
      .noting("why: the model has no exchange rates")
      .noting("note: choose rows of one currency with WHERE, or group BY currency_code")
  }

  private func isGroupedByCurrency(_ report: BoundReport) -> Bool {
    report.keys.contains { key in
      guard case .dimension(let name) = key.source else { return false }
      return catalog.facts.contains { fact in
        guard case .columns(let columns) = fact.relations[CatalogName.folded(name)] else {
          return false
        }
        return fact.columns.contains { $0.currencyColumn.map(columns.contains) ?? false }
      }
    }
  }

  // MARK: The result

  private func result(
    _ finished: FinishPlan.Finished,
    _ report: BoundReport,
    _ scope: Scope
  ) -> ReportResult {
    let keys = report.keys.map { key in
      var column = ResultColumn(name: key.name, label: key.label, type: key.type, role: .key)
      if case .grain = key.type { column.calendar = catalog.calendar }
      return column
    }
    let metrics = report.columns.map { column in
      ResultColumn(
        name: column.name,
        label: column.label,
        type: type(column.metric.type, scope.currency),
        format: column.format,
        additivity: column.metric.additivity,
        role: .metric,
        isApproximate: column.metric.isApproximate
      )
    }
    let period = scope.days.flatMap { days -> ResultHeader.Period? in
      guard days.from <= days.to else { return nil }
      return ResultHeader.Period(
        from: days.from,
        to: days.to,
        isComplete: days.to < report.today
      )
    }
    let shownCount = finished.groups.count { $0.kind == .detail || $0.kind == .others }
    var header = ResultHeader(
      period: period,
      timezone: report.zone?.name ?? catalog.defaults.timezone,
      currency: report.columns.isEmpty ? nil : scope.currency,
      asOf: report.today,
      snapshot: backend.snapshotVersion,
      groupCount: finished.groupCount,
      hiddenGroupCount: finished.groupCount - shownCount,
      diagnostics: report.remarks
    )
    header.baselines = report.baselines.map { baseline in
      ResultHeader.Baseline(
        name: baseline.name,
        period: ResultHeader.Period(
          from: baseline.days.from,
          to: baseline.days.to,
          isComplete: baseline.days.to < report.today
        ),
        cutDayCount: baseline.cutDayCount
      )
    }
    var result = ReportResult(
      header: header,
      columns: keys + metrics,
      rows: finished.groups.map { $0.keyCells + $0.values },
      rowKinds: finished.groups.map(\.kind),
      chart: report.chart
    )
    if !report.pivot.isEmpty {
      let reader = KeyReader(report.keys.map { catalog.shape(of: $0) }, report.keys.map(\.type))
      result.pivot = PivotBuilder(report, reader).description(finished.groups)
    }
    return result
  }

  private func type(_ type: ResultType, _ currency: String?) -> ResultType {
    type.isMoney ? .money(currency: currency) : type
  }
}
