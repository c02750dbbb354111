public import QueryLang

/// Results as aligned text for a terminal: Indian digit grouping, bars or sparklines, blanks as `–`
/// with their reasons below, and what the numbers stand for in the last line.
public enum TableExport {
  /// Returns a result as text that ends with a line end.
  ///
  /// - Throws: `ExportError.tooManyRows`; a result is never cut.
  public static func text(
    _ result: ReportResult,
    style: TableStyle = TableStyle()
  ) throws(ExportError) -> String {
    try ExportLimits.check(rowCount: result.rows.count)
    let table = result.pivoted(.short)
    let layout = TableLayout(table, style: style)
    var lines = layout.lines()
    let sparklines = SparklineBlock(result, width: style.width).lines()
    if !sparklines.isEmpty { lines += [""] + sparklines }
    let notes = layout.reasonLines() + [summary(of: table)]
    lines += [""] + notes.map { style.quiet($0) }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Returns the line that says what the numbers stand for.
  static func summary(of result: ReportResult) -> String {
    let header = result.header
    var parts: [String] = []
    if let period = header.period {
      let range = "\(CalendarText.day(Int64(period.from))) to \(CalendarText.day(Int64(period.to)))"
      parts.append(period.isComplete ? range : range + " (not over yet)")
    }
    parts.append(header.timezone)
    if let currency = header.currency { parts.append(currency) }
    parts.append("as of \(CalendarText.day(Int64(header.asOf)))")
    parts.append("snapshot \(header.snapshot)")
    let grouping = Grouping(currency: header.currency)
    let rows = grouping.applied(to: String(result.rows.count))
    parts.append(result.rows.count == 1 ? "1 row" : "\(rows) rows")
    if header.hiddenGroupCount > 0 {
      let hidden = grouping.applied(to: String(header.hiddenGroupCount))
      parts.append(header.hiddenGroupCount == 1 ? "1 group hidden" : "\(hidden) groups hidden")
    }
    return parts.joined(separator: " · ")
  }
}

extension ResultCell {
  /// The value as a double for drawing, or nil for texts and blanks.
  var drawnValue: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .decimal(let value): Double(value) / 10_000
    case .double(let value): value
    case .text, .blank: nil
    }
  }
}
