/// A result as charts take it: one axis, and series whose values stand along it.
public struct SeriesSet: Sendable, Equatable {
  /// The axis that all series share.
  public struct Axis: Sendable, Equatable {
    /// The name of its column, or `total` for a result without keys.
    public var name: String
    /// The kind of its values.
    public var type: ResultType
    /// The places along it: periods ascending, other keys in the order of the rows.
    public var values: [ResultCell]
    /// The calendar that names periods; nil for the default one.
    public var calendar: ReportCalendar?
  }

  /// A key column and the value that a series has in it.
  public struct KeyPart: Sendable, Equatable {
    /// The key's column.
    public var column: ResultColumn
    /// The value.
    public var value: ResultCell
  }

  /// The values of one metric for one combination of keys.
  public struct Series: Sendable, Equatable {
    /// What a legend shows.
    public var name: String
    /// The keys beside the axis; empty for what stands for all others.
    public var key: [KeyPart]
    /// The metric's column.
    public var metric: ResultColumn
    /// What its rows are.
    public var kind: RowKind
    /// One cell for each place of the axis; where the result has no row the cell is blank, `empty`.
    public var values: [ResultCell]
  }

  /// The grand total of a metric.
  public struct Total: Sendable, Equatable {
    /// The metric's column.
    public var metric: ResultColumn
    /// Its value.
    public var value: ResultCell
  }

  /// What the numbers stand for.
  public var header: ResultHeader
  /// The chart that the report asked for, or the one that fits.
  public var chart: ChartDescription
  /// The axis.
  public var axis: Axis
  /// The series, in the order of the rows that they come from.
  public var series: [Series]
  /// Grand totals, where the report asked for them.
  public var totals: [Total]
}
