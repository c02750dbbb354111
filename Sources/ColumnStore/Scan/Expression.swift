/// A row expression: one value for each row of a table.
///
/// Arithmetic with a null gives null. Integer arithmetic that does not fit 64 bits ends the scan
/// with `StoreError.overflow`. Division is always a double, and null where the divisor is zero.
public indirect enum Expression: Sendable, Hashable {
  /// A stored column.
  case column(String)
  /// A constant with its type.
  case literal(Scalar, ColumnType)
  /// A many-to-one lookup: the `value` column of the row of `table` whose single-column primary key
  /// equals `key` (a column or another attribute; texts share a dictionary). Null where the key is
  /// null, where no row has it, or where that row has no value.
  case attribute(key: Expression, table: String, value: String)
  /// The first day of the period that holds a date; a timestamp is cut in UTC plus `zone` first.
  case truncated(Expression, to: CalendarUnit, CalendarRule)
  /// The day that a table gives for a date: the first day of a period of a calendar of its own, say.
  /// Null where the date is null, where the table does not reach, and where it has no day.
  case mapped(Expression, DayTable)
  /// A number out of a date or an instant.
  case part(DatePart, Expression, CalendarRule)
  /// The business day of an instant, with the zone of the rule.
  case day(Expression, CalendarRule)
  /// Arithmetic on two numbers of one kind: both integers, or both doubles.
  case arithmetic(ArithmeticOperator, Expression, Expression)
  /// An integer as a double, divided by `scale` (10,000 turns ten-thousandths into units).
  case double(Expression, scale: Double)
  /// The value of the first branch whose condition holds, else the last value.
  case conditional([ConditionalBranch], otherwise: Expression)
  /// The first value that is not null.
  case coalesce([Expression])
  /// Text in lower or upper case, or without white space at its ends.
  case text(TextFunction, Expression)
  /// A function of numbers, which become doubles; null where it has no finite value.
  case math(MathFunction, [Expression])
  /// Texts one after the other; null where one of them is.
  case joined([Expression])
}

/// A condition and the value where it holds.
public struct ConditionalBranch: Sendable, Hashable {
  /// The condition; a comparison with null does not hold.
  public let condition: Predicate
  /// The value.
  public let value: Expression

  /// Makes a branch.
  public init(when condition: Predicate, then value: Expression) {
    self.condition = condition
    self.value = value
  }
}

/// An operator of row arithmetic.
public enum ArithmeticOperator: UInt8, Sendable, Hashable {
  case add = 1
  case subtract = 2
  case multiply = 3
  case divide = 4
}

/// A function from text to text.
public enum TextFunction: UInt8, Sendable, Hashable {
  case lowercase = 1
  case uppercase = 2
  case trimmed = 3
}

/// A length of the calendar by which dates are grouped.
public enum CalendarUnit: UInt8, Sendable, Hashable, CaseIterable {
  case day = 1
  case week = 2
  case month = 3
  case quarter = 4
  case year = 5
  case fiscalQuarter = 6
  case fiscalYear = 7
}

/// A number that a date or an instant has.
public enum DatePart: UInt8, Sendable, Hashable, CaseIterable {
  /// 1 (Monday) to 7 (Sunday).
  case dayOfWeek = 1
  case dayOfMonth = 2
  /// The ISO week, 1 to 53.
  case weekOfYear = 3
  case monthOfYear = 4
  /// 0 to 23; of instants only.
  case hourOfDay = 5
}

/// The settings of a calendar that a grouping by dates needs.
public struct CalendarRule: Sendable, Hashable {
  /// The first day of a week: 1 (Monday) to 7 (Sunday).
  public var weekStart: UInt8
  /// The month in which a fiscal year begins, 1 to 12.
  public var fiscalStartMonth: UInt8
  /// The offset of the zone from UTC, as the instants at which it changes.
  public var zone: ZoneOffsets

  /// Makes a rule; the default is the ISO week, the Indian fiscal year, and UTC.
  public init(
    weekStart: UInt8 = 1,
    fiscalStartMonth: UInt8 = 4,
    zone: ZoneOffsets = ZoneOffsets()
  ) {
    self.weekStart = weekStart
    self.fiscalStartMonth = fiscalStartMonth
    self.zone = zone
  }
}

/// The offsets of a time zone from UTC as a step function of the instant.
public struct ZoneOffsets: Sendable, Hashable {
  /// Ascending instants, in microseconds since 1970 UTC, from which `offsets[i + 1]` holds.
  public var changes: [Int64]
  /// Offsets in seconds, one more than there are changes; the first holds before any change.
  public var offsets: [Int32]

  /// Makes a zone; the default is UTC.
  public init(changes: [Int64] = [], offsets: [Int32] = [0]) {
    precondition(offsets.count == changes.count + 1, "a zone has one offset more than changes")
    self.changes = changes
    self.offsets = offsets
  }
}
