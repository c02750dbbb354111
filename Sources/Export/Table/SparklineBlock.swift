internal import QueryLang

/// The course of each series over time, one small line for each, drawn below a table.
///
/// It is drawn where a result has one date grain and besides it either other keys or several
/// metrics; a single series has bars already.
struct SparklineBlock {
  private static let mostLines = 24
  private static let fewestPoints = 3
  private static let widestLine = 60
  private static let widestName = 28

  private let result: ReportResult
  private let width: Int

  /// Prepares the lines of a result for a width in cells.
  init(_ result: ReportResult, width: Int) {
    self.result = result
    self.width = width
  }

  /// Returns the lines, or none where they would not help.
  func lines() -> [String] {
    let series = series()
    guard (2...Self.mostLines).contains(series.count),
      let longest = series.map(\.values.count).max(), longest >= Self.fewestPoints
    else { return [] }
    let nameWidth = min(Self.widestName, series.map { DisplayWidth.of($0.name) }.max() ?? 0)
    let lineWidth = min(Self.widestLine, width - nameWidth - 2)
    return series.map { entry in
      let name = DisplayWidth.fit(entry.name, in: nameWidth)
      let padding = String(repeating: " ", count: nameWidth - DisplayWidth.of(name) + 2)
      return name + padding + Marks.sparkline(Marks.condensed(entry.values, to: lineWidth))
    }
  }

  private struct Series {
    let name: String
    var values: [Double?]
  }

  /// Every series has a value for each bucket that the result shows, so that the lines align.
  private func series() -> [Series] {
    let columns = result.columns
    guard let time = columns.firstIndex(where: { $0.isGrain }),
      columns.filter({ $0.isGrain }).count == 1
    else { return [] }
    let others = columns.indices.filter { columns[$0].role == .key && $0 != time }
    let metrics = columns.indices.filter { columns[$0].role == .metric }
    let rows = zip(result.rows, result.rowKinds).filter { $0.1 == .detail }.map(\.0)
    var buckets: [ResultCell: Int] = [:]
    for cell in Set(rows.map { $0[time] }).sorted(by: { $0.order < $1.order }) {
      buckets[cell] = buckets.count
    }
    var series: [Series] = []
    var places: [String: Int] = [:]
    for row in rows {
      guard let bucket = buckets[row[time]] else { continue }
      let keys = others.map { CellText.plain(row[$0], of: columns[$0]) }
      for metric in metrics {
        let names = metrics.count > 1 || keys.isEmpty ? keys + [columns[metric].name] : keys
        let name = DisplayWidth.harmless(names.joined(separator: " · "))
        let place = places[name] ?? series.count
        if place == series.count {
          places[name] = place
          series.append(Series(name: name, values: Array(repeating: nil, count: buckets.count)))
        }
        series[place].values[bucket] = row[metric].drawnValue
      }
    }
    return series
  }
}

extension ResultColumn {
  /// Tells whether the column is a key of periods.
  fileprivate var isGrain: Bool {
    switch type {
    case .grain: role == .key
    case .money, .count, .number, .percent, .date, .timestamp, .string, .bool: false
    }
  }
}

extension ResultCell {
  /// The place of a period in time; a blank comes last.
  fileprivate var order: Int64 {
    switch self {
    case .integer(let value): value
    case .decimal, .double, .text, .blank: .max
    }
  }
}
