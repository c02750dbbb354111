/// A few words that an editor shows inside the text.
public struct InlayHint: Sendable, Hashable {
  /// The offset that the words stand behind.
  public var offset: Int
  /// The words, such as `1–28 Feb 2026`.
  public var text: String
  /// What they are about.
  public var about: SourceSpan
}

extension EditedScript {
  /// Returns the days of ranges and of what reports are compared with, in the order of the text.
  ///
  /// A range of two written days has no hint, since it says its days itself.
  public func hints() -> [InlayHint] {
    var hints: [InlayHint] = []
    visit { statement, binder in
      if let report = statement.report {
        add(hintsOf: report, binder, to: &hints)
      }
      if case .define(let define) = statement {
        add(hintOf: define.definition, binder, to: &hints)
      }
    }
    return hints.sorted { $0.offset < $1.offset }
  }

  private func add(hintsOf report: ReportSyntax, _ outer: Binder, to hints: inout [InlayHint]) {
    guard report.dates != nil || report.comparison != nil else { return }
    let scope = ReportScope(whole: report, outer)
    if let dates = report.dates, !dates.saysItsDays {
      hints.append(hint(dates.span, DayRangeText.text(scope.range)))
    }
    guard report.comparison != nil else { return }
    var binder = scope.binder
    var bound = BoundReport.empty(keys: [], columns: [], today: binder.today)
    bound.range = scope.range
    bound.step = scope.step
    for baseline in binder.baselines(report, bound) {
      var text = DayRangeText.text(from: baseline.days.from, to: baseline.days.to)
      if baseline.cutDayCount > 0 {
        text += ", cut by \(baseline.cutDayCount) \(baseline.cutDayCount == 1 ? "day" : "days")"
      }
      hints.append(hint(baseline.span, text))
    }
  }

  private func add(
    hintOf definition: DefinitionSyntax,
    _ outer: Binder,
    to hints: inout [InlayHint]
  ) {
    let written: PeriodSyntax? =
      switch definition {
      case .period(_, let period): period
      case .periodParameter(_, let period): period
      case .metric, .dimension, .parameter, .segment: nil
      }
    guard let written, !written.saysItsDays else { return }
    var binder = outer
    if let range = binder.range(written) {
      hints.append(hint(written.span, DayRangeText.text(range)))
    }
  }

  private func hint(_ span: SourceSpan, _ text: String) -> InlayHint {
    InlayHint(offset: span.end, text: text, about: span)
  }
}

extension DateClauseSyntax {
  /// Whether the days stand in the text already.
  fileprivate var saysItsDays: Bool {
    switch range {
    case .during(let period): period.saysItsDays
    case .since(let first, let last): first.isDay && (last?.isDay ?? false)
    }
  }
}

extension PeriodSyntax {
  fileprivate var saysItsDays: Bool {
    switch form {
    case .allTime: true
    case .atoms(let first, let last): first.isDay && (last?.isDay ?? true)
    case .this, .last, .lastUnits, .toDate, .named: false
    }
  }
}

extension DateAtomSyntax {
  fileprivate var isDay: Bool {
    if case .date(.day) = value { return true }
    return false
  }
}

extension ExpressionSyntax {
  fileprivate var isDay: Bool {
    guard case .literal(let literal) = kind, case .date(.day) = literal.value else { return false }
    return true
  }
}
