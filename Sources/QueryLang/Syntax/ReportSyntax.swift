/// A report as written: every clause at most once, whatever their order in the text.
///
/// Spans of clauses begin at their first keyword. Parentheses leave no node, but spans include
/// them.
struct ReportSyntax: Sendable, Hashable {
  let select: SelectClauseSyntax
  var by: ByClauseSyntax?
  var filter: WhereClauseSyntax?
  var dates: DateClauseSyntax?
  var comparison: CompareClauseSyntax?
  var cohort: CohortClauseSyntax?
  /// `TOP` and `BOTTOM` clauses in the order of the text; there may be one for each dimension.
  var tops: [TopClauseSyntax] = []
  var having: HavingClauseSyntax?
  var fill: FillClauseSyntax?
  var totals: TotalsClauseSyntax?
  var pivot: PivotClauseSyntax?
  var order: OrderClauseSyntax?
  var limit: LimitClauseSyntax?
  var currency: CurrencyClauseSyntax?
  var timeZone: TimeZoneClauseSyntax?
  var asOf: AsOfClauseSyntax?
  var output: OutputClauseSyntax?
  var span: SourceSpan
}

/// Written `SELECT item, …`.
struct SelectClauseSyntax: Sendable, Hashable {
  let keyword: SourceSpan
  let items: [SelectItemSyntax]
  let span: SourceSpan
}

/// Written `expression AS alias FORMAT 'pattern'`.
struct SelectItemSyntax: Sendable, Hashable {
  let expression: ExpressionSyntax
  let alias: NameSyntax?
  let format: TextSyntax?
  let span: SourceSpan
}

/// Written `BY item, …`.
struct ByClauseSyntax: Sendable, Hashable {
  let keyword: SourceSpan
  let items: [ByItemSyntax]
  let span: SourceSpan
}

/// `dimension AS alias`; the dimension is a name, a call, a `CASE` or a parameter.
struct ByItemSyntax: Sendable, Hashable {
  let dimension: ExpressionSyntax
  let alias: NameSyntax?
  let span: SourceSpan
}

/// Written `WHERE condition`.
struct WhereClauseSyntax: Sendable, Hashable {
  let keyword: SourceSpan
  let condition: ExpressionSyntax
  let span: SourceSpan
}

/// Written `HAVING condition`.
struct HavingClauseSyntax: Sendable, Hashable {
  let keyword: SourceSpan
  let condition: ExpressionSyntax
  let span: SourceSpan
}

/// Written `COMPARE TO comparison, …`.
struct CompareClauseSyntax: Sendable, Hashable {
  let keyword: SourceSpan
  let comparisons: [ComparisonBaselineSyntax]
  let span: SourceSpan
}

/// Written `baseline MATCH WEEKDAY FULL AS alias`.
struct ComparisonBaselineSyntax: Sendable, Hashable {
  enum Baseline: Sendable, Hashable {
    case previous(StepSyntax)
    case target
    case period(PeriodSyntax)
  }
  let baseline: Baseline
  let matchesWeekday: Bool
  let isFull: Bool
  let alias: NameSyntax?
  let span: SourceSpan
}

/// Written `COHORT name BY grain FOR count unit`.
struct CohortClauseSyntax: Sendable, Hashable {
  let keyword: SourceSpan
  let name: NameSyntax
  let grain: GrainSyntax
  let length: DurationSyntax?
  let span: SourceSpan
}

/// Written `TOP count dimension WITHIN dimensions BY metric WITH OTHERS`.
struct TopClauseSyntax: Sendable, Hashable {
  enum Direction: Sendable, Hashable { case top, bottom }
  let keyword: SourceSpan
  let direction: Direction
  let count: CountSyntax
  let dimension: ExpressionSyntax?
  let within: [ExpressionSyntax]
  let metric: ExpressionSyntax
  let withOthers: Bool
  let span: SourceSpan
}

/// Written `FILL item, …`.
struct FillClauseSyntax: Sendable, Hashable {
  let keyword: SourceSpan
  let items: [FillItemSyntax]
  let span: SourceSpan
}

/// Written `method FOR (column, …)`.
struct FillItemSyntax: Sendable, Hashable {
  enum Method: Sendable, Hashable { case none, zero, null, previous, linear }
  let method: Method
  /// The columns it is limited to; empty for all.
  let columns: [NameSyntax]
  let span: SourceSpan
}

/// Written `TOTALS SHOWN ALL` or `TOTALS BY keys, …`.
struct TotalsClauseSyntax: Sendable, Hashable {
  enum Levels: Sendable, Hashable {
    case grand
    case all
    case keys([[ExpressionSyntax]])
  }
  let keyword: SourceSpan
  let isShownOnly: Bool
  let levels: Levels
  let span: SourceSpan
}

/// Written `PIVOT dimension, …`.
struct PivotClauseSyntax: Sendable, Hashable {
  let keyword: SourceSpan
  let dimensions: [ExpressionSyntax]
  let span: SourceSpan
}

/// Written `ORDER BY item, …`.
struct OrderClauseSyntax: Sendable, Hashable {
  let keyword: SourceSpan
  let items: [OrderItemSyntax]
  let span: SourceSpan
}

/// Written `expression DESC NULLS FIRST`.
struct OrderItemSyntax: Sendable, Hashable {
  enum Direction: Sendable, Hashable { case ascending, descending }
  enum Blanks: Sendable, Hashable { case first, last }
  let expression: ExpressionSyntax
  /// As written; nil without `ASC` and `DESC`.
  let direction: Direction?
  /// As written; nil without `NULLS`.
  let blanks: Blanks?
  let span: SourceSpan
}

/// Written `LIMIT count OFFSET count`.
struct LimitClauseSyntax: Sendable, Hashable {
  let keyword: SourceSpan
  let count: CountSyntax
  let offset: CountSyntax?
  let span: SourceSpan
}

/// Written `CURRENCY INR` or `CURRENCY $parameter`.
struct CurrencyClauseSyntax: Sendable, Hashable {
  enum Currency: Sendable, Hashable {
    case code(NameSyntax)
    case parameter(ParameterSyntax)
  }
  let keyword: SourceSpan
  let currency: Currency
  let span: SourceSpan
}

/// Written `TIMEZONE 'Asia/Kolkata'` or `TIMEZONE $parameter`.
struct TimeZoneClauseSyntax: Sendable, Hashable {
  enum Zone: Sendable, Hashable {
    case name(TextSyntax)
    case parameter(ParameterSyntax)
  }
  let keyword: SourceSpan
  let zone: Zone
  let span: SourceSpan
}

/// Written `AS OF date`.
struct AsOfClauseSyntax: Sendable, Hashable {
  let keyword: SourceSpan
  let date: ExpressionSyntax
  let span: SourceSpan
}

/// Written `AS TABLE` or `AS CHART kind (argument, …)`.
struct OutputClauseSyntax: Sendable, Hashable {
  enum Form: Sendable, Hashable {
    case table
    case chart(kind: NameSyntax, arguments: [ChartArgumentSyntax])
  }
  let keyword: SourceSpan
  let form: Form
  let span: SourceSpan
}

/// Written `name = column` or `name = literal`.
struct ChartArgumentSyntax: Sendable, Hashable {
  let name: NameSyntax
  /// A name or a literal.
  let value: ExpressionSyntax
  let span: SourceSpan
}
