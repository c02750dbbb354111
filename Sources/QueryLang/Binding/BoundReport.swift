internal import ColumnStore

/// A report whose names, types and dates are settled; it needs no data.
struct BoundReport: Sendable, Hashable {
  var keys: [BoundKey]
  var columns: [BoundColumn]
  /// The rows that count.
  var condition: RowCondition?
  /// The groups that are shown.
  var having: MetricCondition?
  var order: [BoundOrder]
  var limit: Int?
  var offset: Int
  var range: BoundRange
  /// How far one step back goes and where the range ends when it is over; nil for all time.
  var step: PeriodStep?
  /// The ranges that the report is compared to.
  var baselines: [BoundBaseline] = []
  /// Which members of keys are shown.
  var tops: [BoundTop] = []
  /// The keys whose members are columns of the table, as positions in BY.
  var pivot: [Int] = []
  /// The sums below the rows; nil for none.
  var totals: BoundTotals?
  /// The rows that may make groups; nil for all.
  var restriction: RowCondition?
  /// How empty buckets are made up, one for each column; nil where nothing is filled.
  var fill: [FillMethod]?
  /// The facts in which a row makes a group, by name.
  var groupFacts: [String]
  /// The day that counts as today.
  var today: Int32
  /// The time zone that instants are cut in, where it is not the model's.
  var zone: BoundZone?
  /// The currency that the report asks for; nil when the data decides.
  var currency: String?
  /// Amounts in the text, whose currency must be the report's.
  var amounts: [BoundAmount]
  /// Texts that stand for members of dimensions with a table.
  var members: [BoundMember]
  var chart: ChartDescription?
  /// Warnings and notes about the text.
  var remarks: [Diagnostic]

  /// The position of the only date grain among the keys, or nil.
  var grainKey: Int? {
    let grains = keys.indices.filter { keys[$0].reportGrain != nil }
    return grains.count == 1 ? grains.first : nil
  }

  /// Every metric expression in it.
  var metrics: [MetricExpression] {
    var found = columns.map(\.metric)
    for entry in order {
      if case .metric(let metric) = entry.target {
        found.append(metric)
      }
    }
    return found + (having?.parts ?? [])
  }
}

extension BoundReport {
  /// A report over all time with nothing but keys and columns.
  static func empty(keys: [BoundKey], columns: [BoundColumn], today: Int32) -> BoundReport {
    BoundReport(
      keys: keys,
      columns: columns,
      condition: nil,
      having: nil,
      order: [],
      limit: nil,
      offset: 0,
      range: .allTime,
      step: nil,
      fill: nil,
      groupFacts: [],
      today: today,
      currency: nil,
      amounts: [],
      members: [],
      chart: nil,
      remarks: []
    )
  }
}

/// A key of BY.
struct BoundKey: Sendable, Hashable {
  enum Source: Sendable, Hashable {
    case dimension(String)
    case expression(RowExpression)
  }
  var name: String
  var label: String
  var type: ResultType
  var source: Source
  var span: SourceSpan

  /// Whether its members are bands of a value.
  var isBand: Bool {
    if case .expression(let expression) = source, case .band = expression.kind { return true }
    return false
  }

  /// The grain, when the key cuts the report date.
  var reportGrain: ReportGrain? {
    guard case .expression(let expression) = source,
      case .truncated(let inner, let grain) = expression.kind, case .reportDate = inner.kind
    else { return nil }
    return grain
  }
}

/// A column of SELECT.
struct BoundColumn: Sendable, Hashable {
  var name: String
  var label: String
  var format: String?
  var metric: MetricExpression
  var span: SourceSpan
}

/// A step of an order.
struct BoundOrder: Sendable, Hashable {
  enum Target: Sendable, Hashable {
    case key(Int)
    case metric(MetricExpression)
  }
  var target: Target
  var isDescending: Bool
  var putsBlanksFirst: Bool
}

/// The days of a report.
enum BoundRange: Sendable, Hashable {
  /// From the first to the last day with rows.
  case allTime
  /// Both days included; empty when the last is before the first.
  case days(from: Int32, to: Int32)
}

/// How the cells of a bucket without rows come about.
enum FillMethod: Sendable, Hashable {
  /// The bucket stays away.
  case none
  /// The metric's own value without rows.
  case natural
  case zero
  case null
  case previous
  case linear
}

/// An amount in the text.
struct BoundAmount: Sendable, Hashable {
  var currency: String
  var span: SourceSpan
}

/// A text that stands for a member of a dimension.
struct BoundMember: Sendable, Hashable {
  var dimension: String
  var text: String
  var span: SourceSpan
  /// Whether the text stands in the report, rather than being a parameter's value.
  var isWritten = true

  /// The warning that there is no such member, with those that come close.
  func warning(_ dimension: Dimension, among values: [String]) -> Diagnostic {
    let suggestion = Suggestion(for: text, among: values)
    let quoted = suggestion.names.map { "'\($0)'" }
    var diagnostic = Diagnostic(
      DiagnosticID(.warning, 4402),
      "no \(dimension.name) is called \"\(text)\"",
      at: span,
      label: quoted.isEmpty
        ? nil : "did you mean \(quoted.joined(separator: " or "))? text is compared exactly"
    )
    if let winner = suggestion.clearWinner, !winner.contains("'"), isWritten {
      diagnostic = diagnostic.fixing(
        Fix("write '\(winner)'", edits: [TextEdit(span, "'\(winner)'")], display: .inLabel)
      )
    }
    return diagnostic
  }
}
