public import QueryLang

/// Results as JSON: one object with header, columns, rows, kinds of rows and reasons of blanks.
public enum JSONExport {
  /// Returns a result as one JSON object on one line.
  ///
  /// `source` is the text that the header's diagnostics point into.
  ///
  /// - Throws: `ExportError.tooManyRows`; a result is never cut.
  public static func text(
    _ result: ReportResult,
    source: SourceText
  ) throws(ExportError) -> String {
    var writer = JSONWriter()
    try write(result, source: source, to: &writer)
    writer.endLine()
    return writer.text
  }

  /// Writes a result as one JSON object.
  ///
  /// - Throws: `ExportError.tooManyRows`; a result is never cut.
  public static func write(
    _ result: ReportResult,
    source: SourceText,
    to writer: inout JSONWriter
  ) throws(ExportError) {
    try ExportLimits.check(rowCount: result.rows.count)
    let (pivot, result) = (result.pivot, result.pivoted(.whole))
    writer.object { writer in
      writer.key("header")
      HeaderExport.write(result.header, source: source, to: &writer)
      writer.key("columns")
      ColumnExport.write(result.columns, to: &writer)
      writer.key("rows")
      writer.array { writer in
        for row in result.rows { CellExport.write(row, columns: result.columns, to: &writer) }
      }
      writer.key("rowKinds")
      writer.array { writer in
        for kind in result.rowKinds { writer.string(kind.rawValue) }
      }
      writer.key("reasons")
      writeReasons(of: result, to: &writer)
      writer.key("chart")
      ChartExport.write(result.chart, to: &writer)
      if let pivot { write(pivot, result.columns, to: &writer) }
    }
  }

  /// The keys that became columns, and how many columns stand before the first of these.
  private static func write(
    _ pivot: PivotDescription,
    _ columns: [ResultColumn],
    to writer: inout JSONWriter
  ) {
    writer.key("pivot")
    writer.object { writer in
      writer.key("keys")
      writer.array { writer in pivot.keys.forEach { writer.string($0) } }
      writer.key("firstColumn")
      writer.integer(columns.count { $0.role == .key })
      writer.key("headers")
      writer.integer(pivot.headers.count)
    }
  }

  /// Sparse: one entry for each blank, with the index of its row and the name of its column.
  static func writeReasons(of result: ReportResult, to writer: inout JSONWriter) {
    writer.array { writer in
      for (index, row) in result.rows.enumerated() {
        for (cell, column) in zip(row, result.columns) {
          guard case .blank(let reason) = cell else { continue }
          writer.object { writer in
            writer.key("row")
            writer.integer(index)
            writer.key("column")
            writer.string(column.name)
            writer.key("reason")
            writer.string(reason.rawValue)
          }
        }
      }
    }
  }
}

/// Results as lines of JSON: the header, one array for each row, and a last line that says that
/// nothing is missing.
public enum NDJSONExport {
  /// Returns a result as lines; a text without the last line is not complete.
  ///
  /// The last line lists the reasons of blanks when they are shown, as the JSON object does.
  ///
  /// - Throws: `ExportError.tooManyRows`; a result is never cut.
  public static func text(
    _ result: ReportResult,
    source: SourceText,
    reasons: ReasonColumns = .hidden
  ) throws(ExportError) -> String {
    try ExportLimits.check(rowCount: result.rows.count)
    let result = result.pivoted(.whole)
    var writer = JSONWriter()
    writer.object { writer in
      writer.key("header")
      HeaderExport.write(result.header, source: source, to: &writer)
      writer.key("columns")
      ColumnExport.write(result.columns, to: &writer)
    }
    writer.endLine()
    for row in result.rows {
      CellExport.write(row, columns: result.columns, to: &writer)
      writer.endLine()
    }
    writer.object { writer in
      writer.key("complete")
      writer.bool(true)
      writer.key("rows")
      writer.integer(result.rows.count)
      switch reasons {
      case .hidden: break
      case .shown:
        writer.key("reasons")
        JSONExport.writeReasons(of: result, to: &writer)
      }
    }
    writer.endLine()
    return writer.text
  }
}
