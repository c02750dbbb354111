/// One state that is kept for each group.
struct AccumulatorPlan: Sendable, Hashable {
  /// What is kept.
  enum Kind: Sendable, Hashable {
    /// The number of rows with a value; without an input, of rows.
    case count
    /// The sum of integers, in 128 bits unless 64 are proven to do.
    case sum(isWide: Bool)
    /// The sum of doubles.
    case doubleSum
    case minimum
    case maximum
    case doubleMinimum
    case doubleMaximum
    /// All values.
    case values
    /// The set of values, by the number of its plan.
    case distinct(Int)
  }

  /// What is kept.
  let kind: Kind
  /// The node of the values; nil where only rows are counted.
  let input: Int?
  /// The condition of the rows that count; nil for all.
  let filter: Int?
}

/// How a column of the result comes out of states.
enum AggregateOutput: Sendable {
  case count(Int)
  case sum(Int, count: Int, ColumnType)
  case doubleSum(Int, count: Int)
  /// Texts are ranks in `texts`.
  case extremum(Int, count: Int, ColumnType, texts: [String]?)
  case doubleExtremum(Int, count: Int)
  case average(Int, count: Int, isDouble: Bool, scale: Double)
  case distinct(Int)
  /// `number` is the place among the outputs.
  case percentile(Int, number: Int, fraction: Double, isDouble: Bool, scale: Double)
}

/// A plan that is ready to run on the blocks that are left.
struct CompiledPlan: Sendable {
  /// The plan.
  let plan: ScanPlan
  /// The nodes.
  let program: ScanProgram
  /// Dictionaries by name, to turn codes of keys into texts.
  let dictionaries: [String: TextDictionary]
  /// The blocks.
  let blocks: ScanBlocks
  /// The order in which blocks are read.
  let schedule: ScanSchedule
  /// For each block whether zone maps prove that the filter takes it whole.
  let isProven: [Bool]
  /// The filter.
  let filter: Int
  /// The groups.
  let grouping: GroupingPlan
  /// The states.
  let accumulators: [AccumulatorPlan]
  /// For each state its input as a sum of columns, where it is one.
  let forms: [AffineForm?]
  /// The states that are added together; nil for none.
  let packed: PackedPlan?
  /// Codings of the parts of distinct counts.
  let distinctCodings: [KeyCoding]
  /// Distinct counts.
  let distincts: [DistinctPlan]
  /// The columns that follow the keys.
  let outputs: [AggregateOutput]
  /// What is known before the first block is read.
  let statistics: ScanStatistics
  /// Tells whether different values are kept, and not only counted.
  let keepsSets: Bool

  /// The groups from which a thread puts them aside; nil where all stay in one table.
  let runGroups: Int?

  /// Tells whether the order in which rows are added changes the answer's last digits.
  var addsDoubles: Bool { accumulators.contains { $0.kind == .doubleSum } }
}
