/// What may stand in a model file: every kind of mapping with its keys.
///
/// The reader and the JSON Schema both follow it.
enum ModelMapping: String, CaseIterable {
  case model, defaults, calendar, period, table, dimension, fact, relation, metric, cohort, segment
  case parameter, limits, target, policy
  case tableColumn = "table_column"
  case factSource = "fact_source"
  case factDate = "fact_date"
  case factColumn = "fact_column"
  case cohortEntry = "cohort_entry"

  /// The keys that may stand in it, in the order of the documentation.
  var keys: [ModelKey] {
    switch self {
    case .model: ModelMapping.modelKeys
    case .defaults: ModelMapping.defaultsKeys
    case .calendar: ModelMapping.calendarKeys
    case .period: ModelMapping.periodKeys
    case .table: ModelMapping.tableKeys
    case .tableColumn: ModelMapping.tableColumnKeys
    case .dimension: ModelMapping.dimensionKeys
    case .fact: ModelMapping.factKeys
    case .factSource: ModelMapping.factSourceKeys
    case .factDate: ModelMapping.factDateKeys
    case .factColumn: ModelMapping.factColumnKeys
    case .relation: ModelMapping.relationKeys
    case .metric: ModelMapping.metricKeys
    case .cohort: ModelMapping.cohortKeys
    case .cohortEntry: ModelMapping.cohortEntryKeys
    case .segment: ModelMapping.segmentKeys
    case .parameter: ModelMapping.parameterKeys
    case .limits: ModelMapping.limitsKeys
    case .target: ModelMapping.targetKeys
    case .policy: ModelMapping.policyKeys
    }
  }

  /// Sets of keys of which one has to be there; none where nothing more than the required keys is
  /// needed.
  var alternatives: [[String]] {
    switch self {
    case .metric: [["expr"], ["fact", "agg"]]
    case .relation: [["column"], ["columns"]]
    case .model, .defaults, .calendar, .period, .table, .tableColumn, .dimension, .fact,
      .factSource, .factDate, .factColumn, .cohort, .cohortEntry, .segment, .parameter, .limits,
      .target:
      []
    case .policy: [["rows"], ["deny_metrics"], ["deny_dimensions"]]
    }
  }

  // MARK: Words

  static let typeWords = [
    "money", "count", "number", "percent", "date", "timestamp", "string", "bool",
  ]
  static let aggregateWords = ["sum", "count", "count_distinct", "avg", "min", "max", "median"]
  static let weekdays = [
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
  ]
  static let cohortGrains = [
    "day", "week", "month", "quarter", "year", "fiscal_week", "fiscal_month", "fiscal_quarter",
    "fiscal_year",
  ]
  static let attributeTypes =
    ["money", "count", "number", "percent", "date", "string", "bool"].flatMap { [$0, "\($0)[]"] }
  static let parameterTypes = attributeTypes + ["metric", "dimension", "period"]
}

/// A key of a mapping.
struct ModelKey {
  /// What stands after a key.
  enum Value {
    case text
    /// A text, or a list of texts.
    case texts
    case flag
    /// A whole number above 0.
    case count
    case date
    /// A list of dates.
    case dates
    /// The version of the file format.
    case version
    case word([String])
    case mapping(ModelMapping)
    /// A list of mappings.
    case list(ModelMapping)
    /// Names, each with a mapping.
    case definitions(ModelMapping)
    /// Names, each with a text or a mapping.
    case textsOrMappings(ModelMapping)
    /// Names, each with one of some words.
    case words([String])
    /// Names, each with a text.
    case namedTexts
    /// Names, each with a text or a list of texts.
    case lists
  }

  let name: String
  let value: Value
  let isRequired: Bool
  /// Whether this version understands it; other keys are known and refused.
  let isAvailable: Bool
  /// What it means, in a sentence.
  let meaning: String

  init(_ name: String, _ value: Value, _ meaning: String) {
    (self.name, self.value, self.meaning) = (name, value, meaning)
    (isRequired, isAvailable) = (false, true)
  }

  private init(_ name: String, _ value: Value, _ meaning: String, required: Bool, available: Bool) {
    (self.name, self.value, self.meaning) = (name, value, meaning)
    (isRequired, isAvailable) = (required, available)
  }

  static func required(_ name: String, _ value: Value, _ meaning: String) -> ModelKey {
    ModelKey(name, value, meaning, required: true, available: true)
  }

  /// A key of a later version.
  static func later(_ name: String) -> ModelKey {
    ModelKey(name, .text, "", required: false, available: false)
  }
}
