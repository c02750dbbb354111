internal import QueryLang

/// The grid of a table: texts of all cells, widths of columns, and the marks of blanks.
///
/// Numbers are never cut. When the lines are too long, bars go first, then texts get shorter.
struct TableLayout {
  private static let gap = "  "
  private static let narrowestText = 8
  private static let narrowestBar = 6
  private static let widestBar = 30
  private static let markers = ["¹", "²", "³", "⁴", "⁵", "⁶"]

  private let style: TableStyle
  private let result: ReportResult
  private let headers: [String]
  private let cells: [[String]]
  private let widths: [Int]
  private let isRightAligned: [Bool]
  private let reasons: [BlankReason]
  private let bars: [String]

  /// Lays out a result.
  init(_ result: ReportResult, style: TableStyle) {
    self.result = result
    self.style = style
    let reasons = Self.reasons(in: result)
    let reading = ReadingText(grouping: Grouping(currency: result.header.currency))
    headers = result.columns.map { DisplayWidth.harmless(reading.header(of: $0)) }
    cells = zip(result.rows, result.rowKinds).map { row, kind in
      row.indices.map { index in
        if index == 0, kind == .total, case .blank = row[0], result.columns[0].role == .key {
          return "Total"
        }
        let text = reading.text(row[index], column: result.columns[index])
        return text + Self.marker(of: row[index], kind: kind, reasons: reasons)
      }
    }
    isRightAligned = result.columns.map(Self.isNumeric)
    let natural = Self.naturalWidths(headers: headers, cells: cells)
    widths = Self.fitted(natural, isRightAligned: isRightAligned, to: style.width)
    self.reasons = reasons
    let used = widths.reduce(0) { $0 + $1 + Self.gap.count }
    bars = Self.bars(of: result, width: min(Self.widestBar, style.width - used))
  }

  /// Returns the heading, a rule, and one line for each row.
  func lines() -> [String] {
    guard !result.columns.isEmpty else { return [] }
    let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: Self.gap)
    var lines = [style.strong(line(headers, bar: "")), style.quiet(rule)]
    var hasTotalRule = false
    for index in cells.indices {
      if result.rowKinds[index] == .total, !hasTotalRule, index > 0 {
        lines.append(style.quiet(rule))
        hasTotalRule = true
      }
      lines.append(line(cells[index], bar: bars.isEmpty ? "" : bars[index]))
    }
    if cells.isEmpty { lines.append("(no rows)") }
    return lines
  }

  /// Returns one line for each reason of a blank that the table shows.
  func reasonLines() -> [String] {
    reasons.enumerated().map { index, reason in
      let marker = reasons.count > 1 ? Self.markers[index] : ""
      return "\(ReadingText.blank)\(marker) \(Self.sentence(of: reason))"
    }
  }

  private func line(_ texts: [String], bar: String) -> String {
    var line = ""
    for (index, text) in texts.enumerated() {
      let fitted = isRightAligned[index] ? text : DisplayWidth.fit(text, in: widths[index])
      let padding = String(
        repeating: " ",
        count: max(0, widths[index] - DisplayWidth.of(fitted))
      )
      if index > 0 { line += Self.gap }
      line += isRightAligned[index] ? padding + fitted : fitted + padding
    }
    if !bar.isEmpty { line += Self.gap + bar }
    while line.last == " " { line.removeLast() }
    return line
  }

  private static func isNumeric(_ column: ResultColumn) -> Bool {
    switch column.type {
    case .money, .count, .number, .percent: true
    case .date, .grain, .timestamp, .string, .bool: false
    }
  }

  private static func naturalWidths(headers: [String], cells: [[String]]) -> [Int] {
    var widths = headers.map { DisplayWidth.of($0) }
    for row in cells {
      for (index, text) in row.enumerated() {
        widths[index] = max(widths[index], DisplayWidth.of(text))
      }
    }
    return widths
  }

  /// Takes cells from the widest text column until the line fits or texts are as narrow as may be.
  private static func fitted(_ natural: [Int], isRightAligned: [Bool], to width: Int) -> [Int] {
    var widths = natural
    let gaps = gap.count * max(0, natural.count - 1)
    var excess = natural.reduce(gaps, +) - width
    while excess > 0 {
      let shrinkable = widths.indices.filter { !isRightAligned[$0] && widths[$0] > narrowestText }
      guard let widest = shrinkable.max(by: { widths[$0] < widths[$1] }) else { break }
      widths[widest] -= 1
      excess -= 1
    }
    return widths
  }

  /// One metric by one key is drawn as bars beside its numbers.
  private static func bars(of result: ReportResult, width: Int) -> [String] {
    let metrics = result.columns.indices.filter { result.columns[$0].role == .metric }
    guard let metric = metrics.first, metrics.count == 1, result.columns.count == 2,
      result.rows.count > 1, isNumeric(result.columns[metric]), width >= narrowestBar
    else { return [] }
    let values = zip(result.rows, result.rowKinds).map { row, kind in
      kind == .total ? nil : row[metric].drawnValue
    }
    let largest = values.compactMap { $0?.magnitude }.max() ?? 0
    return values.map { value in
      guard let value else { return "" }
      return Marks.bar(value, largest: largest, width: width)
    }
  }

  private static func reasons(in result: ReportResult) -> [BlankReason] {
    var seen: [BlankReason] = []
    for (row, kind) in zip(result.rows, result.rowKinds) {
      for (cell, column) in zip(row, result.columns) {
        guard case .blank(let reason) = cell, !seen.contains(reason) else { continue }
        if column.role == .key, kind != .detail { continue }
        seen.append(reason)
      }
    }
    return seen
  }

  private static func marker(
    of cell: ResultCell,
    kind: RowKind,
    reasons: [BlankReason]
  ) -> String {
    guard case .blank(let reason) = cell, reasons.count > 1,
      let index = reasons.firstIndex(of: reason)
    else { return "" }
    return markers[index]
  }

  private static func sentence(of reason: BlankReason) -> String {
    switch reason {
    case .empty: "empty: no row has a value here"
    case .undefined: "undefined: a division by zero or by a blank"
    case .notRecorded: "not recorded: the channel does not tell, or its records begin later"
    case .pending: "pending: the period is not over, or its numbers are still to come"
    case .missingRate: "missing rate: an amount has no exchange rate"
    case .masked: "masked: access does not cover it"
    }
  }
}
