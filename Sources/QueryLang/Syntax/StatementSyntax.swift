/// A whole text: its statements in order, without those that could not be read at all.
struct ScriptSyntax: Sendable, Hashable {
  let statements: [StatementSyntax]
  let span: SourceSpan
}

/// One statement of a text.
enum StatementSyntax: Sendable, Hashable {
  case report(ReportSyntax)
  case define(DefineSyntax)
  case explain(ExplainSyntax)
  case show(ShowSyntax)
  case describe(DescribeSyntax)
  case drop(DropSyntax)

  var span: SourceSpan {
    switch self {
    case .report(let statement): statement.span
    case .define(let statement): statement.span
    case .explain(let statement): statement.span
    case .show(let statement): statement.span
    case .describe(let statement): statement.span
    case .drop(let statement): statement.span
    }
  }
}

/// Written `DEFINE SHARED OR REPLACE definition`.
struct DefineSyntax: Sendable, Hashable {
  let keyword: SourceSpan
  let isShared: Bool
  let replaces: Bool
  let definition: DefinitionSyntax
  let span: SourceSpan
}

/// What a `DEFINE` names.
enum DefinitionSyntax: Sendable, Hashable {
  case metric(NameSyntax, ExpressionSyntax, [DefinitionDetailSyntax])
  case dimension(NameSyntax, ExpressionSyntax, [DefinitionDetailSyntax])
  case parameter(NameSyntax, ParameterDefinitionSyntax)
  case periodParameter(NameSyntax, defaultPeriod: PeriodSyntax?)
  case period(NameSyntax, PeriodSyntax)
  case segment(NameSyntax, of: ExpressionSyntax, ExpressionSyntax)

  var name: NameSyntax {
    switch self {
    case .metric(let name, _, _), .dimension(let name, _, _), .parameter(let name, _),
      .periodParameter(let name, _), .period(let name, _), .segment(let name, _, _):
      name
    }
  }
}

/// `LABEL 'text'` and the like, after the expression of a metric or dimension.
struct DefinitionDetailSyntax: Sendable, Hashable {
  enum Kind: Sendable, Hashable {
    case type(TypeSyntax)
    case label(TextSyntax)
    case description(TextSyntax)
    case format(TextSyntax)
    /// What the metric is where there are no rows.
    case empty(EmptyValue)
    case aka([TextSyntax])
  }
  enum EmptyValue: Sendable, Hashable { case zero, null }
  let kind: Kind
  let span: SourceSpan
}

/// A type name, with `[]` for a list.
struct TypeSyntax: Sendable, Hashable {
  enum Word: String, Sendable, Hashable, CaseIterable {
    case money, count, number, percent, date, timestamp, string, bool, metric, dimension
  }
  let word: Word
  let isList: Bool
  let span: SourceSpan
}

/// The type, the allowed values and the default of a parameter.
struct ParameterDefinitionSyntax: Sendable, Hashable {
  enum Allowed: Sendable, Hashable {
    case literals([LiteralSyntax])
    case values(of: ExpressionSyntax)
  }
  enum Default: Sendable, Hashable {
    case literal(LiteralSyntax)
    case literals([LiteralSyntax])
    case name(NameReferenceSyntax)
    case any
  }
  let type: TypeSyntax
  let allowed: Allowed?
  let defaultValue: Default?
}

/// Written `EXPLAIN PLAN report`, `EXPLAIN LINEAGE METRIC name`.
struct ExplainSyntax: Sendable, Hashable {
  enum Aspect: Sendable, Hashable { case plan, sql, lineage, types }
  enum Subject: Sendable, Hashable {
    case report(ReportSyntax)
    case metric(NameSyntax)
  }
  let keyword: SourceSpan
  /// As written; nil for a bare `EXPLAIN`.
  let aspect: Aspect?
  let subject: Subject
  let span: SourceSpan
}

/// Written `SHOW METRICS FOR name LIKE 'pattern'`, `SHOW VALUES OF dimension`.
struct ShowSyntax: Sendable, Hashable {
  enum Subject: Sendable, Hashable {
    case metrics, dimensions, params, tables, periods, segments, cohorts
    case values(of: ExpressionSyntax)
  }
  let keyword: SourceSpan
  let subject: Subject
  let subjectSpan: SourceSpan
  /// The names after `FOR`.
  let names: [NameSyntax]
  let pattern: TextSyntax?
  let limit: CountSyntax?
  let span: SourceSpan
}

/// Written `DESCRIBE name`.
struct DescribeSyntax: Sendable, Hashable {
  let keyword: SourceSpan
  let name: NameReferenceSyntax
  let span: SourceSpan
}

/// Written `DROP METRIC name`.
struct DropSyntax: Sendable, Hashable {
  enum Kind: Sendable, Hashable { case metric, dimension, param, period, segment }
  let keyword: SourceSpan
  let kind: Kind
  let name: NameSyntax
  let span: SourceSpan
}
