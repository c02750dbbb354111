public import QueryLang

/// Whether the reasons of blanks are written beside the values.
public enum ReasonColumns: Sendable, Hashable {
  case hidden
  case shown
}

/// Results as CSV (RFC 4180): a header line, LF line ends, blanks as empty fields.
public enum CSVExport {
  /// Returns a result as CSV.
  ///
  /// With PIVOT a column is named after the members and the metric, such as `2026-01.revenue`; the
  /// columns of the sums over all members begin with `total`.
  ///
  /// - Throws: `ExportError.tooManyRows`; a result is never cut.
  public static func text(
    _ result: ReportResult,
    reasons: ReasonColumns = .hidden
  ) throws(ExportError) -> String {
    try ExportLimits.check(rowCount: result.rows.count)
    let result = result.pivoted(.whole)
    let hasKinds = result.hasMarkedRows
    var text = ""
    var fields = result.columns.flatMap { column in
      column.role == .metric && reasons == .shown
        ? [column.name, column.name + ".reason"] : [column.name]
    }
    if hasKinds { fields.append("row_kind") }
    append(fields, to: &text)
    for (row, kind) in zip(result.rows, result.rowKinds) {
      fields.removeAll(keepingCapacity: true)
      for (cell, column) in zip(row, result.columns) {
        fields.append(CellText.plain(cell, of: column))
        if column.role == .metric && reasons == .shown { fields.append(reason(of: cell)) }
      }
      if hasKinds { fields.append(kind.rawValue) }
      append(fields, to: &text)
    }
    return text
  }

  private static func reason(of cell: ResultCell) -> String {
    switch cell {
    case .blank(let reason): reason.rawValue
    case .integer, .decimal, .double, .text: ""
    }
  }

  /// A line of one empty field would read back as no line at all, so that field is quoted.
  private static func append(_ fields: [String], to text: inout String) {
    if fields.count == 1, fields[0].isEmpty {
      text += "\"\"\n"
      return
    }
    for (index, field) in fields.enumerated() {
      if index > 0 { text += "," }
      text += quotedIfNeeded(field)
    }
    text += "\n"
  }

  private static func quotedIfNeeded(_ field: String) -> String {
    let needsQuotes = field.utf8.contains { byte in
      byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte == 0x0A || byte == 0x0D
    }
    guard needsQuotes else { return field }
    var quoted = "\""
    for scalar in field.unicodeScalars {
      if scalar == "\"" { quoted.unicodeScalars.append(scalar) }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "\""
  }
}

extension ReportResult {
  /// Tells whether some row is not a plain detail row, so that the kinds of rows matter.
  var hasMarkedRows: Bool {
    rowKinds.contains { $0 != .detail }
  }
}
