internal import ColumnStore

/// The days whose rows an aggregate looks at, seen from the days of its group.
///
/// The days of the group, or of the bucket of a comparison in its place, are moved back by periods of
/// the report, by months, by months of a retail calendar and by days, in this order.
struct PeriodContext: Sendable, Hashable {
  /// The comparison whose days take the place of the report's; nil for the report's own.
  var baseline: Int?
  /// Steps back by the kind and length of the report's range.
  var periods = 0
  /// Months back.
  var months = 0
  /// Months of a retail calendar back.
  var fiscalMonths = 0
  /// Days back.
  var days = 0

  /// The days of the group itself.
  static let current = PeriodContext()

  /// Returns the context that lies back by a distance more.
  func moved(back distance: PeriodDistance) -> PeriodContext {
    var moved = self
    moved.months += distance.months
    moved.fiscalMonths += distance.fiscalMonths
    moved.days += distance.days
    return moved
  }

  /// The months and days back, with the report's own step put in.
  func distance(_ step: PeriodStep?) -> PeriodDistance {
    PeriodDistance(
      months: months + periods * (step?.distance.months ?? 0),
      fiscalMonths: fiscalMonths + periods * (step?.distance.fiscalMonths ?? 0),
      days: days + periods * (step?.distance.days ?? 0)
    )
  }
}

/// A distance in the calendar, months first.
struct PeriodDistance: Sendable, Hashable {
  var months = 0
  /// Months of a retail calendar.
  var fiscalMonths = 0
  var days = 0
}

/// The range of a report as a step: how far back the range before it lies.
struct PeriodStep: Sendable, Hashable {
  /// The kind and length of the range.
  var distance: PeriodDistance
  /// The last day of the range when it is over.
  var wholeTo: Int32
}

/// A range of days that a report is compared to.
struct BoundBaseline: Sendable, Hashable {
  /// The word in the names of its columns.
  var name: String
  var days: BoundDays
  /// The days that were cut off, so that it is as long as what is over of the report's range.
  var cutDayCount: Int
  var span: SourceSpan
  /// Whether it lies back by months of a retail calendar.
  var stepsByFiscalMonths = false
  /// The tables whose rows count, where it is a comparison with targets; else none.
  var targets: [String] = []
  /// The target of each column of SELECT, nil for a column without one; nil for other comparisons.
  var targetValues: [MetricExpression?]?
}

/// The members of a key that are shown: the first by a metric, for each group of other keys.
struct BoundTop: Sendable, Hashable {
  /// The key, as a position in BY.
  var key: Int
  /// The keys in whose groups members are chosen, as positions in BY.
  var within: [Int]
  var count: Int
  var metric: MetricExpression
  /// Whether large values come first.
  var isDescending: Bool
  var withOthers: Bool
  var span: SourceSpan
}

/// The rows that sum groups up.
struct BoundTotals: Sendable, Hashable {
  /// The keys of each kind of row, as positions in BY; the last has none.
  var levels: [[Int]]
  /// Whether only groups that are shown count.
  var isShownOnly: Bool
}

/// Members of a key that a report chose, for each group of other keys.
struct ChosenMembers: Sendable, Hashable {
  /// The keys that groups are told apart by, then the key that is chosen from.
  var keys: [BoundKey]
  /// For each group the parts of its keys and of the chosen members.
  var groups: [Group]
  /// Where a statement finds them itself, instead of a list.
  var reference: Reference?

  /// What a statement chose.
  enum Reference: Sendable, Hashable {
    /// The members of a key that TOP shows, by the key's position in BY.
    case top(Int)
    /// The rows that are shown.
    case shown
  }

  struct Group: Sendable, Hashable {
    var within: [[Scalar]]
    var members: [[Scalar]]
  }
}
