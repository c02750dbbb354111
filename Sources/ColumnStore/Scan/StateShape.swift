/// How the groups of a plan become a table, whatever scans they come from.
struct StateShape: Sendable {
  /// A key of the result.
  struct Key: Sendable {
    let name: String
    let kind: ValueKind
    let type: ColumnType
  }

  /// A column that follows the keys.
  struct Output: Sendable {
    /// What its states are.
    enum Kind: Sendable {
      case count
      case sum
      case extremum
      case doubleExtremum
      case average(scale: Double)
      case distinct
    }

    let name: String
    let kind: Kind
    let type: ColumnType
  }

  let keys: [Key]
  let outputs: [Output]
  /// Dictionaries of keys, by name, are those of the snapshot that is asked.
  let plan: ScanPlan

  /// Describes a compiled plan; nil where groups do not add up exactly: sums of doubles
  /// depend on the order of addition, and the order of texts on all texts.
  init?(_ compiled: CompiledPlan) {
    plan = compiled.plan
    keys = zip(compiled.plan.keys, compiled.grouping.keys).map {
      Key(name: $0.name, kind: $1.kind, type: $1.type)
    }
    var outputs: [Output] = []
    for (aggregate, output) in zip(compiled.plan.aggregates, compiled.outputs) {
      let kind: Output.Kind
      let type: ColumnType
      switch output {
      case .count: (kind, type) = (.count, .int64)
      case .sum(_, _, let stored): (kind, type) = (.sum, stored)
      case .extremum(_, _, let stored, texts: nil): (kind, type) = (.extremum, stored)
      case .doubleExtremum: (kind, type) = (.doubleExtremum, .float64)
      case .average(_, _, isDouble: false, let scale):
        (kind, type) = (.average(scale: scale), .float64)
      case .distinct: (kind, type) = (.distinct, .int64)
      case .doubleSum, .average, .extremum, .percentile: return nil
      }
      outputs.append(Output(name: aggregate.name, kind: kind, type: type))
    }
    self.outputs = outputs
  }
}
