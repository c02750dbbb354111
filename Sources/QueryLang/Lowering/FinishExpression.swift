internal import ColumnStore

/// A metric expression whose aggregates are places in the tables that were scanned.
indirect enum FinishExpression {
  case measure(Int)
  case constant(ResultCell)
  case arithmetic(ArithmeticOperator, FinishExpression, FinishExpression)
  case union([FinishExpression], isMoney: Bool)
  case negated(FinishExpression)
  case conditional([(FinishCondition, FinishExpression)], FinishExpression?)
  case coalesce([FinishExpression])
  case function(MetricFunction, [FinishExpression])
  /// The position of a rank among those worked out beforehand.
  case rank(Int)
  /// A value of a comparison that has no counterpart of some buckets.
  case compared(FinishExpression, baseline: Int)
  /// The position of a value of finer values among those worked out beforehand.
  case nested(Int)
  /// The position of a finished column among those that are used again.
  case column(Int)
}

/// A condition on a group over such expressions.
indirect enum FinishCondition {
  case constant(Bool)
  case and([FinishCondition])
  case or([FinishCondition])
  case not(FinishCondition)
  case compare(FinishExpression, ComparisonOperator, FinishExpression)
  case isBlank(FinishExpression)
}

/// Turns metric expressions into places and evaluates them group by group.
struct FinishEvaluator {
  private(set) var readers: [MeasureReader] = []
  private(set) var ranks: [(value: FinishExpression, within: [Int])] = []
  /// The ranks of every group, for each entry of `ranks`.
  var rankValues: [[ResultCell]] = []
  /// Values of finer values, as the report has them.
  private(set) var nested: [MetricExpression] = []
  /// The values of every group, for each entry of `nested`.
  var nestedValues: [[ResultCell]] = []
  /// The values of finished columns of all groups, by what they show.
  var columns: [MetricExpression: [ResultCell]] = [:]
  /// Those of them that are used.
  private var columnValues: [[ResultCell]] = []
  private var places: [BaseAggregate: Int] = [:]
  /// For each comparison that lacks some buckets, which groups have no counterpart in it.
  private let isUnmatched: [Int: [Bool]]
  /// For each table of a fact that was not recorded from the beginning, which groups stand for days
  /// before its first.
  private let isUnrecorded: [Int: [Bool]]

  init(
    _ tables: [GroupTable],
    isUnmatched: [Int: [Bool]] = [:],
    isUnrecorded: [Int: [Bool]] = [:]
  ) {
    self.isUnmatched = isUnmatched
    self.isUnrecorded = isUnrecorded
    for (index, table) in tables.enumerated() {
      for measure in table.aggregation.measures {
        places[measure.aggregate] = readers.count
        readers.append(MeasureReader(table: index, measure, table))
      }
    }
  }

  // MARK: Preparing

  mutating func prepare(_ metric: MetricExpression) -> FinishExpression {
    if let values = columns[metric] {
      columnValues.append(values)
      return .column(columnValues.count - 1)
    }
    switch metric.kind {
    case .aggregate(let aggregate):
      return places[aggregate].map { .measure($0) } ?? .constant(.blank(.empty))
    case .constant(let cell): return .constant(cell)
    case .arithmetic(let operation, let left, let right):
      return .arithmetic(operation, prepare(left), prepare(right))
    case .union(let parts):
      return .union(prepare(parts), isMoney: metric.type.isMoney)
    case .negated(let inner): return .negated(prepare(inner))
    case .conditional(let branches, let otherwise):
      var prepared: [(FinishCondition, FinishExpression)] = []
      for branch in branches {
        prepared.append((prepare(branch.condition), prepare(branch.value)))
      }
      return .conditional(prepared, otherwise.map { prepare($0) })
    case .coalesce(let parts): return .coalesce(prepare(parts))
    case .function(let function, let parts): return .function(function, prepare(parts))
    case .rank(let inner, let within):
      let value = prepare(inner)
      ranks.append((value, within))
      return .rank(ranks.count - 1)
    case .compared(let inner, let baseline):
      let value = prepare(inner)
      return isUnmatched[baseline] == nil ? value : .compared(value, baseline: baseline)
    case .nested:
      if let place = nested.firstIndex(of: metric) { return .nested(place) }
      nested.append(metric)
      return .nested(nested.count - 1)
    }
  }

  private mutating func prepare(_ parts: [MetricExpression]) -> [FinishExpression] {
    var prepared: [FinishExpression] = []
    for part in parts {
      prepared.append(prepare(part))
    }
    return prepared
  }

  mutating func prepare(_ condition: MetricCondition) -> FinishCondition {
    switch condition {
    case .constant(let flag): return .constant(flag)
    case .and(let parts): return .and(prepare(parts))
    case .or(let parts): return .or(prepare(parts))
    case .not(let inner): return .not(prepare(inner))
    case .compare(let left, let operation, let right):
      return .compare(prepare(left), operation, prepare(right))
    case .isBlank(let inner): return .isBlank(prepare(inner))
    }
  }

