internal import ColumnStore

/// A typed expression with one value for each group, expanded down to aggregates over rows.
struct MetricExpression: Sendable, Hashable {
  indirect enum Kind: Sendable, Hashable {
    case aggregate(BaseAggregate)
    case constant(ResultCell)
    case arithmetic(ArithmeticOperator, MetricExpression, MetricExpression)
    /// A sum over the rows of several facts: rows without a value count for nothing, as within one
    /// fact, and the whole is blank only where there are rows and none has a value.
    case union([MetricExpression])
    case negated(MetricExpression)
    case conditional([MetricBranch], otherwise: MetricExpression?)
    case coalesce([MetricExpression])
    case function(MetricFunction, [MetricExpression])
    /// The competition rank among the groups that agree in some keys, largest first.
    case rank(MetricExpression, within: [Int])
    /// A value of a comparison, blank in buckets that the comparison has no counterpart of.
    case compared(MetricExpression, baseline: Int)
    /// A value of the values at finer keys.
    case nested(NestedFunction, MetricExpression, per: [BoundKey])
  }

  let kind: Kind
  let type: ResultType
  /// The number of nodes, which limits what definitions can multiply into.
  let size: Int
  /// The length of the longest path downwards.
  let height: Int

  init(_ kind: Kind, _ type: ResultType) {
    self.kind = kind
    self.type = type
    let parts = MetricExpression.parts(of: kind)
    var size = 1
    var height = 0
    for part in parts {
      size += part.size
      height = max(height, part.height)
    }
    self.size = size
    self.height = height + 1
  }

  /// The expressions directly inside.
  var parts: [MetricExpression] { MetricExpression.parts(of: kind) }

  /// The aggregates inside, each once, in the order of the text.
  var aggregates: [BaseAggregate] {
    var found: [BaseAggregate] = []
    var seen: Set<BaseAggregate> = []
    collect(&found, &seen)
    return found
  }

  /// Whether a part of it may be approximate.
  var isApproximate: Bool { aggregates.contains(where: \.isApproximate) }

  /// Whether the value is a constant of the text.
  var isConstant: Bool {
    switch kind {
    case .constant: true
    case .negated(let inner): inner.isConstant
    case .aggregate, .arithmetic, .union, .conditional, .coalesce, .function, .rank, .compared,
      .nested:
      false
    }
  }

  /// Whether the value is a sum or a count over rows, so that sums over other rows can join it.
  var isRowSum: Bool {
    switch kind {
    case .aggregate(let aggregate): aggregate.isRowSum
    case .union: true
    case .constant, .arithmetic, .negated, .conditional, .coalesce, .function, .rank, .compared,
      .nested:
      false
    }
  }

  /// How values of groups may be added up.
  var additivity: Additivity {
    switch kind {
    case .aggregate(let aggregate):
      return aggregate.isRowSum && aggregate.level == nil ? .additive : .nonAdditive
    case .union(let parts):
      return parts.allSatisfy { $0.additivity == .additive } ? .additive : .nonAdditive
    case .negated(let inner): return inner.additivity
    case .arithmetic(.add, let left, let right), .arithmetic(.subtract, let left, let right):
      let both = left.additivity == .additive && right.additivity == .additive
      return both ? .additive : .nonAdditive
    case .arithmetic(.multiply, let left, let right):
      let scaled = left.isConstant ? right : left
      return left.isConstant || right.isConstant ? scaled.additivity : .nonAdditive
    case .arithmetic(.divide, let left, let right):
      return right.isConstant ? left.additivity : .nonAdditive
    case .compared(let inner, _): return inner.additivity
    case .constant, .conditional, .coalesce, .function, .rank, .nested: return .nonAdditive
    }
  }

  /// Returns the expression with every aggregate replaced.
  func mapping(_ change: (BaseAggregate) -> BaseAggregate) -> MetricExpression {
    mapping(change) { inner, within, type in
      MetricExpression(.rank(inner, within: within), type)
    }
  }

  /// Returns the expression with every aggregate and every rank replaced.
  func mapping(
    _ change: (BaseAggregate) -> BaseAggregate,
    ranks: (MetricExpression, [Int], ResultType) -> MetricExpression
  ) -> MetricExpression {
    func map(_ inner: MetricExpression) -> MetricExpression { inner.mapping(change, ranks: ranks) }
    switch kind {
    case .aggregate(let aggregate): return MetricExpression(.aggregate(change(aggregate)), type)
    case .constant: return self
    case .arithmetic(let operation, let left, let right):
      return MetricExpression(.arithmetic(operation, map(left), map(right)), type)
    case .union(let parts): return MetricExpression(.union(parts.map { map($0) }), type)
    case .negated(let inner): return MetricExpression(.negated(map(inner)), type)
    case .conditional(let branches, let otherwise):
      let mapped = branches.map {
        MetricBranch(
          condition: $0.condition.mapping(change, ranks: ranks),
          value: map($0.value)
        )
      }
      return MetricExpression(.conditional(mapped, otherwise: otherwise.map { map($0) }), type)
    case .coalesce(let parts): return MetricExpression(.coalesce(parts.map { map($0) }), type)
    case .function(let function, let parts):
      return MetricExpression(.function(function, parts.map { map($0) }), type)
    case .rank(let inner, let within): return ranks(map(inner), within, type)
    case .compared(let inner, let baseline):
      return MetricExpression(.compared(map(inner), baseline: baseline), type)
    case .nested(let function, let inner, let per):
      return MetricExpression(.nested(function, map(inner), per: per), type)
    }
  }

