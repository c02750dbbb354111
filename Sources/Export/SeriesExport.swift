public import QueryLang

/// Results as JSON for chart libraries: an axis, and series whose values stand along it.
public enum SeriesExport {
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
    let set = SeriesBuilder.series(of: result)
    writer.object { writer in
      writer.key("header")
      HeaderExport.write(set.header, source: source, to: &writer)
      writer.key("chart")
      ChartExport.write(set.chart, to: &writer)
      writer.key("x")
      write(set.axis, to: &writer)
      writer.key("series")
      writer.array { writer in
        for series in set.series { write(series, to: &writer) }
      }
      writer.key("totals")
      writer.array { writer in
        for total in set.totals { write(total, to: &writer) }
      }
    }
  }

  private static func write(_ axis: SeriesSet.Axis, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.key("name")
      writer.string(axis.name)
      writer.key("type")
      writer.string(axis.type.name)
      if case .grain(let grain) = axis.type {
        writer.key("grain")
        writer.string(grain.rawValue)
      }
      writer.key("values")
      writer.array { writer in
        for value in axis.values {
          CellExport.write(value, type: axis.type, calendar: axis.calendar, to: &writer)
        }
      }
    }
  }

  private static func write(_ series: SeriesSet.Series, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.key("name")
      writer.string(series.name)
      writer.key("key")
      writer.object { writer in
        for part in series.key {
          writer.key(part.column.name)
          CellExport.write(
            part.value,
            type: part.column.type,
            calendar: part.column.calendar,
            to: &writer
          )
        }
      }
      writer.key("metric")
      writer.string(series.metric.name)
      writer.key("unit")
      writer.string(ColumnExport.unit(of: series.metric))
      writer.key("kind")
      writer.string(series.kind.rawValue)
      writer.key("values")
      writer.array { writer in
        for value in series.values {
          CellExport.write(value, type: series.metric.type, calendar: nil, to: &writer)
        }
      }
      writeReasons(of: series, to: &writer)
    }
  }

  /// Sparse: by the place along the axis; left out when there are no blanks.
  private static func writeReasons(of series: SeriesSet.Series, to writer: inout JSONWriter) {
    let reasons = series.values.enumerated().compactMap { place, value -> (Int, BlankReason)? in
      guard case .blank(let reason) = value else { return nil }
      return (place, reason)
    }
    guard !reasons.isEmpty else { return }
    writer.key("reasons")
    writer.object { writer in
      for (place, reason) in reasons {
        writer.key(String(place))
        writer.string(reason.rawValue)
      }
    }
  }

  private static func write(_ total: SeriesSet.Total, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.key("metric")
      writer.string(total.metric.name)
      writer.key("value")
      CellExport.write(total.value, type: total.metric.type, calendar: nil, to: &writer)
    }
  }
}
