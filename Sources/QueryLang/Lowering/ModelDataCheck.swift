public import ColumnStore

extension Catalog {
  /// Checks what only the data can show: that tables are as the model says, keys tell rows apart, what
  /// facts cover exists and holds, days lie where they may, and no target is there twice.
  ///
  /// `source` is the model file that was read last; problems of definitions of other files stand at
  /// its beginning. Tables that the store does not have yet are passed over. The answer is sorted by
  /// place and empty where all is well.
  ///
  /// - Throws: `ReportError` when the store cannot answer.
  public func problems(
    on backend: any ScanBackend,
    source: SourceText,
    limits: ScanLimits
  ) async throws(ReportError) -> [Diagnostic] {
    var check = ModelDataCheck(self, backend, source, limits)
    try await check.run()
    return check.found.sorted {
      ($0.span.start, $0.id.number, $0.message) < ($1.span.start, $1.id.number, $1.message)
    }
  }
}

/// One run of the checks of a model against the data of a store.
private struct ModelDataCheck {
  let catalog: Catalog
  let source: SourceText
  private(set) var found: [Diagnostic] = []
  private let reports: ReportRun

  /// The members that a message names at most.
  private static let namedMembers = 5

  init(
    _ catalog: Catalog,
    _ backend: any ScanBackend,
    _ source: SourceText,
    _ limits: ScanLimits
  ) {
    self.catalog = catalog
    self.source = source
    reports = ReportRun(
      catalog: catalog,
      backend: backend,
      policy: .unrestricted(reason: "whoever checks a model may read its data"),
      limits: limits,
      zone: KnownZones.offsets(of: catalog.defaults.timezone) ?? ZoneOffsets()
    )
  }

  mutating func run() async throws(ReportError) {
    for dimension in catalog.dimensions {
      guard case .table(let table) = dimension.source else { continue }
      if hasTable(table.table, dimension.origin) { try await checkKey(dimension, table) }
    }
    for fact in catalog.facts where hasTable(fact.table, fact.origin) {
      try await checkDays(fact)
      try await checkCoverage(fact)
    }
    for target in catalog.targets where hasTable(target.fact.table, target.origin) {
      try await checkTarget(target)
    }
  }

  // MARK: Problems

  private mutating func add(
    _ id: DiagnosticID,
    _ message: String,
    _ origin: CatalogOrigin,
    _ label: String? = nil
  ) {
    let isHere = origin.file == (source.name ?? "model")
    let span = isHere ? origin.span : SourceSpan(start: 0, end: 0)
    let place = isHere ? "" : " (defined in \(origin.file))"
    let diagnostic = Diagnostic(id, message + place, at: span, label: label)
    if !found.contains(diagnostic) { found.append(diagnostic) }
  }

  // MARK: Tables

  /// Tells whether the store has a table with the columns that the model knows.
  private mutating func hasTable(_ name: String, _ origin: CatalogOrigin) -> Bool {
    guard let stored = reports.backend.schema(of: name), let known = catalog.tables[name] else {
      return false
    }
    var isRight = true
    for field in known.fields {
      guard let other = stored.field(field.name) else {
        isRight = false
        let message = "the stored table \(name) has no column \"\(field.name)\""
        add(DiagnosticID(.error, 8601), message, origin)
        continue
      }
      guard other.type != field.type else { continue }
      isRight = false
      add(
        DiagnosticID(.error, 8601),
        "\(name).\(field.name) is stored as \(other.type), not as \(field.type)",
        origin
      )
    }
    return isRight
  }

  /// A key that two rows have would make facts find two members.
  private mutating func checkKey(
    _ dimension: Dimension,
    _ table: Dimension.TableSource
  ) async throws(ReportError) {
    let key = Expression.column(table.key)
    let counts = try await counts(
      table.table,
      .constant(true),
      [Aggregate("rows", .count(key)), Aggregate("keys", .countDistinct([key]))]
    )
    guard counts[0] != counts[1] else { return }
    add(
      DiagnosticID(.error, 8602),
      "\(table.table) has \(counts[0]) rows for \(counts[1]) values of \(table.key), "
        + "so \(dimension.name) is not found by it",
      dimension.origin
    )
  }

  // MARK: Facts

  private mutating func checkDays(_ fact: Fact) async throws(ReportError) {
    let date = Expression.column(fact.dateColumn)
    func before(_ day: Int32) -> Predicate {
      .compare(date, .less, .literal(.integer(Int64(day)), .date))
    }
    func after(_ day: Int32) -> Predicate {
      .compare(date, .greater, .literal(.integer(Int64(day)), .date))
    }
    if let day = fact.recordedFrom {
      let count = try await rows(of: fact.table, before(day))
      if count > 0 {
        add(
          DiagnosticID(.warning, 8607),
          "\(fact.name) has \(ModelDataCheck.rowText(count)) before "
            + "\(CivilDay(number: day).text), since which it is recorded",
          fact.origin
        )
      }
    }
    if let days = catalog.calendar.table?.days {
      let count = try await rows(of: fact.table, .or([before(days.from), after(days.to)]))
      if count > 0 {
        add(
          DiagnosticID(.warning, 8608),
          "\(fact.name) has \(ModelDataCheck.rowText(count)) outside of the calendar "
            + "\"\(catalog.defaults.calendar)\", which runs from "
            + "\(CivilDay(number: days.from).text) to \(CivilDay(number: days.to).text)",
          fact.origin
        )
      }
    }
  }

