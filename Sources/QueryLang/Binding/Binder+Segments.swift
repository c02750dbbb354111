/// Segments: named conditions on the attributes of a dimension.
extension Binder {
  /// A segment that the script defines.
  struct DefinedSegment {
    let name: String
    let dimension: String
    let condition: RowCondition
    /// The condition as written.
    let text: String
  }

  /// Defines a segment; its condition may read the dimension and what is an attribute of it.
  mutating func defineSegment(
    _ name: NameSyntax,
    of dimension: ExpressionSyntax,
    _ syntax: ExpressionSyntax
  ) -> Bool {
    let scope = RowScope(facts: [], place: .definition)
    guard let row = row(resolved(dimension), scope) else { return false }
    guard case .dimension(let owner) = row.kind else {
      error(2311, "a segment is of a dimension of the model", dimension.span)
      return false
    }
    guard let condition = segmentCondition(syntax, of: owner) else { return false }
    segments[CatalogName.folded(name.text)] = DefinedSegment(
      name: name.text,
      dimension: owner,
      condition: condition,
      text: source.slice(syntax.span)
    )
    return true
  }

  /// The condition of a segment; it may read the dimension and what is an attribute of it.
  mutating func segmentCondition(
    _ syntax: ExpressionSyntax,
    of owner: String
  ) -> RowCondition? {
    guard let condition = condition(syntax, RowScope(facts: [], place: .definition)) else {
      return nil
    }
    var reach = RowReach()
    reach.add(condition)
    let others = reach.dimensions.sorted().filter { !isAttribute($0, of: owner) }
    let readsRows = !reach.facts.isEmpty || reach.readsInstant || condition.readsReportDate
    guard others.isEmpty, !readsRows else {
      let what = others.first.map { "\($0) is no attribute of \(owner)" }
      error(
        2312,
        "a segment of \(owner) is about its attributes only",
        syntax.span,
        what ?? "columns and dates of rows are none"
      )
      return nil
    }
    return condition
  }

  /// The condition that a row's member is in a segment of its dimension.
  mutating func isInSegment(
    _ name: NameSyntax,
    _ node: MembershipSyntax,
    _ scope: RowScope
  ) -> RowCondition? {
    guard let segment = segment(named: name.text, at: name.span) else {
      // What is wrong with a segment of the model was said.
      guard catalog.segment(name.text) == nil, !isRefused(name.text) else { return nil }
      let names = knownSegments.map(\.name)
      let suggestion = Suggestion(for: name.text, among: names)
      report(
        .missing(
          2310,
          "there is no segment called \"\(name.text)\"",
          at: name.span,
          suggestion
        )
      )
      return nil
    }
    guard let subject = row(resolved(node.subject), scope) else { return nil }
    guard case .dimension(let dimension) = subject.kind, dimension == segment.dimension else {
      error(
        2311,
        "\"\(segment.name)\" is a segment of \(segment.dimension)",
        node.subject.span,
        "write \(segment.dimension) IN SEGMENT \(segment.name)"
      )
      return nil
    }
    guard expands(by: segment.condition.size, name.span) else { return nil }
    return node.isNegated ? .not(segment.condition) : segment.condition
  }

  /// Counts the parts that a name stands for, and refuses what grows too large.
  mutating func expands(by size: Int, _ span: SourceSpan) -> Bool {
    expandedSize += size
    guard expandedSize <= Binder.maximumExpansion else {
      error(
        5113,
        "segments and dimensions stand for more than \(Binder.maximumExpansion) parts here",
        span,
        "use fewer of them, or shorter ones"
      )
      return false
    }
    return true
  }

  /// Whether a dimension is another one, or is looked up in its row.
  func isAttribute(_ name: String, of owner: String) -> Bool {
    var current = name
    for _ in 0...Catalog.longestChain {
      guard current != owner else { return true }
      switch catalog.dimension(current)?.source {
      case .attribute(let parent, _), .cohort(let parent, _, _):
        current = catalog.dimension(parent)?.name ?? parent
      case .table, .column, .expression, nil: return false
      }
    }
    return false
  }

  // MARK: DROP

  /// Takes a definition of the script away; what it was used in stays as it is.
  mutating func drop(_ syntax: DropSyntax, _ bound: inout [BoundStatement]) {
    let (name, folded) = (syntax.name, CatalogName.folded(syntax.name.text))
    let kinds: [(kind: DropSyntax.Kind, word: String, isDefined: Bool)] = [
      (.metric, "METRIC", definedMetrics[folded] != nil),
      (.dimension, "DIMENSION", definedDimensions[folded] != nil),
      (.param, "PARAM", parameters[folded] != nil && catalog.parameter(name.text) == nil),
      (.period, "PERIOD", definedPeriods[folded] != nil),
      (.segment, "SEGMENT", segments[folded] != nil),
    ]
    guard let found = kinds.first(where: \.isDefined) else {
      if dropShared(syntax, &bound) { return }
      let isOfModel =
        knownMetric(name.text) != nil || knownDimension(name.text) != nil
        || catalog.period(name.text) != nil || catalog.segment(name.text) != nil
        || catalog.parameter(name.text) != nil
      let message =
        isOfModel
        ? "\"\(name.text)\" belongs to the model and cannot be dropped"
        : "the text defines nothing called \"\(name.text)\""
      error(isOfModel ? 2205 : 2204, message, name.span)
      return
    }
    guard found.kind == syntax.kind else {
      error(
        2206,
        "\"\(name.text)\" is defined as \(found.word)",
        syntax.span,
        "write DROP \(found.word) \(name.text)"
      )
      return
    }
    definedMetrics[folded] = nil
    definedDimensions[folded] = nil
    parameters[folded] = nil
    definedPeriods[folded] = nil
    segments[folded] = nil
  }
}

extension RowCondition {
  /// Whether the report date is read.
  fileprivate var readsReportDate: Bool {
    switch self {
    case .constant, .isUnknown, .chosen: false
    case .and(let parts), .or(let parts): parts.contains { $0.readsReportDate }
    case .not(let inner): inner.readsReportDate
    case .compare(let left, _, let right): left.readsReportDate || right.readsReportDate
    case .oneOf(let value, _), .isNull(let value), .text(let value, _), .isTrue(let value):
      value.readsReportDate
    }
  }
}

extension RowExpression {
  fileprivate var readsReportDate: Bool {
    switch kind {
    case .reportDate, .reportInstant: true
    case .dimension, .dimensionKey, .dimensionLabel, .column, .literal: false
    case .truncated(let inner, _), .day(let inner), .part(_, let inner), .double(let inner, _),
      .text(_, let inner):
      inner.readsReportDate
    case .arithmetic(_, let left, let right): left.readsReportDate || right.readsReportDate
    case .coalesce(let values), .math(_, let values), .joined(let values):
      values.contains { $0.readsReportDate }
    case .band(let bands): bands.label.readsReportDate
    case .conditional(let branches, let otherwise):
      otherwise.readsReportDate
        || branches.contains { $0.condition.readsReportDate || $0.value.readsReportDate }
    }
  }
}
