/// The answer to one statement: typed columns with units, rows, the reasons of blanks, and a header
/// that says what exactly was asked.
public struct ReportResult: Sendable, Equatable {
  /// What the numbers stand for.
  public var header: ResultHeader
  /// Keys first, then metrics, as written.
  public var columns: [ResultColumn]
  /// Rows in their final order; each has a cell per column.
  public var rows: [[ResultCell]]
  /// What each row is; as many as rows.
  public var rowKinds: [RowKind]
  /// The chart that the report asked for or that fits it.
  public var chart: ChartDescription?
  /// How the rows become a table of which some keys are columns; nil without PIVOT.
  public var pivot: PivotDescription?

  /// Makes a result.
  public init(
    header: ResultHeader,
    columns: [ResultColumn],
    rows: [[ResultCell]],
    rowKinds: [RowKind],
    chart: ChartDescription? = nil,
    pivot: PivotDescription? = nil
  ) {
    self.header = header
    self.columns = columns
    self.rows = rows
    self.rowKinds = rowKinds
    self.chart = chart
    self.pivot = pivot
  }
}

/// A value, or a blank with its reason.
public enum ResultCell: Sendable, Hashable {
  /// A count, a date (days since 1970), an instant (microseconds UTC) or a truth value (0 or 1).
  case integer(Int64)
  /// Money or a decimal, in ten-thousandths of the unit.
  case decimal(Int128)
  /// A double; never NaN or infinite.
  case double(Double)
  /// A text; a missing key is the member `(none)`, one without a row `(unknown)`.
  case text(String)
  /// No value, and why.
  case blank(BlankReason)
}

/// Why a cell has no value.
public enum BlankReason: String, Sendable, Hashable, CaseIterable {
  case empty
  case undefined
  case notRecorded = "not_recorded"
  case pending
  case missingRate = "missing_rate"
  case masked
}

/// What a row of a result is.
public enum RowKind: String, Sendable, Hashable, CaseIterable {
  case detail
  case others
  case subtotal
  case total
  case unallocated
}

/// The kind of a column's values, which decides how they are written.
public enum ResultType: Sendable, Hashable {
  /// Money of one currency (ISO 4217), or of the currency of each row when nil.
  case money(currency: String?)
  case count
  case number
  case percent
  case date
  /// A period of the calendar, held as its first day.
  case grain(ReportGrain)
  case timestamp
  case string
  case bool

  /// The word of the language for the type.
  public var name: String {
    switch self {
    case .money: "money"
    case .count: "count"
    case .number: "number"
    case .percent: "percent"
    case .date, .grain: "date"
    case .timestamp: "timestamp"
    case .string: "string"
    case .bool: "bool"
    }
  }
}

/// A word of the language by which dates are grouped.
public enum ReportGrain: String, Sendable, Hashable, CaseIterable {
  case hour
  case day
  case week
  case month
  case quarter
  case year
  case fiscalWeek = "fiscal_week"
  case fiscalMonth = "fiscal_month"
  case fiscalQuarter = "fiscal_quarter"
  case fiscalYear = "fiscal_year"
}

/// How a metric may be added up.
public enum Additivity: String, Sendable, Hashable {
  case additive
  case semiAdditive = "semi_additive"
  case nonAdditive = "non_additive"
}

/// One column of a result.
public struct ResultColumn: Sendable, Hashable {
  /// Whether a column groups or measures.
  public enum Role: String, Sendable, Hashable {
    case key
    case metric
  }

  /// The name: an alias, the metric's name, or a slug of the expression.
  public var name: String
  /// What people call it.
  public var label: String
  /// The kind of its values.
  public var type: ResultType
  /// A display unit such as `days`, where there is one.
  public var unit: String?
  /// A spreadsheet pattern, where the report or the model gives one.
  public var format: String?
  /// How it may be added up; nil for keys.
  public var additivity: Additivity?
  /// Whether it groups or measures.
  public var role: Role
  /// The calendar that names periods; nil for the default one, and where values are none.
  public var calendar: ReportCalendar?
  /// Whether its values may be approximate, because the text allows it.
  public var isApproximate: Bool

  /// Makes a column description.
  public init(
    name: String,
    label: String,
    type: ResultType,
    unit: String? = nil,
    format: String? = nil,
    additivity: Additivity? = nil,
    role: Role,
    isApproximate: Bool = false
  ) {
    self.name = name
    self.label = label
    self.type = type
    self.unit = unit
    self.format = format
    self.additivity = additivity
    self.role = role
    self.isApproximate = isApproximate
  }
}

/// What a result stands for: period, zone, currency, snapshot, and what was said on the way.
public struct ResultHeader: Sendable, Equatable {
  /// A range of days, both included, in days since 1970.
  public struct Period: Sendable, Hashable {
    /// The first day.
    public var from: Int32
    /// The last day.
    public var to: Int32
    /// Whether every day of it is over.
    public var isComplete: Bool

    /// Makes a period.
    public init(from: Int32, to: Int32, isComplete: Bool) {
      self.from = from
      self.to = to
      self.isComplete = isComplete
    }
  }

  /// A period that a report is compared to.
  public struct Baseline: Sendable, Hashable {
    /// The name that its columns carry, such as `previous`.
    public var name: String
    /// Its days.
    public var period: Period
    /// The days at its end that were left out, so that it is as long as the report's own.
    public var cutDayCount: Int

    /// Makes a baseline.
    public init(name: String, period: Period, cutDayCount: Int) {
      self.name = name
      self.period = period
      self.cutDayCount = cutDayCount
    }
  }

  /// The resolved period; nil when there are no rows that could bound `all time`.
  public var period: Period?
  /// The periods that the report is compared to, in the order of the text.
  public var baselines: [Baseline] = []
  /// The report's time zone, an IANA name.
  public var timezone: String
  /// The report's currency; nil for a catalogue listing.
  public var currency: String?
  /// The day that counts as today, in days since 1970.
  public var asOf: Int32
  /// The version of the snapshot that answered.
  public var snapshot: UInt64
  /// Groups that exist and groups that are shown.
  public var groupCount: Int
  /// Groups hidden by HAVING or LIMIT.
  public var hiddenGroupCount: Int
  /// Warnings and notes, rendered as diagnostics elsewhere.
  public var diagnostics: [Diagnostic]

  /// Makes a header.
  public init(
    period: Period?,
    timezone: String,
    currency: String?,
    asOf: Int32,
    snapshot: UInt64,
    groupCount: Int = 0,
    hiddenGroupCount: Int = 0,
    diagnostics: [Diagnostic] = []
  ) {
    self.period = period
    self.timezone = timezone
    self.currency = currency
    self.asOf = asOf
    self.snapshot = snapshot
    self.groupCount = groupCount
    self.hiddenGroupCount = hiddenGroupCount
    self.diagnostics = diagnostics
  }
}

/// A chart: its kind and the columns that it draws.
public struct ChartDescription: Sendable, Hashable {
  /// `line`, `area`, `stacked_area`, `bar`, `stacked_bar`, `pie`, `heatmap`, `single_value`, ….
  public var kind: String
  /// The column along the axis.
  public var x: String?
  /// The key columns that make the series.
  public var series: [String]
  /// The metric columns that are drawn.
  public var y: [String]

  /// Makes a description.
  public init(kind: String, x: String?, series: [String], y: [String]) {
    self.kind = kind
    self.x = x
    self.series = series
    self.y = y
  }
}
