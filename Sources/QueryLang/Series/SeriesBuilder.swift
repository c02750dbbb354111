/// Turns the rows of a result into series along one axis.
///
/// The axis is the date grain if there is one, else the first key; the other keys make the series.
/// Without keys the axis has one place, and each metric one value.
public struct SeriesBuilder {
  private let result: ReportResult
  private let axisColumn: Int?
  private let keyColumns: [Int]
  private let metricColumns: [Int]

  private init(_ result: ReportResult) {
    self.result = result
    let keys = result.columns.indices.filter { result.columns[$0].role == .key }
    let axis = keys.first { result.columns[$0].holdsPeriods } ?? keys.first
    axisColumn = axis
    keyColumns = keys.filter { $0 != axis }
    metricColumns = result.columns.indices.filter { result.columns[$0].role == .metric }
  }

  /// Returns the series of a result.
  public static func series(of result: ReportResult) -> SeriesSet {
    let builder = SeriesBuilder(result)
    let axis = builder.axis()
    return SeriesSet(
      header: result.header,
      chart: result.chart ?? builder.fittingChart(),
      axis: axis,
      series: builder.series(along: axis),
      totals: builder.totals()
    )
  }

  private func axis() -> SeriesSet.Axis {
    guard let axisColumn else {
      return SeriesSet.Axis(name: "total", type: .string, values: [.text("Total")])
    }
    let column = result.columns[axisColumn]
    var seen: Set<ResultCell> = []
    var values: [ResultCell] = []
    for (row, kind) in zip(result.rows, result.rowKinds) where kind != .total {
      // A sum along the axis has no place on it.
      if kind == .subtotal, case .blank = row[axisColumn] { continue }
      if seen.insert(row[axisColumn]).inserted { values.append(row[axisColumn]) }
    }
    if column.holdsPeriods { values.sort { $0.timeOrder < $1.timeOrder } }
    return SeriesSet.Axis(
      name: column.name,
      type: column.type,
      values: values,
      calendar: column.calendar
    )
  }

  /// A combination of keys, and what the rows with it are.
  private struct Identity: Hashable {
    let key: [ResultCell]
    let kind: RowKind
  }

  private func series(along axis: SeriesSet.Axis) -> [SeriesSet.Series] {
    let places = Dictionary(
      zip(axis.values, axis.values.indices),
      uniquingKeysWith: { first, _ in first }
    )
    let empty = [ResultCell](repeating: .blank(.empty), count: axis.values.count)
    var order: [Identity: Int] = [:]
    var series: [SeriesSet.Series] = []
    for (row, kind) in zip(result.rows, result.rowKinds) where isDrawn(kind) {
      let identity = Identity(key: keyColumns.map { row[$0] }, kind: kind)
      let first = order[identity] ?? series.count
      if first == series.count {
        order[identity] = first
        series += metricColumns.map { newSeries(identity, metric: $0, values: empty) }
      }
      let place = axisColumn.map { places[row[$0]] } ?? 0
      guard let place else { continue }
      for (offset, metric) in metricColumns.enumerated() {
        series[first + offset].values[place] = row[metric]
      }
    }
    return series
  }

  /// Totals of a result with keys stand beside the series; without keys its only row is drawn.
  private func isDrawn(_ kind: RowKind) -> Bool {
    switch kind {
    case .total: axisColumn == nil
    case .detail, .others, .subtotal, .unallocated: true
    }
  }

  private func newSeries(
    _ identity: Identity,
    metric: Int,
    values: [ResultCell]
  ) -> SeriesSet.Series {
    let column = result.columns[metric]
    var names = identity.key.map(\.legend)
    if names.isEmpty || metricColumns.count > 1 { names.append(column.label) }
    let parts = zip(keyColumns, identity.key).map { position, value in
      SeriesSet.KeyPart(column: result.columns[position], value: value)
    }
    return SeriesSet.Series(
      name: names.joined(separator: " · "),
      key: identity.kind == .others ? parts.filter { $0.value != .text("Others") } : parts,
      metric: column,
      kind: identity.kind,
      values: values
    )
  }

  private func totals() -> [SeriesSet.Total] {
    guard axisColumn != nil,
      let place = result.rowKinds.firstIndex(of: .total)
    else { return [] }
    return metricColumns.map { metric in
      SeriesSet.Total(metric: result.columns[metric], value: result.rows[place][metric])
    }
  }

  private func fittingChart() -> ChartDescription {
    let kind =
      if let axisColumn {
        result.columns[axisColumn].holdsPeriods ? "line" : "bar"
      } else {
        "single_value"
      }
    return ChartDescription(
      kind: kind,
      x: axisColumn.map { result.columns[$0].name },
      series: keyColumns.map { result.columns[$0].name },
      y: metricColumns.map { result.columns[$0].name }
    )
  }
}

extension ResultColumn {
  /// Tells whether the column is a key of periods.
  fileprivate var holdsPeriods: Bool {
    switch type {
    case .grain: role == .key
    case .money, .count, .number, .percent, .date, .timestamp, .string, .bool: false
    }
  }
}

extension ResultCell {
  /// The place of a period in time; a blank comes last.
  fileprivate var timeOrder: Int64 {
    switch self {
    case .integer(let value): value
    case .decimal, .double, .text, .blank: .max
    }
  }

  /// What a legend shows for a key; days are written by whoever knows the column.
  fileprivate var legend: String {
    switch self {
    case .integer(let value): String(value)
    case .decimal(let value): String(value)
    case .double(let value): String(value)
    case .text(let text): text
    case .blank: "(none)"
    }
  }
}
