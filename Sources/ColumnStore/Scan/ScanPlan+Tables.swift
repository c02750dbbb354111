extension ScanPlan {
  /// The tables in which the plan looks attributes up.
  var attributeTables: Set<String> {
    var tables: Set<String> = []
    filter.collectTables(into: &tables)
    for key in keys { key.expression.collectTables(into: &tables) }
    for aggregate in aggregates {
      aggregate.filter?.collectTables(into: &tables)
      for input in aggregate.function.inputs { input.collectTables(into: &tables) }
    }
    return tables
  }
}

extension AggregateFunction {
  /// The expressions that are aggregated.
  var inputs: [Expression] {
    switch self {
    case .countRows: []
    case .count(let input), .sum(let input), .minimum(let input), .maximum(let input),
      .average(let input, _), .percentile(let input, _, _):
      [input]
    case .countDistinct(let inputs): inputs
    }
  }
}

extension Expression {
  fileprivate func collectTables(into tables: inout Set<String>) {
    switch self {
    case .column, .literal: return
    case .attribute(let key, let table, _):
      tables.insert(table)
      key.collectTables(into: &tables)
    case .truncated(let inner, _, _), .mapped(let inner, _), .part(_, let inner, _),
      .day(let inner, _), .double(let inner, _), .text(_, let inner):
      inner.collectTables(into: &tables)
    case .arithmetic(_, let left, let right):
      left.collectTables(into: &tables)
      right.collectTables(into: &tables)
    case .conditional(let branches, let otherwise):
      for branch in branches {
        branch.condition.collectTables(into: &tables)
        branch.value.collectTables(into: &tables)
      }
      otherwise.collectTables(into: &tables)
    case .coalesce(let parts), .math(_, let parts), .joined(let parts):
      for part in parts { part.collectTables(into: &tables) }
    }
  }
}

extension Predicate {
  fileprivate func collectTables(into tables: inout Set<String>) {
    switch self {
    case .constant: return
    case .and(let parts), .or(let parts):
      for part in parts { part.collectTables(into: &tables) }
    case .not(let inner): inner.collectTables(into: &tables)
    case .compare(let left, _, let right):
      left.collectTables(into: &tables)
      right.collectTables(into: &tables)
    case .oneOf(let value, _), .isNull(let value), .text(let value, _), .isTrue(let value):
      value.collectTables(into: &tables)
    case .isUnknown(let key, let table):
      tables.insert(table)
      key.collectTables(into: &tables)
    }
  }
}