  private mutating func checkCoverage(_ fact: Fact) async throws(ReportError) {
    guard !fact.coverage.isEmpty else { return }
    for coverage in fact.coverage {
      guard let dimension = catalog.dimension(coverage.dimension),
        case .table(let table) = dimension.source, reports.backend.schema(of: table.table) != nil
      else { continue }
      let members = try await members(table)
      for value in coverage.values where !members.contains(value) {
        let suggestion = Suggestion(for: value, among: members.sorted())
        add(
          DiagnosticID(.error, 8605),
          "no \(dimension.name) is called \"\(value)\", which \(fact.name) covers",
          fact.origin,
          suggestion.question
        )
      }
    }
    let binder = Binder(catalog: catalog, source: source, today: 0)
    let covered = lowering(fact).predicate(binder.isCovered(by: fact))
    guard case .constant(true) = covered else {
      let count = try await rows(of: fact.table, .not(covered))
      guard count > 0 else { return }
      add(
        DiagnosticID(.warning, 8606),
        "\(fact.name) has \(ModelDataCheck.rowText(count)) of members that it does not cover",
        fact.origin
      )
      return
    }
  }

  /// Every name of every member of a dimension.
  private func members(_ table: Dimension.TableSource) async throws(ReportError) -> Set<String> {
    var names: Set<String> = []
    for column in [table.key, table.column, table.labelColumn].compactMap({ $0 }) {
      let result = try await reports.scan(
        ScanPlan(
          table: table.table,
          keys: [ScanPlan.Key("name", .column(column))],
          aggregates: [Aggregate("rows", .countRows)]
        )
      )
      for row in 0..<result.rowCount {
        if case .string(let name)? = try result.column("name")?.scalar(at: row) {
          names.insert(name)
        }
      }
    }
    return names
  }

  // MARK: Targets

  /// Two rows for the same period and members would be added up.
  private mutating func checkTarget(_ target: MetricTarget) async throws(ReportError) {
    let lowering = lowering(target.fact)
    let bucket = RowExpression(
      .truncated(RowExpression(.reportDate, .date), target.grain),
      .grain(target.grain)
    )
    let columns = target.fact.grain.dropFirst()
    var keys = [ScanPlan.Key("period", lowering.expression(bucket))]
    keys += columns.enumerated().map { ScanPlan.Key("k\($0.offset)", .column($0.element)) }
    let result = try await reports.scan(
      ScanPlan(
        table: target.fact.table,
        keys: keys,
        aggregates: [Aggregate("rows", .countRows)],
        order: [ScanPlan.Order("rows", descending: true)],
        limit: ModelDataCheck.namedMembers
      )
    )
    for row in 0..<result.rowCount {
      guard case .integer(let count)? = try result.column("rows")?.scalar(at: row), count > 1 else {
        continue
      }
      var words: [String] = []
      if case .integer(let start)? = try result.column("period")?.scalar(at: row) {
        let start = Int32(clamping: start)
        words.append(catalog.calendar.label(of: target.grain, start: start))
      }
      for place in columns.indices {
        let name = "k\(place - columns.startIndex)"
        if case .string(let text)? = try result.column(name)?.scalar(at: row) {
          words.append(text)
        }
      }
      add(
        DiagnosticID(.error, 8604),
        "\(target.name) has \(count) rows for \(words.joined(separator: ", "))",
        target.origin
      )
    }
  }

  // MARK: Scans

  private func lowering(_ fact: Fact) -> FactLowering {
    FactLowering(
      catalog: catalog,
      fact: fact,
      rule: catalog.calendar.rule(zone: reports.zone),
      absentTables: Set(catalog.tables.keys.filter { reports.backend.schema(of: $0) == nil })
    )
  }

  private func rows(
    of table: String,
    _ condition: Predicate
  ) async throws(ReportError) -> Int64 {
    try await counts(table, condition, [Aggregate("rows", .countRows)])[0]
  }

  /// The values of aggregates that count, over the rows for which a condition holds.
  private func counts(
    _ table: String,
    _ condition: Predicate,
    _ aggregates: [Aggregate]
  ) async throws(ReportError) -> [Int64] {
    let result = try await reports.scan(
      ScanPlan(table: table, filter: condition, aggregates: aggregates)
    )
    var counts: [Int64] = []
    for aggregate in aggregates {
      guard result.rowCount > 0,
        case .integer(let count)? = try result.column(aggregate.name)?.scalar(at: 0)
      else {
        counts.append(0)
        continue
      }
      counts.append(count)
    }
    return counts
  }

  private static func rowText(_ count: Int64) -> String {
    count == 1 ? "1 row" : "\(count) rows"
  }
}
