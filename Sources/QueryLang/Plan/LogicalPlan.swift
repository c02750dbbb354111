internal import ColumnStore

/// What a report computes, in terms of stored columns, before anybody's rights are applied.
///
/// Each fact is aggregated alone, once for each set of keys that is needed; the finish unites the
/// groups and does everything that works on groups.
struct LogicalPlan: Sendable, Hashable {
  /// The aggregations, in the order in which facts appear in the report.
  var aggregations: [Aggregation]
  /// How each key of BY is read from a scan's columns.
  var shapes: [KeyShape]
  /// The report, for everything that works on groups.
  var report: BoundReport
  /// Buckets of the report that a comparison has no counterpart of, by the comparison.
  var unmatched: [Int: Set<[Int32]>] = [:]
}

/// The rows of one fact on their way to an aggregation.
indirect enum RowSource: Sendable, Hashable {
  /// All rows of a table inside the report's days.
  case scan(table: String, dateColumn: String)
  /// The rows that a policy lets through; always directly above the scan.
  case secured(RowSource, by: Predicate)
  /// The rows for which a condition holds.
  case filtered(RowSource, Predicate)
}

/// One pass over one fact.
struct Aggregation: Sendable, Hashable {
  /// A part of a key; nil where the fact has no such member for any row.
  struct Part: Sendable, Hashable {
    var name: String
    var expression: Expression?
  }

  /// An aggregate that a metric needs, with the names of its columns.
  struct Measure: Sendable, Hashable {
    var aggregate: BaseAggregate
    /// The column of the value.
    var column: String
    /// The column that counts the rows looked at, where null alone does not tell whether there
    /// were any.
    var rowCountColumn: String?
  }

  var fact: String
  /// The keys by which it is grouped, as positions in BY.
  var level: [Int]
  /// Whether its rows make groups of the report.
  var makesGroups: Bool
  /// The days that count, seen from those of the groups.
  var period: PeriodContext
  /// The days that stand for the report's; nil where they are the report's own.
  var periodMap: PeriodMap?
  var rows: RowSource
  /// The day of a row, where it is not the one that is stored.
  var day: Expression?
  /// The rows that may count at all, by members of keys that were chosen.
  var restriction: Predicate
  /// The same before it was put in terms of stored columns; nil for all rows.
  var rowRestriction: RowCondition?
  /// The parts of each key of the level.
  var keys: [[Part]]
  /// Keys besides those of the report, for a value of values at finer keys.
  var per: [BoundKey] = []
  /// The parts of each of these keys.
  var perKeys: [[Part]] = []
  var measures: [Measure]
  /// The columns of the scan.
  var aggregates: [Aggregate]
  /// The column that holds the currency of the amounts, where amounts are added up.
  var currencyColumn: String?

  /// Whether other days stand for those of the groups.
  var isMapped: Bool { periodMap != nil }

  /// The column that counts the rows of a group, where nothing else tells whether there are any.
  static let rowCountColumn = "rows"

  /// Whether it has keys of which the fact has none, so that its only group stands for missing
  /// members; the scan then has no keys and answers with a row even where nothing matched.
  var hasOnlyAbsentKeys: Bool {
    !level.isEmpty && (keys + perKeys).joined().allSatisfy { $0.expression == nil }
  }
}

extension RowSource {
  /// The conditions of the rows, the policy's first.
  var predicates: [Predicate] {
    switch self {
    case .scan: []
    case .secured(let inner, let condition): [condition] + inner.predicates
    case .filtered(let inner, let condition): inner.predicates + [condition]
    }
  }
}

/// How the parts of a key make one cell.
enum KeyShape: Sendable, Hashable {
  /// One part.
  case value
  /// The key, and what people see of it where it has a name.
  case labelled
  /// A looked-up value, and 1 where the key has no row.
  case lookup
  /// Several parts of one key, of which people see the last.
  case tuple(Int)
  /// Any of these with one more part, by which members are ordered.
  indirect case ordered(KeyShape)

  /// The number of parts.
  var partCount: Int {
    switch self {
    case .value: 1
    case .labelled, .lookup: 2
    case .tuple(let count): count
    case .ordered(let inner): inner.partCount + 1
    }
  }
}
