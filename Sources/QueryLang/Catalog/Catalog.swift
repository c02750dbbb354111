public import ColumnStore

/// The semantic model: which metrics and dimensions exist, which facts they come from, and the
/// defaults of reports.
///
/// Names are unique across metrics, dimensions, periods, segments and parameters, whatever their
/// case.
public struct Catalog: Sendable {
  /// The model's name.
  public var name: String
  /// What a report without a clause of its own means.
  public var defaults: CatalogDefaults
  /// The calendar of weeks and fiscal years that reports use.
  public var calendar: ReportCalendar
  /// The calendars that the model defines.
  public var calendars: [NamedCalendar]
  /// What rows can be grouped and filtered by.
  public var dimensions: [Dimension]
  /// The tables of events and daily figures that metrics are computed from.
  public var facts: [Fact]
  /// What can be measured.
  public var metrics: [Metric]
  /// Named ranges of days.
  public var periods: [NamedPeriod]
  /// Members of entities grouped by their first event.
  public var cohorts: [Cohort]
  /// What metrics should come to.
  public var targets: [MetricTarget]
  /// What roles can let their users see.
  public var policies: [PolicyTemplate]
  /// Conditions on members of dimensions, with names.
  public var segments: [NamedSegment]
  /// Values that come from outside.
  public var parameters: [NamedParameter]
  /// How large a result may be.
  public var limits: CatalogLimits
  /// The tables that the model knows, by name.
  public var tables: [String: TableSchema]
  /// Warnings about the model file that was read last, sorted by place.
  public var warnings: [Diagnostic]
  /// Columns whose texts order a dimension's values, and other tables by the model's own names.
  var tableSources: [String: String]

  /// A model without names.
  static let empty = Catalog(
    name: "",
    defaults: CatalogDefaults(),
    calendar: ReportCalendar(),
    calendars: [],
    dimensions: [],
    facts: [],
    metrics: [],
    periods: [],
    cohorts: [],
    targets: [],
    policies: [],
    segments: [],
    parameters: [],
    limits: CatalogLimits(),
    tables: [:],
    warnings: [],
    tableSources: [:]
  )

  /// Returns the dimension of a name; case does not matter.
  public func dimension(_ name: String) -> Dimension? {
    let folded = CatalogName.folded(name)
    return dimensions.first { CatalogName.folded($0.name) == folded }
  }

  /// Returns the metric of a name; case does not matter.
  public func metric(_ name: String) -> Metric? {
    let folded = CatalogName.folded(name)
    return metrics.first { CatalogName.folded($0.name) == folded }
  }

  /// Returns the fact of a name; case does not matter.
  public func fact(_ name: String) -> Fact? {
    let folded = CatalogName.folded(name)
    return facts.first { CatalogName.folded($0.name) == folded }
  }

  /// Returns the named period of a name; case does not matter.
  public func period(_ name: String) -> NamedPeriod? {
    let folded = CatalogName.folded(name)
    return periods.first { CatalogName.folded($0.name) == folded }
  }
}

extension Catalog {
  /// Returns the segment of a name; case does not matter.
  public func segment(_ name: String) -> NamedSegment? {
    let folded = CatalogName.folded(name)
    return segments.first { CatalogName.folded($0.name) == folded }
  }

  /// Returns the parameter of a name; case does not matter.
  public func parameter(_ name: String) -> NamedParameter? {
    let folded = CatalogName.folded(name)
    return parameters.first { CatalogName.folded($0.name) == folded }
  }

  /// Returns the cohort of a name; case does not matter.
  public func cohort(_ name: String) -> Cohort? {
    let folded = CatalogName.folded(name)
    return cohorts.first { CatalogName.folded($0.name) == folded }
  }
}

/// What a report means where it does not say.
public struct CatalogDefaults: Sendable, Hashable {
  /// The time zone of reports, an IANA name.
  public var timezone = "UTC"
  /// The currency of amounts, ISO 4217.
  public var currency = "INR"
  /// The range of a report without a date clause, in the words of the language.
  public var period = "all time"
  /// The name of the calendar of reports.
  public var calendar = "standard"
  /// The first day of a week where the calendar does not say: 1 (Monday) to 7 (Sunday).
  public var weekStart: UInt8 = 1
}

/// A calendar with a name.
public struct NamedCalendar: Sendable, Hashable {
  /// The name.
  public var name: String
  /// Its weeks and fiscal years.
  public var calendar: ReportCalendar
  /// Whether it says itself where weeks begin.
  var hasWeekStart: Bool
  /// Where the model file defines it.
  var origin: CatalogOrigin
}

/// How large a result may be.
public struct CatalogLimits: Sendable, Hashable {
  /// Rows of one result.
  public var maximumRows = 100_000
  /// Cells that FILL may create.
  public var maximumCells = 2_000_000
  /// Columns that PIVOT may make.
  public var maximumPivotColumns = 400
}

/// A range of days with a name.
public struct NamedPeriod: Sendable, Hashable {
  /// The name.
  public var name: String
  /// What people call it.
  public var label: String
  /// The first day, in days since 1970.
  public var from: Int32
  /// The last day, in days since 1970.
  public var to: Int32
  /// The range in the words of the language, where it has no days of its own.
  public var definition: String?
  /// Where the model file defines it.
  var origin: CatalogOrigin
}

/// A condition on members of a dimension, with a name.
public struct NamedSegment: Sendable, Hashable {
  /// The name.
  public var name: String
  /// What people call it.
  public var label: String
  /// What it means, in a sentence.
  public var description: String?
  /// The dimension whose members it picks.
  public var dimension: String
  /// The condition, over the dimension and its attributes.
  public var condition: CatalogExpression
  /// Where the model file defines it.
  var origin: CatalogOrigin
}

/// A value that comes from outside, with a name and a type.
public struct NamedParameter: Sendable, Hashable {
  /// The name, without `$`.
  public var name: String
  /// What people call it.
  public var label: String
  /// What it means, in a sentence.
  public var description: String?
  /// Its type, the admitted values and the default, as DEFINE PARAM takes them.
  public var definition: CatalogExpression
  /// Where the model file defines it.
  var origin: CatalogOrigin
}

/// Where a definition stands: in which of the model's texts, and where in it.
struct CatalogOrigin: Sendable, Hashable {
  /// The name of the file.
  var file: String
  /// The place in the file.
  var span: SourceSpan
}

/// Rules of names that the model and the scripts share.
enum CatalogName {
  /// The form in which names are compared.
  static func folded(_ name: String) -> String {
    String(
      decoding: name.utf8.map {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0
      },
      as: UTF8.self
    )
  }
}
