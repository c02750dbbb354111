internal import ColumnStore

/// TIMEZONE.
extension Binder {
  /// Settles which day counts as today, and returns the time zone of the report; nil where it is the
  /// model's, or unknown.
  mutating func settleToday(_ syntax: ReportSyntax) -> BoundZone? {
    let zone = zone(syntax.timeZone)
    if let asOf = syntax.asOf, let days = dateValue(asOf.date) {
      today = days.to
    }
    return zone
  }

  /// The time zone of a report; nil where it is the model's, or unknown.
  private mutating func zone(_ clause: TimeZoneClauseSyntax?) -> BoundZone? {
    guard let clause else { return nil }
    let name: String
    let span: SourceSpan
    switch clause.zone {
    case .name(let text): (name, span) = (text.value, text.span)
    case .parameter(let parameter):
      guard let given = zoneName(parameter) else { return nil }
      (name, span) = (given, parameter.span)
    }
    guard name != catalog.defaults.timezone else { return nil }
    guard let offsets = zones.offsets(name) else {
      reportUnknownZone(name, span)
      return nil
    }
    if let now { today = offsets.day(of: now) }
    return BoundZone(name: name, offsets: offsets)
  }

  private mutating func reportUnknownZone(_ name: String, _ span: SourceSpan) {
    let names = zones.names()
    // A city alone is how people call a zone.
    let city = CatalogName.folded(name.split(separator: " ").joined(separator: "_"))
    let meant = names.first { CatalogName.folded($0).hasSuffix("/\(city)") }
    report(
      .missing(
        4904,
        "there is no time zone called \"\(name)\"",
        at: span,
        Suggestion(for: meant ?? name, among: names),
        writing: isParameter(span) ? nil : { "'\($0)'" }
      )
    )
  }

  /// Says which rows keep the days that they were stored with.
  mutating func noteStoredDays(_ bound: BoundReport, _ clause: TimeZoneClauseSyntax?) {
    guard let zone = bound.zone, let clause else { return }
    var names = bound.groupFacts
    for aggregate in bound.metrics.flatMap(\.aggregates) where !names.contains(aggregate.fact) {
      names.append(aggregate.fact)
    }
    var notes: [String] = []
    for fact in names.compactMap({ catalog.fact($0) }) {
      guard let instant = fact.instantColumn else {
        notes.append("note: \(fact.name) has days without a time, and keeps them")
        continue
      }
      guard catalog.tables[fact.table]?.field(instant)?.isNullable ?? true else { continue }
      notes.append("note: rows of \(fact.name) without a time keep their day")
    }
    guard !notes.isEmpty else { return }
    var diagnostic = Diagnostic(
      DiagnosticID(.note, 4903),
      "days are cut in \(zone.name) where a row has a time",
      at: clause.span
    )
    diagnostic.notes = notes
    report(diagnostic)
  }
}
