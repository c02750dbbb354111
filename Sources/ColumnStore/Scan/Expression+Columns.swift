extension Expression {
  /// The one stored column on which a looked-up attribute depends, and the tables in which it is
  /// looked up; nil where nothing is looked up or there are several columns.
  var attributeKey: (column: String, tables: Set<String>)? {
    var reach = ExpressionReach()
    reach.add(self)
    guard !reach.tables.isEmpty, reach.columns.count == 1, let column = reach.columns.first else {
      return nil
    }
    return (column, reach.tables)
  }
}

/// What an expression reads.
private struct ExpressionReach {
  var columns: Set<String> = []
  /// The tables in which it looks something up.
  var tables: Set<String> = []

  mutating func add(_ expression: Expression) {
    switch expression {
    case .column(let name): columns.insert(name)
    case .literal: return
    case .attribute(let key, let table, _):
      tables.insert(table)
      add(key)
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
    case .coalesce(let parts), .math(_, let parts), .joined(let parts):
      for part in parts { add(part) }
    }
  }

  private mutating func add(_ predicate: Predicate) {
    switch predicate {
    case .constant: return
    case .and(let parts), .or(let parts): for part in parts { add(part) }
    case .not(let inner): add(inner)
    case .compare(let left, _, let right):
      add(left)
      add(right)
    case .oneOf(let value, _), .isNull(let value), .text(let value, _), .isTrue(let value):
      add(value)
    case .isUnknown(let key, let table):
      tables.insert(table)
      add(key)
    }
  }
}
