internal import ColumnStore

/// Turns expressions over dimensions into expressions over the stored columns of one fact.
struct FactLowering {
  let catalog: Catalog
  let fact: Fact
  let rule: CalendarRule
  /// Tables that the store does not have yet; nothing is found in them.
  var absentTables: Set<String> = []
  /// Whether days are cut from instants in the zone of the rule, rather than stored.
  var cutsInstants = false

  /// The day of a row: cut from its instant where the report asks for it and the row has one.
  var reportDay: Expression {
    guard cutsInstants, let instant = fact.instantColumn else { return .column(fact.dateColumn) }
    return .coalesce([.day(.column(instant), rule), .column(fact.dateColumn)])
  }

  // MARK: Dimensions

  /// What the fact stores of a dimension's member; a null constant where it has none.
  func keys(of dimension: Dimension) -> [Expression] {
    switch dimension.source {
    case .column, .table:
      guard case .columns(let columns) = fact.relations[CatalogName.folded(dimension.name)] else {
        return [.literal(.null, dimension.type.physical)]
      }
      return columns.map { .column($0) }
    case .attribute(let parent, _), .cohort(let parent, _, _):
      guard let parent = catalog.dimension(parent) else { return [.literal(.null, .string)] }
      return keys(of: parent)
    case .expression: return []
    }
  }

  /// What people see of a dimension's member, before the fallback to its key.
  func value(of dimension: Dimension) -> Expression {
    let key = keys(of: dimension).last ?? .literal(.null, .string)
    switch dimension.source {
    case .column, .expression: return key
    case .table(let table):
      return table.column == table.key ? key : attribute(key, table.table, table.column)
    case .attribute(let parent, let column):
      return tableName(of: parent).map { attribute(key, $0, column) } ?? key
    case .cohort(let entity, let column, let grain):
      guard let table = tableName(of: entity) else { return key }
      let date = attribute(key, table, column, grain == nil ? .timestamp : .date)
      return grain.map { truncated(date, to: $0) } ?? date
    }
  }

  /// The condition that a row's key has no row in the dimension's table.
  func isUnknown(_ dimension: Dimension) -> Predicate {
    let table: String?
    switch dimension.source {
    case .table(let source): table = source.table
    case .attribute(let parent, _), .cohort(let parent, _, _): table = tableName(of: parent)
    case .column, .expression: table = nil
    }
    guard let table, let key = keys(of: dimension).last, !isNullConstant(key) else {
      return .constant(false)
    }
    if absentTables.contains(table) {
      return .not(.isNull(key))
    }
    return .isUnknown(key: key, table: table)
  }

  func tableName(of dimension: String) -> String? {
    guard case .table(let source) = catalog.dimension(dimension)?.source else { return nil }
    return source.table
  }

  func attribute(
    _ key: Expression,
    _ table: String,
    _ column: String,
    _ type: ColumnType = .string
  ) -> Expression {
    isNullConstant(key) || absentTables.contains(table)
      ? .literal(.null, type) : .attribute(key: key, table: table, value: column)
  }

  /// The first day of the period of a date; null where a retail calendar has none.
  private func truncated(_ date: Expression, to grain: ReportGrain) -> Expression {
    guard let unit = grain.unit, unit != .day, !isNullConstant(date) else { return date }
    if let table = catalog.calendar.table?.dayTable(of: grain) { return .mapped(date, table) }
    return .truncated(date, to: unit, rule)
  }

  func isNullConstant(_ expression: Expression) -> Bool {
    if case .literal(.null, _) = expression { return true }
    return false
  }

  // MARK: Expressions

  func expression(_ row: RowExpression) -> Expression {
    switch row.kind {
    case .dimension(let name):
      return catalog.dimension(name).map { value(of: $0) } ?? .literal(.null, row.physical)
    case .dimensionKey(let name):
      return catalog.dimension(name).flatMap { keys(of: $0).last } ?? .literal(.null, row.physical)
    case .dimensionLabel(let name):
      guard let dimension = catalog.dimension(name), case .table(let table) = dimension.source,
        let label = table.labelColumn, let key = keys(of: dimension).last
      else { return .literal(.null, row.physical) }
      return attribute(key, table.table, label)
    case .column(_, let column): return .column(column)
    case .reportDate: return reportDay
    case .reportInstant:
      return fact.instantColumn.map { .column($0) } ?? .literal(.null, .timestamp)
    case .literal(let scalar): return .literal(scalar, row.physical)
    case .truncated(let inner, let grain):
      return truncated(expression(inner), to: grain)
    case .day(let inner):
      let instant = expression(inner)
      return isNullConstant(instant) ? .literal(.null, .date) : .day(instant, rule)
    case .part(let part, let inner):
      let moment = expression(inner)
      return isNullConstant(moment) ? .literal(.null, .int64) : .part(part, moment, rule)
    case .arithmetic(let operation, let left, let right):
      return .arithmetic(operation, expression(left), expression(right))
    case .double(let inner, let scale): return double(expression(inner), scale)
    case .conditional(let branches, let otherwise):
      return conditional(branches, expression(otherwise))
    case .coalesce(let values):
      let lowered = values.map { expression($0) }.filter { !isNullConstant($0) }
      guard let first = lowered.first else { return .literal(.null, row.physical) }
      return lowered.count == 1 ? first : .coalesce(lowered)
    case .text(let function, let inner):
      let text = expression(inner)
      return isNullConstant(text) ? text : .text(function, text)
    case .math(let function, let values):
      let lowered = values.map { expression($0) }
      return lowered.contains(where: isNullConstant)
        ? .literal(.null, .float64) : .math(function, lowered)
    case .joined(let values):
      let lowered = values.map { expression($0) }
      return lowered.contains(where: isNullConstant) ? .literal(.null, .string) : .joined(lowered)
    case .band(let bands): return expression(bands.label)
    }
  }