  private mutating func prepare(_ parts: [MetricCondition]) -> [FinishCondition] {
    var prepared: [FinishCondition] = []
    for part in parts {
      prepared.append(prepare(part))
    }
    return prepared
  }

  // MARK: Evaluating

  /// The value for a group, given its number and its row in each table.
  func value(
    _ expression: FinishExpression,
    _ group: Int,
    _ rows: [Int?]
  ) throws(NumberTooLarge) -> ResultCell {
    switch expression {
    case .measure(let place):
      if isUnrecorded(place, group) { return .blank(.notRecorded) }
      return cell(try measured(place, rows), readers[place])
    case .constant(let cell): return cell
    case .arithmetic(let operation, let left, let right):
      let one = try value(left, group, rows)
      return try CellArithmetic.combine(operation, one, value(right, group, rows))
    case .union(let parts, let isMoney): return try union(parts, isMoney, group, rows)
    case .negated(let inner): return try CellArithmetic.negated(value(inner, group, rows))
    case .conditional(let branches, let otherwise):
      for (condition, result) in branches where try holds(condition, group, rows) {
        return try value(result, group, rows)
      }
      guard let otherwise else { return .blank(.empty) }
      return try value(otherwise, group, rows)
    case .coalesce(let parts):
      var last = ResultCell.blank(.empty)
      for part in parts {
        last = try value(part, group, rows)
        guard case .blank(let reason) = last, reason != .masked else { return last }
      }
      return last
    case .function(let function, let parts):
      var cells: [ResultCell] = []
      for part in parts {
        cells.append(try value(part, group, rows))
      }
      return try CellArithmetic.apply(function, cells)
    case .rank(let place): return rankValues[place][group]
    case .compared(let inner, let baseline):
      if isUnmatched[baseline]?[group] == true { return .blank(.notRecorded) }
      return try value(inner, group, rows)
    case .nested(let place): return nestedValues[place][group]
    case .column(let place): return columnValues[place][group]
    }
  }

  /// Whether the days of a group lie before the first of an aggregate's fact.
  private func isUnrecorded(_ place: Int, _ group: Int) -> Bool {
    isUnrecorded.isEmpty ? false : isUnrecorded[readers[place].table]?[group] ?? false
  }

  func holds(
    _ condition: FinishCondition,
    _ group: Int,
    _ rows: [Int?]
  ) throws(NumberTooLarge) -> Bool {
    switch condition {
    case .constant(let flag): return flag
    case .and(let parts):
      for part in parts where try !holds(part, group, rows) {
        return false
      }
      return true
    case .or(let parts):
      for part in parts where try holds(part, group, rows) {
        return true
      }
      return false
    case .not(let inner): return try !holds(inner, group, rows)
    case .compare(let left, let operation, let right):
      let one = try value(left, group, rows)
      let order = CellArithmetic.order(one, try value(right, group, rows))
      guard let order else { return false }
      switch operation {
      case .equal: return order == 0
      case .notEqual: return order != 0
      case .less: return order < 0
      case .lessOrEqual: return order <= 0
      case .greater: return order > 0
      case .greaterOrEqual: return order >= 0
      }
    case .isBlank(let inner):
      if case .blank = try value(inner, group, rows) { return true }
      return false
    }
  }

  private func measured(_ place: Int, _ rows: [Int?]) throws(NumberTooLarge) -> Measured {
    let reader = readers[place]
    return try reader.measured(at: rows[reader.table])
  }

  private func cell(_ measured: Measured, _ reader: MeasureReader) -> ResultCell {
    switch measured {
    case .noRows: reader.withoutRows
    case .noValue: .blank(.empty)
    case .value(let cell): cell
    }
  }

  /// Sums over the rows of several facts: rows without a value count for nothing, and only rows of
  /// which none has a value make a blank.
  private func union(
    _ parts: [FinishExpression],
    _ isMoney: Bool,
    _ group: Int,
    _ rows: [Int?]
  ) throws(NumberTooLarge) -> ResultCell {
    var sum: ResultCell?
    var hasValuelessRows = false
    var isRecorded = parts.isEmpty
    for case .measure(let place) in parts {
      // What was recorded of one part is a value.
      if isUnrecorded(place, group) { continue }
      isRecorded = true
      if readers[place].aggregate.isBlankWithoutRows { hasValuelessRows = true }
      switch try measured(place, rows) {
      case .noRows: break
      case .noValue: hasValuelessRows = true
      case .value(let cell):
        guard let before = sum else {
          sum = cell
          continue
        }
        sum = try CellArithmetic.combine(.add, before, cell)
      }
    }
    if let sum { return sum }
    if !isRecorded { return .blank(.notRecorded) }
    if hasValuelessRows { return .blank(.empty) }
    return isMoney ? .decimal(0) : .integer(0)
  }
}