  /// Returns the expression with another type for the same value.
  func typed(_ type: ResultType) -> MetricExpression { MetricExpression(kind, type) }

  private func collect(_ found: inout [BaseAggregate], _ seen: inout Set<BaseAggregate>) {
    if case .aggregate(let aggregate) = kind, seen.insert(aggregate).inserted {
      found.append(aggregate)
    }
    for part in parts {
      part.collect(&found, &seen)
    }
  }

  private static func parts(of kind: Kind) -> [MetricExpression] {
    switch kind {
    case .aggregate, .constant: []
    case .arithmetic(_, let left, let right): [left, right]
    case .union(let parts), .coalesce(let parts), .function(_, let parts): parts
    case .negated(let inner), .rank(let inner, _), .compared(let inner, _),
      .nested(_, let inner, _):
      [inner]
    case .conditional(let branches, let otherwise):
      branches.flatMap { $0.condition.parts + [$0.value] } + (otherwise.map { [$0] } ?? [])
    }
  }
}

/// An aggregate over the rows of one fact: the unit that facts are scanned for.
struct BaseAggregate: Sendable, Hashable {
  enum Function: Sendable, Hashable {
    case countRows
    case count(RowExpression)
    case sum(RowExpression)
    case minimum(RowExpression)
    case maximum(RowExpression)
    case average(RowExpression)
    /// The value below which a fraction of the values lies, between two values in proportion.
    case percentile(RowExpression, Double)
    case countDistinct(RowExpression)
    /// Different members of a dimension, by what the fact stores of them.
    case countMembers(dimension: String)
  }

  /// The fact whose rows are looked at.
  let fact: String
  let function: Function
  /// Rows that count, besides the report's own filter; all must hold.
  var conditions: [RowCondition]
  /// The keys by which it is grouped, as positions in BY; nil for all of them.
  var level: [Int]?
  /// Whether it is blank where there are no rows, although it is a sum or a count.
  var isBlankWithoutRows: Bool
  let type: ResultType
  /// The days whose rows count, seen from the days of the group.
  var period = PeriodContext.current
  /// Rows that may count at all, whatever groups there are; nil for all.
  var restriction: RowCondition?
  /// Keys besides those of the report by which it is grouped, for a value of such values.
  var per: [BoundKey] = []
  /// Whether the text allows an approximation, so that the value is marked as one.
  var isApproximate = false

  /// Whether it is a sum or a count over rows that is 0 without rows.
  var isRowSum: Bool {
    switch function {
    case .countRows, .count, .sum: !isBlankWithoutRows
    case .minimum, .maximum, .average, .percentile, .countDistinct, .countMembers: false
    }
  }
}

/// What becomes of the values at finer keys.
enum NestedFunction: Sendable, Hashable {
  case average
  /// The value below which a fraction of the values lies, between two values in proportion.
  case percentile(Double)
  case minimum
  case maximum
  case sum
  /// The number of keys with rows and a value.
  case count
}

/// A condition and the value of groups for which it holds.
struct MetricBranch: Sendable, Hashable {
  let condition: MetricCondition
  let value: MetricExpression
}

/// A two-valued condition on a group.
indirect enum MetricCondition: Sendable, Hashable {
  case constant(Bool)
  case and([MetricCondition])
  case or([MetricCondition])
  case not(MetricCondition)
  case compare(MetricExpression, ComparisonOperator, MetricExpression)
  case isBlank(MetricExpression)

  /// The expressions inside.
  var parts: [MetricExpression] {
    switch self {
    case .constant: []
    case .and(let conditions), .or(let conditions): conditions.flatMap(\.parts)
    case .not(let inner): inner.parts
    case .compare(let left, _, let right): [left, right]
    case .isBlank(let inner): [inner]
    }
  }

  func mapping(
    _ change: (BaseAggregate) -> BaseAggregate,
    ranks: (MetricExpression, [Int], ResultType) -> MetricExpression
  ) -> MetricCondition {
    func map(_ inner: MetricCondition) -> MetricCondition { inner.mapping(change, ranks: ranks) }
    return switch self {
    case .constant: self
    case .and(let conditions): .and(conditions.map { map($0) })
    case .or(let conditions): .or(conditions.map { map($0) })
    case .not(let inner): .not(map(inner))
    case .compare(let left, let operation, let right):
      .compare(
        left.mapping(change, ranks: ranks),
        operation,
        right.mapping(change, ranks: ranks)
      )
    case .isBlank(let inner): .isBlank(inner.mapping(change, ranks: ranks))
    }
  }
}

/// A scalar function of values of groups.
enum MetricFunction: Sendable, Hashable {
  case absolute
  /// Rounded half away from zero to a number of digits after the point.
  case round(digits: Int)
  case floor
  case ceiling
  case least
  case greatest
  case nullIf
  /// A function of doubles; undefined where it has no finite value.
  case math(MathFunction)
  /// Texts one after the other.
  case joined
}
