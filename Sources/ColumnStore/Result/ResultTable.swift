/// The answer to a scan: named, typed columns of equal length.
public struct ResultTable: Sendable, Equatable {
  /// One column of a result.
  public struct Column: Sendable, Equatable {
    /// The values of a column; each array has as many entries as the table has rows.
    public enum Values: Sendable, Equatable {
      /// Integers of any integer type; nil is null.
      case integers([Int64?])
      /// Exact sums; nil is null. A sum of an integer column is of this kind, but for raw plans.
      case wide([Int128?])
      /// Doubles; nil is null.
      case doubles([Double?])
      /// Texts; nil is null.
      case strings([String?])
      /// Texts that are read when they are asked for; only in answers to raw plans.
      case coded(CodedTexts)
    }

    /// The name that the plan gave.
    public let name: String
    /// The physical type; `int64` for counts, the input's type for sums, minima and maxima.
    public let type: ColumnType
    /// The values.
    public var values: Values

    /// Makes a column.
    public init(name: String, type: ColumnType, values: Values) {
      self.name = name
      self.type = type
      self.values = values
    }

    /// The number of values.
    public var count: Int {
      switch values {
      case .integers(let values): values.count
      case .wide(let values): values.count
      case .doubles(let values): values.count
      case .strings(let values): values.count
      case .coded(let values): values.codes.count
      }
    }
  }

  /// Keys first, then aggregates, in the order of the plan.
  public var columns: [Column]
  /// The number of rows.
  public let rowCount: Int
  /// The number of groups that exist, of which a limit may have left out some.
  public let groupCount: Int
  /// What the scan did to find the answer.
  public var statistics: ScanStatistics

  /// Makes a result of equally long columns; without a number of groups each row is one.
  public init(
    columns: [Column],
    rowCount: Int,
    groupCount: Int? = nil,
    statistics: ScanStatistics = ScanStatistics()
  ) {
    precondition(
      columns.allSatisfy { $0.count == rowCount },
      "columns of a result are equally long"
    )
    self.columns = columns
    self.rowCount = rowCount
    self.groupCount = groupCount ?? rowCount
    self.statistics = statistics
  }

  /// Returns a column by name, or nil when there is none of that name.
  public func column(_ name: String) -> Column? {
    columns.first { $0.name == name }
  }
}
