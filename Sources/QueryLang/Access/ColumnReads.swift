internal import ColumnStore

/// The stored columns that expressions read, by table.
struct ColumnReads {
  let table: String
  private(set) var columns: [String: Set<String>]

  /// Starts with nothing but the table itself.
  init(table: String) {
    self.table = table
    columns = [table: []]
  }

  mutating func add(_ rows: RowSource) {
    switch rows {
    case .scan(_, let dateColumn): columns[table, default: []].insert(dateColumn)
    case .secured(let inner, _): add(inner)
    case .filtered(let inner, let condition):
      add(inner)
      add(condition)
    }
  }

  mutating func add(_ aggregate: Aggregate) {
    if let filter = aggregate.filter {
      add(filter)
    }
    switch aggregate.function {
    case .countRows: break
    case .count(let value), .sum(let value), .minimum(let value), .maximum(let value),
      .average(let value, _), .percentile(let value, _, _):
      add(value)
    case .countDistinct(let values): values.forEach { add($0) }
    }
  }

  mutating func add(_ expression: Expression) {
    switch expression {
    case .column(let name): columns[table, default: []].insert(name)
    case .literal: break
    case .attribute(let key, let other, let value):
      add(key)
      columns[other, default: []].insert(value)
    case .truncated(let inner, _, _), .mapped(let inner, _), .part(_, let inner, _),
      .day(let inner, _), .double(let inner, _), .text(_, let inner):
      add(inner)
    case .arithmetic(_, let left, let right):
      add(left)
      add(right)
    case .conditional(let branches, let otherwise):
      for branch in branches {
        add(branch.condition)
        add(branch.value)
      }
      add(otherwise)
    case .coalesce(let values), .math(_, let values), .joined(let values):
      values.forEach { add($0) }
    }
  }

  mutating func add(_ condition: Predicate) {
    switch condition {
    case .constant: break
    case .and(let parts), .or(let parts): parts.forEach { add($0) }
    case .not(let inner): add(inner)
    case .compare(let left, _, let right):
      add(left)
      add(right)
    case .oneOf(let value, _), .isNull(let value), .text(let value, _), .isTrue(let value):
      add(value)
    case .isUnknown(let key, let other):
      add(key)
      columns[other, default: []].formUnion([])
    }
  }
}
