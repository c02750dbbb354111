import ArgumentParser
import Export
import QueryLang

/// A format in which results are written.
enum ResultFormat: String, CaseIterable, ExpressibleByArgument {
  case table
  case csv
  case json
  case ndjson
  case series

  /// Whether an empty line stands between two results.
  var separatesResults: Bool {
    switch self {
    case .table, .csv: true
    case .json, .ndjson, .series: false
    }
  }

  /// Returns a result in this format.
  func text(
    _ report: ReportResult,
    source: SourceText,
    reasons: Bool
  ) throws(ExportError) -> String {
    switch self {
    case .table:
      try TableExport.text(
        report,
        style: TableStyle(
          width: StandardStreams.width,
          emphasis: StandardStreams.isOutputTerminal ? .terminal : .none
        )
      )
    case .csv: try CSVExport.text(report, reasons: reasons ? .shown : .hidden)
    case .json: try JSONExport.text(report, source: source)
    case .ndjson:
      try NDJSONExport.text(report, source: source, reasons: reasons ? .shown : .hidden)
    case .series: try SeriesExport.text(report, source: source)
    }
  }
}
