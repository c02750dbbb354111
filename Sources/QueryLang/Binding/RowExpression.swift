internal import ColumnStore

/// A typed expression with one value for each row, over dimensions and columns, before it is known
/// which fact's rows they are.
struct RowExpression: Sendable, Hashable {
  indirect enum Kind: Sendable, Hashable {
    /// What people see of a dimension's member.
    case dimension(String)
    /// What a fact stores of a dimension's member.
    case dimensionKey(String)
    /// The other name of a dimension's member.
    case dimensionLabel(String)
    case column(fact: String, column: String)
    case reportDate
    case reportInstant
    case literal(Scalar)
    case truncated(RowExpression, ReportGrain)
    case day(RowExpression)
    case part(DatePart, RowExpression)
    case arithmetic(ArithmeticOperator, RowExpression, RowExpression)
    case double(RowExpression, scale: Double)
    case conditional([RowBranch], otherwise: RowExpression)
    case coalesce([RowExpression])
    case text(TextFunction, RowExpression)
    /// A function of doubles; null where it has no finite value.
    case math(MathFunction, [RowExpression])
    /// Texts one after the other; null where one of them is.
    case joined([RowExpression])
    /// The band that a value lies in, by its name.
    case band(RowBands)
  }

  let kind: Kind
  let type: ResultType
  /// How the values are held; money is ten-thousandths unless it went through a division.
  let physical: ColumnType
  /// The number of nodes, which limits what definitions can multiply into.
  let size: Int

  init(_ kind: Kind, _ type: ResultType, _ physical: ColumnType? = nil) {
    self.kind = kind
    self.type = type
    self.physical = physical ?? type.physical
    size = 1 + RowExpression.size(of: kind)
  }

  /// The same number as a double: money in units, counts as they are.
  var asDouble: RowExpression {
    switch physical {
    case .float64: self
    case .decimal: RowExpression(.double(self, scale: 10_000), type, .float64)
    case .int32, .int64, .bool, .date, .timestamp, .string:
      RowExpression(.double(self, scale: 1), type, .float64)
    }
  }

  private static func size(of kind: Kind) -> Int {
    switch kind {
    case .dimension, .dimensionKey, .dimensionLabel, .column, .reportDate, .reportInstant,
      .literal:
      0
    case .truncated(let inner, _), .day(let inner), .part(_, let inner), .double(let inner, _),
      .text(_, let inner):
      inner.size
    case .arithmetic(_, let left, let right): left.size + right.size
    case .coalesce(let values), .math(_, let values), .joined(let values):
      values.reduce(0) { $0 + $1.size }
    case .band(let bands): bands.label.size
    case .conditional(let branches, let otherwise):
      branches.reduce(otherwise.size) { $0 + $1.condition.size + $1.value.size }
    }
  }
}

/// A condition and the value of rows for which it holds.
struct RowBranch: Sendable, Hashable {
  let condition: RowCondition
  let value: RowExpression
}

/// Half-open bands of a value, each with a name.
struct RowBands: Sendable, Hashable {
  let value: RowExpression
  /// For each band but the last, that the value lies below its end.
  let limits: [RowCondition]
  /// The names of the bands, from the lowest to the highest; one more than there are limits.
  let labels: [String]

  /// The name of the band; null where the value is.
  var label: RowExpression { chosen(.string) { .string(labels[$0]) } }

  /// The number of the band, from 0 for the lowest; null where the value is.
  var place: RowExpression { chosen(.count) { .integer(Int64($0)) } }

  private func chosen(_ type: ResultType, _ scalar: (Int) -> Scalar) -> RowExpression {
    let none = RowExpression(.literal(.null), type)
    var branches = [RowBranch(condition: .isNull(value), value: none)]
    for (place, limit) in limits.enumerated() {
      let name = RowExpression(.literal(scalar(place)), type)
      branches.append(RowBranch(condition: limit, value: name))
    }
    let last = RowExpression(.literal(scalar(limits.count)), type)
    return RowExpression(.conditional(branches, otherwise: last), type)
  }
}

/// A two-valued condition on a row, before it is known which fact's rows they are.
indirect enum RowCondition: Sendable, Hashable {
  case constant(Bool)
  case and([RowCondition])
  case or([RowCondition])
  case not(RowCondition)
  case compare(RowExpression, ComparisonOperator, RowExpression)
  case oneOf(RowExpression, [Scalar])
  case isNull(RowExpression)
  case isUnknown(dimension: String)
  case text(RowExpression, TextTest)
  case isTrue(RowExpression)
  /// Holds for members of a key that a report chose.
  case chosen(ChosenMembers)

  /// The number of nodes.
  var size: Int {
    switch self {
    case .constant, .isUnknown, .chosen: 1
    case .and(let parts), .or(let parts): parts.reduce(1) { $0 + $1.size }
    case .not(let inner): 1 + inner.size
    case .compare(let left, _, let right): 1 + left.size + right.size
    case .oneOf(let value, let list): 1 + value.size + list.count
    case .isNull(let value), .text(let value, _), .isTrue(let value): 1 + value.size
    }
  }
}

/// The dimensions and columns that an expression reads.
struct RowReach: Sendable, Hashable {
  /// Dimensions by name.
  var dimensions: Set<String> = []
  /// Facts whose columns are named.
  var facts: Set<String> = []
  /// Whether the instant of the event is read.
  var readsInstant = false
  /// The grains to which the report date is cut; days where it is read as it is.
  var grains: Set<ReportGrain> = []

  mutating func add(_ expression: RowExpression) {
    switch expression.kind {
    case .dimension(let name), .dimensionKey(let name), .dimensionLabel(let name):
      dimensions.insert(name)
    case .column(let fact, _): facts.insert(fact)
    case .reportInstant: readsInstant = true
    case .reportDate: grains.insert(.day)
    case .literal: break
    case .truncated(let inner, let grain):
      if case .reportDate = inner.kind { grains.insert(grain) } else { add(inner) }
    case .day(let inner), .part(_, let inner), .double(let inner, _), .text(_, let inner):
      add(inner)
    case .arithmetic(_, let left, let right):
      add(left)
      add(right)
    case .coalesce(let values), .math(_, let values), .joined(let values):
      values.forEach { add($0) }
    case .band(let bands): add(bands.label)
    case .conditional(let branches, let otherwise):
      for branch in branches {
        add(branch.condition)
        add(branch.value)
      }
      add(otherwise)
    }
  }

  mutating func add(_ key: BoundKey) {
    switch key.source {
    case .dimension(let name): dimensions.insert(name)
    case .expression(let expression): add(expression)
    }
  }

  mutating func add(_ condition: RowCondition) {
    switch condition {
    case .constant: break
    case .chosen(let members): members.keys.forEach { add($0) }
    case .isUnknown(let dimension): dimensions.insert(dimension)
    case .and(let parts), .or(let parts): parts.forEach { add($0) }
    case .not(let inner): add(inner)
    case .compare(let left, _, let right):
      add(left)
      add(right)
    case .oneOf(let value, _), .isNull(let value), .text(let value, _), .isTrue(let value):
      add(value)
    }
  }
}

extension ResultType {
  /// How values of the type are held where nothing divided them.
  var physical: ColumnType {
    switch self {
    case .money: .decimal
    case .count: .int64
    case .number, .percent: .float64
    case .date, .grain: .date
    case .timestamp: .timestamp
    case .string: .string
    case .bool: .bool
    }
  }
}
