internal import ColumnStore

/// Plans a bound report: which facts are aggregated by which keys for which aggregates.
struct LogicalPlanner {
  let catalog: Catalog
  let report: BoundReport
  let rule: CalendarRule
  /// Tables that the store does not have yet.
  var absentTables: Set<String> = []

  func plan() -> LogicalPlan {
    var needed: [Need] = []
    let allKeys = Array(report.keys.indices)
    for fact in report.groupFacts where report.columns.isEmpty || !report.keys.isEmpty {
      if needsGroups(of: fact) {
        needed.append(Need(fact: fact, level: allKeys, makesGroups: true))
      }
    }
    for aggregate in report.metrics.flatMap(\.aggregates) {
      let level = aggregate.level ?? allKeys
      if let index = needed.firstIndex(where: { $0.fact == aggregate.fact && $0.level == level }) {
        needed[index].add(aggregate)
      } else {
        var need = Need(fact: aggregate.fact, level: level, makesGroups: false)
        need.add(aggregate)
        needed.append(need)
      }
    }
    return LogicalPlan(
      aggregations: needed.compactMap { aggregation($0) },
      shapes: report.keys.map { shape(of: $0) },
      report: report
    )
  }

  private struct Need {
    let fact: String
    let level: [Int]
    let makesGroups: Bool
    var aggregates: [BaseAggregate] = []

    mutating func add(_ aggregate: BaseAggregate) {
      if !aggregates.contains(aggregate) {
        aggregates.append(aggregate)
      }
    }
  }

  /// A fact whose metrics are all asked for at coarser keys may not reach the report's keys; then
  /// it makes no groups.
  private func needsGroups(of name: String) -> Bool {
    guard let fact = catalog.fact(name) else { return false }
    return report.keys.allSatisfy { key in
      switch key.source {
      case .dimension(let dimension):
        return catalog.dimension(dimension).map { catalog.reach(of: $0, from: fact) != .missing }
          ?? false
      case .expression(let expression):
        var reach = RowReach()
        reach.add(expression)
        return reach.facts.subtracting([fact.name]).isEmpty
          && reach.dimensions.allSatisfy { dimension in
            catalog.dimension(dimension).map { catalog.reach(of: $0, from: fact) != .missing }
              ?? false
          }
      }
    }
  }

  // MARK: One aggregation

  private func aggregation(_ need: Need) -> Aggregation? {
    guard let fact = catalog.fact(need.fact) else { return nil }
    let lowering = FactLowering(
      catalog: catalog,
      fact: fact,
      rule: rule,
      absentTables: absentTables
    )
    var rows = RowSource.scan(table: fact.table, dateColumn: fact.dateColumn)
    if let condition = report.condition.map({ lowering.predicate($0) }),
      condition != .constant(true)
    {
      rows = .filtered(rows, condition)
    }
    var aggregation = Aggregation(
      fact: fact.name,
      level: need.level,
      makesGroups: need.makesGroups,
      rows: rows,
      keys: need.level.map { parts($0, lowering) },
      measures: [],
      aggregates: [],
      currencyColumn: nil
    )
    for aggregate in need.aggregates {
      add(aggregate, lowering, &aggregation)
    }
    return aggregation
  }

  private func add(
    _ aggregate: BaseAggregate,
    _ lowering: FactLowering,
    _ aggregation: inout Aggregation
  ) {
    let conditions = Predicate.all(aggregate.conditions.map { lowering.predicate($0) })
    let filter: Predicate? = conditions == .constant(true) ? nil : conditions
    let (function, needsRowCount) = lowered(aggregate, lowering)
    let column = place(function, filter, in: &aggregation)
    var rowCountColumn: String?
    if needsRowCount || aggregate.isBlankWithoutRows {
      rowCountColumn = place(.countRows, filter, in: &aggregation)
    }
    aggregation.measures.append(
      Aggregation.Measure(
        aggregate: aggregate,
        column: column,
        rowCountColumn: rowCountColumn
      )
    )
    if aggregate.type.isMoney, let currency = currencyColumn(aggregate, lowering.fact) {
      aggregation.currencyColumn = currency
    }
  }

  /// The column of an aggregate, shared with an equal one that is there already.
  private func place(
    _ function: AggregateFunction,
    _ filter: Predicate?,
    in aggregation: inout Aggregation
  ) -> String {
    if let known = aggregation.aggregates.first(where: {
      $0.function == function && $0.filter == filter
    }) {
      return known.name
    }
    let name = "a\(aggregation.aggregates.count)"
    aggregation.aggregates.append(Aggregate(name, function, filter: filter))
    return name
  }

