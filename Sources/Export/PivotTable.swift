internal import QueryLang

/// How the columns of a pivoted table are named.
enum PivotNames {
  /// The members and the metric, such as `2026-01.revenue`, however many metrics there are.
  case whole
  /// The members alone where there is one metric.
  case short
}

extension ReportResult {
  /// The result as the table that PIVOT asks for, or itself without PIVOT.
  ///
  /// Rows are the keys that stay; columns are the members, in their order, times the metrics. A cell
  /// without a group is blank (`empty`).
  func pivoted(_ names: PivotNames) -> ReportResult {
    guard let pivot else { return self }
    let keyColumns = columns.indices.filter { columns[$0].role == .key }
    let metrics = columns.indices.filter { columns[$0].role == .metric }
    let kept = keyColumns.filter { !pivot.keys.contains(columns[$0].name) }
    let spread = pivot.keys.compactMap { name in
      keyColumns.first { columns[$0].name == name }.map { columns[$0] }
    }
    var titles = pivot.headers.map { header in
      zip(header, spread).map { CellText.plain($0, of: $1) }.joined(separator: ".")
    }
    if pivot.hasTotals { titles.append("total") }
    var pivoted = self
    pivoted.columns = kept.map { columns[$0] }
    var taken = Set(pivoted.columns.map(\.name))
    for title in titles {
      for metric in metrics {
        var column = columns[metric]
        let isShort = names == .short && metrics.count == 1
        column.name = unused(isShort ? title : "\(title).\(column.name)", &taken)
        column.label = metrics.count == 1 ? title : "\(title), \(column.label)"
        pivoted.columns.append(column)
      }
    }
    let empty = [ResultCell](repeating: .blank(.empty), count: titles.count * metrics.count)
    pivoted.rows = pivot.rows.map { $0.cells + empty }
    pivoted.rowKinds = pivot.rows.map(\.kind)
    for (row, place) in zip(rows, pivot.places) {
      let first = kept.count + (place.header ?? pivot.headers.count) * metrics.count
      for (offset, metric) in metrics.enumerated() {
        pivoted.rows[place.row][first + offset] = row[metric]
      }
    }
    return pivoted
  }

  /// A name that no column has yet.
  private func unused(_ name: String, _ taken: inout Set<String>) -> String {
    var free = name
    var number = 2
    while !taken.insert(free).inserted {
      free = "\(name)_\(number)"
      number += 1
    }
    return free
  }
}
