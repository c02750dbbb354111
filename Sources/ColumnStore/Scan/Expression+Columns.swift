extension Expression {
  /// The one stored column on which a looked-up attribute depends; nil where nothing is looked up or
  /// there are several columns.
  var attributeKey: String? {
    var reach = ExpressionReach()
    reach.add(self)
    return reach.looksUp && reach.columns.count == 1 ? reach.columns.first : nil
  }
}

/// What an expression reads.
private struct ExpressionReach {
  var columns: Set<String> = []
  /// Whether it looks anything up in another table.
  var looksUp = false

  mutating func add(_ expression: Expression) {
    switch expression {
    case .column(let name): columns.insert(name)
    case .literal: return
    case .attribute(let key, _, _):
      looksUp = true
      add(key)
    case .truncated(let inner, _, _), .part(_, let inner, _), .day(let inner, _),
      .double(let inner, _), .text(_, let inner):
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
    case .coalesce(let parts): for part in parts { add(part) }
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
    case .isUnknown(let key, _):
      looksUp = true
      add(key)
    }
  }
}