  /// The store's function, and whether a null result may come of no rows as well as of no values.
  private func lowered(
    _ aggregate: BaseAggregate,
    _ lowering: FactLowering
  ) -> (AggregateFunction, Bool) {
    switch aggregate.function {
    case .countRows: return (.countRows, false)
    case .count(let row): return (.count(lowering.expression(row)), false)
    case .sum(let row):
      let expression = lowering.expression(row)
      return (.sum(expression), mayBeNull(expression, lowering.fact))
    case .minimum(let row): return (.minimum(lowering.expression(row)), false)
    case .maximum(let row): return (.maximum(lowering.expression(row)), false)
    case .average(let row):
      let scale: Double = row.physical == .decimal ? 10_000 : 1
      return (.average(lowering.expression(row), scale: scale), false)
    case .percentile(let row, let fraction):
      let scale: Double = row.physical == .decimal ? 10_000 : 1
      let value = lowering.expression(row)
      return (.percentile(value, fraction: fraction, scale: scale), false)
    case .countDistinct(let row): return (.countDistinct([lowering.expression(row)]), false)
    case .countMembers(let name):
      let keys = catalog.dimension(name).map { lowering.keys(of: $0) } ?? []
      return (.countDistinct(keys), false)
    }
  }

  private func mayBeNull(_ expression: Expression, _ fact: Fact) -> Bool {
    guard case .column(let name) = expression else { return true }
    return catalog.tables[fact.table]?.field(name)?.isNullable ?? true
  }

  private func currencyColumn(_ aggregate: BaseAggregate, _ fact: Fact) -> String? {
    var reach = ColumnReach()
    switch aggregate.function {
    case .countRows, .count, .countDistinct, .countMembers: return nil
    case .sum(let row), .minimum(let row), .maximum(let row), .average(let row),
      .percentile(let row, _):
      reach.add(row)
    }
    for name in reach.columns.sorted() {
      if let currency = fact.column(name)?.currencyColumn { return currency }
    }
    return nil
  }

  // MARK: Keys

  private func shape(of key: BoundKey) -> KeyShape {
    guard case .dimension(let name) = key.source, let dimension = catalog.dimension(name) else {
      return .value
    }
    let plain: KeyShape
    switch dimension.source {
    case .table(let table): plain = table.key == table.column ? .value : .labelled
    case .attribute, .cohort: plain = .lookup
    case .expression: plain = .value
    case .column:
      let counts = catalog.facts.compactMap { fact -> Int? in
        guard case .columns(let columns) = fact.relations[CatalogName.folded(name)] else {
          return nil
        }
        return columns.count
      }
      let widest = counts.max() ?? 1
      plain = widest > 1 ? .tuple(widest) : .value
    }
    return dimension.orderColumn == nil ? plain : .ordered(plain)
  }

  private func parts(_ index: Int, _ lowering: FactLowering) -> [Aggregation.Part] {
    let key = report.keys[index]
    var expressions: [Expression]
    switch key.source {
    case .expression(let row): expressions = [lowering.expression(row)]
    case .dimension(let name):
      guard let dimension = catalog.dimension(name) else { return [] }
      expressions = parts(of: dimension, shape(of: key), lowering)
    }
    return expressions.enumerated().map { place, expression in
      let isConstant = lowering.isNullConstant(expression)
      return Aggregation.Part(
        name: "k\(index)_\(place)",
        expression: isConstant ? nil : expression
      )
    }
  }

  private func parts(
    of dimension: Dimension,
    _ shape: KeyShape,
    _ lowering: FactLowering
  ) -> [Expression] {
    let keys = lowering.keys(of: dimension)
    switch shape {
    case .value: return [lowering.value(of: dimension)]
    case .labelled: return [keys.last ?? .literal(.null, .string), lowering.value(of: dimension)]
    case .lookup:
      let unknown = lowering.isUnknown(dimension)
      guard unknown != .constant(false) else {
        return [lowering.value(of: dimension), .literal(.null, .int32)]
      }
      let flag = Expression.conditional(
        [ConditionalBranch(when: unknown, then: .literal(.integer(1), .int32))],
        otherwise: .literal(.integer(0), .int32)
      )
      return [lowering.value(of: dimension), flag]
    case .tuple(let count):
      let missing = max(0, count - keys.count)
      return Array(repeating: .literal(.null, .string), count: missing) + keys
    case .ordered(let inner):
      return parts(of: dimension, inner, lowering) + [order(of: dimension, lowering)]
    }
  }

  private func order(of dimension: Dimension, _ lowering: FactLowering) -> Expression {
    guard let column = dimension.orderColumn, let key = lowering.keys(of: dimension).last else {
      return .literal(.null, .string)
    }
    switch dimension.source {
    case .table(let table): return lowering.attribute(key, table.table, column)
    case .attribute(let parent, _):
      return lowering.tableName(of: parent).map { lowering.attribute(key, $0, column) }
        ?? .literal(.null, .string)
    case .column, .cohort, .expression: return .literal(.null, .string)
    }
  }
}

/// The columns of its fact that an expression reads.
struct ColumnReach {
  private(set) var columns: Set<String> = []

  mutating func add(_ expression: RowExpression) {
    switch expression.kind {
    case .column(_, let name): columns.insert(name)
    case .dimension, .dimensionKey, .dimensionLabel, .reportDate, .reportInstant, .literal: break
    case .truncated(let inner, _), .day(let inner), .part(_, let inner), .double(let inner, _),
      .text(_, let inner):
      add(inner)
    case .arithmetic(_, let left, let right):
      add(left)
      add(right)
    case .coalesce(let values): values.forEach { add($0) }
    case .conditional(let branches, let otherwise):
      branches.forEach { add($0.value) }
      add(otherwise)
    }
  }
}
