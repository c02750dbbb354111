/// Rows on their way into a table, column by column.
///
/// Texts of dictionary columns come as codes into a small dictionary of the batch, so that a value
/// that repeats is looked up in the table's dictionary once per batch.
public struct RowBatch: Sendable, Equatable {
  /// The values of one column; each has one entry per row.
  public enum Column: Sendable, Equatable {
    /// Integers of any integer type; the value of a null row is 0.
    case integers([Int64], nulls: RowNulls)
    /// Doubles; NaN becomes null when the batch is taken.
    case doubles([Double], nulls: RowNulls)
    /// Texts: codes into `values`; the code of a null row is 0.
    case strings(codes: [UInt32], values: [String], nulls: RowNulls)
    /// Texts as bytes: 0 for a row without a value, else one more than a place in the list.
    case texts(codes: [UInt32], TextList)
    /// Texts as what `WriteTransaction.codes` gave for them in the column's dictionary: one more
    /// than the code, 0 for null.
    case coded([UInt32])
  }

  /// Columns by the names of the schema's fields; a nullable field may be left out.
  public var columns: [String: Column]
  /// The number of rows.
  public var rowCount: Int

  /// Makes a batch; that the columns fit the schema is checked when a transaction takes it.
  public init(columns: [String: Column], rowCount: Int) {
    self.columns = columns
    self.rowCount = rowCount
  }
}

/// Which rows of a batch's column have no value.
public struct RowNulls: Sendable, Equatable {
  /// One flag a row, true for null; empty when no row is null.
  public var flags: [Bool]

  /// A column without nulls.
  public static let none = RowNulls(flags: [])

  /// Makes a marking; a list without `true` should be `none`.
  public init(flags: [Bool]) {
    self.flags = flags
  }

  /// Tells whether a row has no value.
  public func isNull(_ row: Int) -> Bool {
    !flags.isEmpty && flags[row]
  }
}
