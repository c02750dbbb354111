internal import QueryLang

/// The header of a result as JSON.
enum HeaderExport {
  /// Writes a header; `source` is the text that its diagnostics point into.
  static func write(_ header: ResultHeader, source: SourceText, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.key("period")
      write(header.period, to: &writer)
      writer.key("baselines")
      writer.array { writer in
        for baseline in header.baselines { write(baseline, to: &writer) }
      }
      writer.key("timezone")
      writer.string(header.timezone)
      writer.key("currency")
      writer.string(header.currency)
      writer.key("asOf")
      writer.string(CalendarText.day(Int64(header.asOf)))
      writer.key("snapshot")
      writer.integer(header.snapshot)
      writer.key("groups")
      writer.integer(header.groupCount)
      writer.key("hiddenGroups")
      writer.integer(header.hiddenGroupCount)
      writer.key("warnings")
      DiagnosticExport.write(header.diagnostics, source: source, to: &writer)
    }
  }

  private static func write(_ baseline: ResultHeader.Baseline, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.key("name")
      writer.string(baseline.name)
      writer.key("period")
      write(baseline.period, to: &writer)
      writer.key("daysCut")
      writer.integer(baseline.cutDayCount)
    }
  }

  private static func write(_ period: ResultHeader.Period?, to writer: inout JSONWriter) {
    guard let period else { return writer.null() }
    writer.object { writer in
      writer.key("from")
      writer.string(CalendarText.day(Int64(period.from)))
      writer.key("to")
      writer.string(CalendarText.day(Int64(period.to)))
      writer.key("complete")
      writer.bool(period.isComplete)
    }
  }
}

/// The descriptions of columns as JSON.
enum ColumnExport {
  /// Writes an array with one object for each column.
  static func write(_ columns: [ResultColumn], to writer: inout JSONWriter) {
    writer.array { writer in
      for column in columns { write(column, to: &writer) }
    }
  }

  /// Returns the unit of a column: the currency of money, else the unit that the model gives.
  static func unit(of column: ResultColumn) -> String? {
    switch column.type {
    case .money(let currency): currency ?? column.unit
    case .count, .number, .percent, .date, .grain, .timestamp, .string, .bool: column.unit
    }
  }

  private static func write(_ column: ResultColumn, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.key("name")
      writer.string(column.name)
      writer.key("label")
      writer.string(column.label)
      writer.key("role")
      writer.string(column.role.rawValue)
      writer.key("type")
      writer.string(column.type.name)
      if case .grain(let grain) = column.type {
        writer.key("grain")
        writer.string(grain.rawValue)
      }
      writer.key("unit")
      writer.string(unit(of: column))
      writer.key("format")
      writer.string(column.format)
      writer.key("additivity")
      writer.string(column.additivity?.rawValue)
      if column.isApproximate {
        writer.key("approximate")
        writer.bool(true)
      }
    }
  }
}

/// Cells as JSON values: numbers as numbers, dates and texts as strings, blanks as `null`.
enum CellExport {
  /// Writes a row as an array in the order of its columns.
  static func write(_ row: [ResultCell], columns: [ResultColumn], to writer: inout JSONWriter) {
    writer.array { writer in
      for (cell, column) in zip(row, columns) {
        write(cell, type: column.type, calendar: column.calendar, to: &writer)
      }
    }
  }

  /// Writes one cell; a calendar names periods.
  static func write(
    _ cell: ResultCell,
    type: ResultType,
    calendar: ReportCalendar?,
    to writer: inout JSONWriter
  ) {
    switch cell {
    case .integer(let value): write(value, type: type, calendar: calendar, to: &writer)
    case .decimal(let value): writer.decimal(value)
    case .double(let value): writer.double(value)
    case .text(let text): writer.string(text)
    case .blank: writer.null()
    }
  }

  private static func write(
    _ value: Int64,
    type: ResultType,
    calendar: ReportCalendar?,
    to writer: inout JSONWriter
  ) {
    switch type {
    case .date, .grain, .timestamp:
      writer.string(CellText.integer(value, type: type, calendar: calendar))
    case .bool: writer.bool(value != 0)
    case .money, .count, .number, .percent, .string: writer.integer(value)
    }
  }
}

/// The description of a chart as JSON.
enum ChartExport {
  /// Writes a description, or `null`; one name stands alone, several as an array.
  static func write(_ chart: ChartDescription?, to writer: inout JSONWriter) {
    guard let chart else { return writer.null() }
    writer.object { writer in
      writer.key("kind")
      writer.string(chart.kind)
      writer.key("x")
      writer.string(chart.x)
      writer.key("series")
      write(chart.series, to: &writer)
      writer.key("y")
      write(chart.y, to: &writer)
    }
  }

  private static func write(_ names: [String], to writer: inout JSONWriter) {
    guard names.count > 1 else { return writer.string(names.first) }
    writer.array { writer in names.forEach { writer.string($0) } }
  }
}
