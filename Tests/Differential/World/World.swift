import ColumnStore
import QueryLang

/// A model with its data: everything that a report is asked of.
///
/// It is a description that can be written as YAML, stored in tables, and made smaller.
struct World {
  /// The day that counts as today, in days since 1970.
  var today: Int32
  var settings: WorldSettings
  var tables: [WorldTable]
  var dimensions: [WorldDimension]
  var facts: [WorldFact]
  var metrics: [WorldMetric]
  var cohorts: [WorldCohort]
  var periods: [WorldPeriod]
  var segments: [WorldSegment]
  var parameters: [WorldParameter]

  func dimension(_ name: String) -> WorldDimension? { dimensions.first { $0.name == name } }

  func fact(_ name: String) -> WorldFact? { facts.first { $0.name == name } }
}

struct WorldSettings {
  var zone = "UTC"
  var currency = "INR"
  var period = "all time"
  var weekStart = "monday"
  var fiscalStartMonth = 4
  var namesFiscalYearByEnd = true
  var maximumRows = 3_000
  var maximumCells = 12_000
}

/// A table with its rows.
///
/// A cell is null, an integer (also ten-thousandths, days, microseconds, 0 and 1), a double or a
/// text.
struct WorldTable {
  struct Column {
    var name: String
    /// The word of the model file.
    var type: String
    var isNullable: Bool
  }
  var name: String
  var columns: [Column]
  var key: [String]
  var rows: [[Scalar]]
}

/// The kinds of values of rows, by which expressions are put together.
enum ValueKind: String, CaseIterable {
  case text = "string"
  case count, number, money, percent, date, timestamp, bool
}

struct WorldDimension {
  enum Form {
    case column
    case table(String, key: String, column: String, label: String?)
    case attribute(of: String, column: String)
    /// An expression over columns of one fact.
    case expression(String, only: String)
    /// A cohort's date; the cohort is written apart.
    case cohort(of: String)
  }
  var name: String
  var kind: ValueKind
  var form: Form
  var orderBy: String?
  var label: String?
  var isEntity = false
  /// The values that the model file lists.
  var values: [String] = []
  /// Texts to compare with: members, their other names, and some that are none.
  var samples: [String] = []
}

struct WorldFact {
  enum Relation {
    case columns([String])
    case absent
  }
  struct Column {
    var name: String
    var kind: ValueKind
    var currencyColumn: String?
    var isDimension = false
  }
  var name: String
  var table: String
  var isAggregated: Bool
  var grain: [String]
  var dateColumn: String
  var instantColumn: String?
  var recordedFrom: Int32?
  var covers: [(dimension: String, values: [String])]
  var columns: [Column]
  var relations: [(dimension: String, relation: Relation)]

  func relation(to dimension: String) -> Relation? {
    relations.first { $0.dimension == dimension }?.relation
  }
}

/// The kinds of metrics, by which expressions are put together.
enum MetricKind: String, CaseIterable {
  case money, count, number, percent, date, text
}

struct WorldMetric {
  enum Form {
    case aggregate(fact: String, function: String, column: String?, key: String?)
    case expression(String)
  }
  var name: String
  var kind: MetricKind
  var form: Form
  var condition: String?
  var isBlankWithoutRows = false
  var type: String?
  /// The facts under it.
  var facts: Set<String>
  /// What naming it makes a report use.
  var features: Set<Feature>
}

struct WorldCohort {
  var name: String
  var entity: String
  var fact: String
  var dateColumn: String
  /// Names of dimensions with the grains that they show.
  var exposed: [(name: String, grain: String)]
}

struct WorldPeriod {
  var name: String
  var from: Int32
  var to: Int32
}

struct WorldSegment {
  var name: String
  var dimension: String
  var condition: String
}

struct WorldParameter {
  var name: String
  var type: String
  var members: String?
  var standard: String?
  /// The dimension whose texts it lists, or nothing for a period.
  var dimension: String?
}

extension World {
  /// Whether rows of a fact have members of a dimension; one that declares it absent has `(none)`.
  func reaches(_ dimension: WorldDimension, from fact: WorldFact) -> Bool {
    switch dimension.form {
    case .column, .table: return fact.relation(to: dimension.name) != nil
    case .attribute(let parent, _), .cohort(let parent): return fact.relation(to: parent) != nil
    case .expression(_, let only): return only == fact.name
    }
  }

  /// The dimensions that all of some facts reach.
  func dimensions(of facts: [WorldFact]) -> [WorldDimension] {
    dimensions.filter { dimension in facts.allSatisfy { reaches(dimension, from: $0) } }
  }
}