  /// A number as a double; constants are turned at once.
  private func double(_ inner: Expression, _ scale: Double) -> Expression {
    switch inner {
    case .literal(.integer(let number), _): .literal(.double(Double(number) / scale), .float64)
    case .literal(.null, _): .literal(.null, .float64)
    default: .double(inner, scale: scale)
    }
  }

  private func conditional(_ branches: [RowBranch], _ otherwise: Expression) -> Expression {
    var lowered: [ConditionalBranch] = []
    for branch in branches {
      let condition = predicate(branch.condition)
      if condition == .constant(false) { continue }
      let value = expression(branch.value)
      if condition == .constant(true) {
        return lowered.isEmpty ? value : .conditional(lowered, otherwise: value)
      }
      lowered.append(ConditionalBranch(when: condition, then: value))
    }
    return lowered.isEmpty ? otherwise : .conditional(lowered, otherwise: otherwise)
  }

  // MARK: Conditions

  /// The condition on stored columns; what is known beforehand is folded away.
  func predicate(_ condition: RowCondition) -> Predicate {
    switch condition {
    case .constant(let flag): return .constant(flag)
    case .and(let parts): return Predicate.all(parts.map { predicate($0) })
    case .or(let parts): return Predicate.any(parts.map { predicate($0) }).joiningTexts()
    case .not(let inner):
      switch predicate(inner) {
      case .constant(let flag): return .constant(!flag)
      case .not(let twice): return twice
      case let lowered: return .not(lowered)
      }
    case .compare(let left, let operation, let right):
      let (one, other) = (expression(left), expression(right))
      let isBlank = isNullConstant(one) || isNullConstant(other)
      return isBlank ? .constant(false) : .compare(one, operation, other)
    case .oneOf(let value, let list):
      let lowered = expression(value)
      return isNullConstant(lowered) ? .constant(false) : .oneOf(lowered, list)
    case .isNull(let value): return isNull(value)
    case .isUnknown(let name):
      return catalog.dimension(name).map { isUnknown($0) } ?? .constant(false)
    case .text(let value, let test):
      let lowered = expression(value)
      return isNullConstant(lowered) ? .constant(false) : .text(lowered, test)
    case .chosen(let members): return predicate(members)
    case .isTrue(let value):
      switch expression(value) {
      case .literal(.integer(let flag), _): return .constant(flag != 0)
      case .literal: return .constant(false)
      case let lowered: return .isTrue(lowered)
      }
    }
  }

  /// A member whose name falls back to its key is missing only where the key is.
  private func isNull(_ value: RowExpression) -> Predicate {
    var lowered = expression(value)
    if case .dimension(let name) = value.kind, let dimension = catalog.dimension(name),
      case .table = dimension.source, let key = keys(of: dimension).last
    {
      lowered = key
    }
    if case .literal(let scalar, _) = lowered { return .constant(scalar == .null) }
    return .isNull(lowered)
  }
}

extension Predicate {
  /// All of some conditions, without constants and without nesting.
  static func all(_ parts: [Predicate]) -> Predicate {
    var kept: [Predicate] = []
    for part in parts {
      switch part {
      case .constant(true): continue
      case .constant(false): return .constant(false)
      case .and(let inner): kept += inner
      default: kept.append(part)
      }
    }
    if kept.isEmpty { return .constant(true) }
    return kept.count == 1 ? kept[0] : .and(kept)
  }

  /// Any of some conditions, without constants and without nesting.
  static func any(_ parts: [Predicate]) -> Predicate {
    var kept: [Predicate] = []
    for part in parts {
      switch part {
      case .constant(false): continue
      case .constant(true): return .constant(true)
      case .or(let inner): kept += inner
      default: kept.append(part)
      }
    }
    if kept.isEmpty { return .constant(false) }
    return kept.count == 1 ? kept[0] : .or(kept)
  }

  /// The same condition with the texts that one value may equal in one list, so that a long chain
  /// of OR costs a row as little as IN does.
  func joiningTexts() -> Predicate {
    guard case .or(let parts) = self else { return self }
    var places: [Expression: Int] = [:]
    var kept: [Predicate] = []
    var lists: [Int: [Scalar]] = [:]
    for part in parts {
      guard let (value, texts) = part.textsOfValue else {
        kept.append(part)
        continue
      }
      if let place = places[value] {
        lists[place, default: []] += texts
      } else {
        places[value] = kept.count
        lists[kept.count] = texts
        kept.append(part)
      }
    }
    for (value, place) in places {
      guard let list = lists[place], list.count > 1 else { continue }
      kept[place] = .oneOf(value, list)
    }
    return Predicate.any(kept)
  }

  /// The value and the texts, where this says that a value equals one of some texts.
  private var textsOfValue: (Expression, [Scalar])? {
    switch self {
    case .compare(.literal, _, _), .oneOf(.literal, _): nil
    case .compare(let value, .equal, .literal(.string(let text), _)): (value, [.string(text)])
    case .oneOf(let value, let list): (value, list)
    case .constant, .and, .or, .not, .compare, .isNull, .isUnknown, .text, .isTrue: nil
    }
  }
}

extension ReportGrain {
  /// The unit by which the store cuts dates where no retail calendar does; nil for hours.
  var unit: CalendarUnit? {
    switch self {
    case .hour: nil
    case .day: .day
    case .week, .fiscalWeek: .week
    case .month, .fiscalMonth: .month
    case .quarter: .quarter
    case .year: .year
    case .fiscalQuarter: .fiscalQuarter
    case .fiscalYear: .fiscalYear
    }
  }
}
