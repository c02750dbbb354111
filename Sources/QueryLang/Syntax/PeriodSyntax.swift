/// `DURING period`, or `SINCE date UNTIL date`.
struct DateClauseSyntax: Sendable, Hashable {
  enum Range: Sendable, Hashable {
    case during(PeriodSyntax)
    case since(ExpressionSyntax, until: ExpressionSyntax?)
  }
  let keyword: SourceSpan
  let range: Range
  let span: SourceSpan
}

/// A range of days as written.
struct PeriodSyntax: Sendable, Hashable {
  enum Form: Sendable, Hashable {
    /// Written `THIS month`.
    case this(GrainSyntax)
    /// Written `LAST month`.
    case last(GrainSyntax)
    /// Written `LAST 3 months`.
    case lastUnits(DurationSyntax)
    /// Written `month TO DATE`.
    case toDate(GrainSyntax)
    /// Written `2026-Q1`, or `2026-01 TO 2026-03`.
    case atoms(DateAtomSyntax, through: DateAtomSyntax?)
    /// Written `ALL TIME`.
    case allTime
    /// A period that has a name.
    case named(NameSyntax)
  }
  let form: Form
  /// Whether `INCLUDING CURRENT` is there.
  let includesCurrent: Bool
  let span: SourceSpan
}

/// One end of a range of days.
struct DateAtomSyntax: Sendable, Hashable {
  enum Value: Sendable, Hashable {
    case date(DateLiteral)
    case parameter(ParameterSyntax)
    case today
    case yesterday
  }
  let value: Value
  let span: SourceSpan
}

/// A calendar grain as a word.
struct GrainSyntax: Sendable, Hashable {
  let grain: GrainWord
  let span: SourceSpan
}

/// The words for grains, spelled as in the grammar.
enum GrainWord: String, Sendable, Hashable, CaseIterable {
  case hour, day, week, month, quarter, year
  case fiscalWeek = "fiscal_week"
  case fiscalMonth = "fiscal_month"
  case fiscalQuarter = "fiscal_quarter"
  case fiscalYear = "fiscal_year"
}

/// A unit of a duration as a word, in the singular or the plural.
struct UnitSyntax: Sendable, Hashable {
  let unit: UnitWord
  let span: SourceSpan
}

/// The words for units, in the singular.
enum UnitWord: String, Sendable, Hashable, CaseIterable {
  case hour, day, week, month, quarter, year
}

/// `7 days`, where a parameter may stand for the number.
struct DurationSyntax: Sendable, Hashable {
  let count: CountSyntax
  let unit: UnitSyntax
  let span: SourceSpan
}

/// How far `PREVIOUS` goes back.
struct StepSyntax: Sendable, Hashable {
  enum Length: Sendable, Hashable {
    /// The kind and length of the report's own range.
    case period
    case grain(GrainSyntax)
    case units(DurationSyntax)
  }
  let length: Length
  let span: SourceSpan
}
