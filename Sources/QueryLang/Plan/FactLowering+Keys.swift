internal import ColumnStore

extension Catalog {
  /// How the parts of a key make one cell.
  func shape(of key: BoundKey) -> KeyShape {
    let name: String
    switch key.source {
    case .expression(let row):
      if case .band = row.kind { return .ordered(.value) }
      return .value
    case .dimension(let dimension): name = dimension
    }
    guard let dimension = dimension(name) else { return .value }
    let plain: KeyShape
    switch dimension.source {
    case .table(let table): plain = table.key == table.column ? .value : .labelled
    case .attribute, .cohort: plain = .lookup
    case .expression: plain = .value
    case .column:
      let counts = facts.compactMap { fact -> Int? in
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
}

extension KeyShape {
  /// The parts that tell members apart: a name follows from its key, and so does the order.
  var tellingParts: Int {
    switch self {
    case .labelled: 1
    case .ordered(let inner): inner.tellingParts
    case .value, .lookup, .tuple: partCount
    }
  }
}

/// The keys of a report in terms of stored columns.
extension FactLowering {
  /// The parts of a key; a null constant where the fact has no such member.
  func parts(of key: BoundKey) -> [Expression] {
    switch key.source {
    case .expression(let row):
      guard case .band(let bands) = row.kind else { return [expression(row)] }
      return [expression(bands.label), expression(bands.place)]
    case .dimension(let name):
      guard let dimension = catalog.dimension(name) else { return [] }
      return parts(of: dimension, catalog.shape(of: key))
    }
  }

  private func parts(of dimension: Dimension, _ shape: KeyShape) -> [Expression] {
    let keys = keys(of: dimension)
    switch shape {
    case .value: return [value(of: dimension)]
    case .labelled: return [keys.last ?? .literal(.null, .string), value(of: dimension)]
    case .lookup:
      let unknown = isUnknown(dimension)
      guard unknown != .constant(false) else {
        // Rows without such members belong to the same `(none)` as rows without a key.
        return [value(of: dimension), .literal(.integer(0), .int32)]
      }
      let flag = Expression.conditional(
        [ConditionalBranch(when: unknown, then: .literal(.integer(1), .int32))],
        otherwise: .literal(.integer(0), .int32)
      )
      return [value(of: dimension), flag]
    case .tuple(let count):
      let missing = max(0, count - keys.count)
      return Array(repeating: .literal(.null, .string), count: missing) + keys
    case .ordered(let inner):
      return parts(of: dimension, inner) + [order(of: dimension)]
    }
  }

  private func order(of dimension: Dimension) -> Expression {
    guard let column = dimension.orderColumn, let key = keys(of: dimension).last else {
      return .literal(.null, .string)
    }
    switch dimension.source {
    case .table(let table): return attribute(key, table.table, column)
    case .attribute(let parent, _):
      return tableName(of: parent).map { attribute(key, $0, column) } ?? .literal(.null, .string)
    case .column, .cohort, .expression: return .literal(.null, .string)
    }
  }

  // MARK: Members

  /// The condition that a row belongs to members that were chosen.
  func predicate(_ chosen: ChosenMembers) -> Predicate {
    // What a statement finds itself is no part of a scan.
    guard chosen.reference == nil else { return .constant(true) }
    guard let key = chosen.keys.last else { return .constant(false) }
    let within = chosen.keys.dropLast()
    return Predicate.any(
      chosen.groups.map { group in
        let places = zip(within, group.within).map { isMember(of: $0, [$1]) }
        return Predicate.all(places + [isMember(of: key, group.members)])
      }
    )
  }

  /// The condition that the parts of a row's key are those of one of some members.
  private func isMember(of key: BoundKey, _ members: [[Scalar]]) -> Predicate {
    let parts = parts(of: key).prefix(catalog.shape(of: key).tellingParts)
    guard parts.count == 1, let part = parts.first else {
      return Predicate.any(
        members.map { member in
          Predicate.all(zip(parts, member).map { isOneOf($0, [$1]) })
        }
      )
    }
    return isOneOf(part, members.compactMap(\.first))
  }

  private func isOneOf(_ part: Expression, _ values: [Scalar]) -> Predicate {
    let hasNull = values.contains(.null)
    if case .literal(let scalar, _) = part { return .constant(values.contains(scalar)) }
    let known = values.filter { $0 != .null }
    return Predicate.any(
      (known.isEmpty ? [] : [.oneOf(part, known)]) + (hasNull ? [.isNull(part)] : [])
    )
  }
}
