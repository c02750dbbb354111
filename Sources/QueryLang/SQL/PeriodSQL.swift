internal import ColumnStore

/// Writes the steps of days: the range, its buckets, and the days that stand for them.
struct PeriodSQL {
  /// The days of buckets: one row for each, or a single row where there is no grain.
  struct Buckets {
    var step: String
    /// The column of the bucket's first day, by the position of the grain's key.
    var starts: [Int: String]
  }

  private struct Place: Hashable {
    var period: PeriodContext
    var keys: [Int]
  }

  let context: StatementContext
  /// Rows that bound ALL TIME, and their days.
  private struct Source: Hashable {
    var rows: RowSource
    var day: Expression
  }

  private let sources: [Source]
  private var range: (from: String, to: String)?
  private var written: [Place: Buckets] = [:]
  private var cells: [String: String] = [:]

  init(_ context: StatementContext, _ aggregations: [Aggregation]) {
    self.context = context
    var seen: Set<Source> = []
    sources = aggregations.map { Source(rows: $0.rows, day: $0.reportDay) }
      .filter { seen.insert($0).inserted }
  }

  private var report: BoundReport { context.report }

  /// The first and the last day of the report.
  mutating func days(_ writer: inout SQLWriter) -> (from: String, to: String) {
    if let range { return range }
    let found: (from: String, to: String)
    switch context.range {
    case .days(let from, let to):
      found = (writer.place(.date(from)), writer.place(.date(to)))
    case .allTime:
      let name = "\(context.prefix)range"
      let parts = sources.compactMap { bounds($0, &writer) }
      writer.add(
        name,
        "SELECT min(first_day) AS from_day, max(last_day) AS to_day\nFROM (\n  "
          + parts.joined(separator: "\n  UNION ALL ") + "\n)"
      )
      found = ("(SELECT from_day FROM \(name))", "(SELECT to_day FROM \(name))")
    }
    range = found
    return found
  }

  /// The first and the last day of a fact's rows that may be read.
  private func bounds(_ source: Source, _ writer: inout SQLWriter) -> String? {
    guard let schema = context.catalog.tables[source.rows.table] else { return nil }
    var rows = RowSQL(schema, context.catalog.tables)
    let date = rows.value(source.day, &writer).text
    let dialect = writer.dialect
    let conditions = source.rows.policyConditions.filter { $0 != .constant(true) }
      .map { rows.condition($0, &writer) }
    var text =
      "SELECT \(dialect.minimum(date, "")) AS first_day, \(dialect.maximum(date, "")) AS last_day "
      + "FROM \(dialect.quoted(schema.name)) AS f"
    for join in rows.joins { text += " \(join)" }
    if !conditions.isEmpty { text += " WHERE \(conditions.joined(separator: " AND "))" }
    return text
  }

  // MARK: Buckets

  /// The days that stand for the buckets of a level of keys, seen from a period.
  mutating func buckets(
    _ period: PeriodContext,
    _ level: [Int],
    _ writer: inout SQLWriter
  ) -> Buckets {
    let keys = level.filter { report.keys[$0].reportGrain != nil }
    let place = Place(period: period, keys: keys)
    if let known = written[place] { return known }
    let starts = Dictionary(uniqueKeysWithValues: keys.map { ($0, "s\($0)") })
    let made = Buckets(step: "\(context.prefix)b\(written.count)", starts: starts)
    let distance = period.distance(report.step)
    let columns = keys.map { "t.s\($0), " }.joined()
    var text: String
    if keys.isEmpty {
      let source = source(period, &writer)
      text = "SELECT \(source.from) AS low, \(source.to) AS high"
    } else {
      let targets = cells(keys, .report(isWhole: distance != PeriodDistance()), &writer)
      if let baseline = period.baseline {
        let sources = cells(keys, .baseline(baseline), &writer)
        text =
          "SELECT \(columns)x.low AS low, x.high AS high\nFROM \(targets) AS t\n"
          + "INNER JOIN \(sources) AS x ON x.n = t.n"
      } else {
        text = "SELECT \(columns)t.low AS low, t.high AS high\nFROM \(targets) AS t"
      }
    }
    let names = keys.map { "s\($0), " }.joined()
    let moved = moved(distance, &writer)
    text =
      "SELECT \(names)source_from, source_to\nFROM (\n  SELECT \(names)\(moved.from) AS source_from, "
      + "\(moved.to) AS source_to\n  FROM (\n\(text)\n)\n) AS m\nWHERE source_from <= source_to"
    writer.add(made.step, text)
    written[place] = made
    return made
  }

  /// The step of the buckets of a report that a comparison has no counterpart of; nil without grains.
  mutating func unmatched(_ baseline: Int, _ writer: inout SQLWriter) -> Buckets? {
    let keys = report.keys.indices.filter { report.keys[$0].reportGrain != nil }
    guard !keys.isEmpty else { return nil }
    let step = "\(context.prefix)unmatched\(baseline)"
    let targets = cells(keys, .report(isWhole: false), &writer)
    let sources = cells(keys, .baseline(baseline), &writer)
    let columns = keys.map { "s\($0)" }.joined(separator: ", ")
    writer.add(
      step,
      "SELECT \(columns)\nFROM \(targets)\nWHERE n > (SELECT count(*) FROM \(sources))"
    )
    return Buckets(
      step: step,
      starts: Dictionary(uniqueKeysWithValues: keys.map { ($0, "s\($0)") })
    )
  }

  private mutating func source(
    _ period: PeriodContext,
    _ writer: inout SQLWriter
  ) -> (from: String, to: String) {
    guard let baseline = period.baseline else { return days(&writer) }
    let days = report.baselines[baseline].days
    return (writer.place(.date(days.from)), writer.place(.date(days.to)))
  }

  private enum Cells: Hashable {
    /// The report's own days; of all time the whole buckets, where days are moved.
    case report(isWhole: Bool)
    case baseline(Int)
  }

  /// The step of the buckets of a range, numbered.
  private mutating func cells(
    _ keys: [Int],
    _ kind: Cells,
    _ writer: inout SQLWriter
  ) -> String {
    let dialect = writer.dialect
    var range: (from: String, to: String)
    var mark: String
    switch kind {
    case .report(let isWhole):
      range = days(&writer)
      mark = "t"
      if isWhole, context.range == .allTime {
        mark = "w"
        // Nobody asked for the day on which the rows happen to begin or end.
        let grains = keys.compactMap { report.keys[$0].reportGrain }
        let starts = grains.map { context.start(of: $0, range.from, &writer) }
        let ends = grains.map { grain in
          let start = context.start(of: grain, range.to, &writer)
          return context.end(of: grain, start: start, &writer)
        }
        range.from = starts.count == 1 ? starts[0] : "least(\(starts.joined(separator: ", ")))"
        range.to = ends.count == 1 ? ends[0] : "greatest(\(ends.joined(separator: ", ")))"
      }
    case .baseline(let baseline):
      let days = report.baselines[baseline].days
      range = (writer.place(.date(days.from)), writer.place(.date(days.to)))
      mark = "x\(baseline)_"
    }
    let name = context.prefix + mark + keys.map { "\($0)" }.joined(separator: "_")
    if cells[name] != nil { return name }
    cells[name] = name
    let starts = keys.compactMap { key in
      report.keys[key].reportGrain.map { "\(context.start(of: $0, "d", &writer)) AS s\(key)" }
    }
    let columns = keys.map { "s\($0)" }.joined(separator: ", ")
    writer.add(
      name,
      "SELECT \(columns), min(d) AS low, max(d) AS high, row_number() OVER (ORDER BY min(d)) AS n\n"
        + "FROM (\n  SELECT d, \(starts.joined(separator: ", "))\n"
        + "  FROM (\(dialect.days(from: range.from, to: range.to))) AS days\n) AS cells\n"
        + "GROUP BY \(columns)"
    )
    return name
  }

  /// The days from `low` to `high` moved back: whole months become whole months, and of other ranges
  /// each end is moved alone, no further than the last day of its month.
  private func moved(
    _ distance: PeriodDistance,
    _ writer: inout SQLWriter
  ) -> (from: String, to: String) {
    let dialect = writer.dialect
    let next = dialect.day("high", plus: 1)
    func isWhole(_ grain: ReportGrain) -> String {
      "low = \(context.start(of: grain, "low", &writer)) "
        + "AND \(next) = \(context.start(of: grain, next, &writer))"
    }
    let from = context.moved("low", distance, &writer)
    let plain = context.moved("high", distance, &writer)
    guard distance.months != 0 || distance.fiscalMonths != 0 else { return (from, plain) }
    let whole = dialect.day(context.moved(next, distance, &writer), plus: -1)
    let test = isWhole(distance.months != 0 ? .month : .fiscalMonth)
    return (from, "CASE WHEN \(test) THEN \(whole) ELSE \(plain) END")
  }

  /// The step of all buckets of a grain inside the days of other buckets, with their last days.
  func fine(
    _ grain: ReportGrain,
    in buckets: Buckets,
    _ name: String,
    _ writer: inout SQLWriter
  ) {
    let dialect = writer.dialect
    let from = "(SELECT min(source_from) FROM \(buckets.step))"
    let to = "(SELECT max(source_to) FROM \(buckets.step))"
    let start = context.start(of: grain, "d", &writer)
    let end = context.end(of: grain, start: "fine_start", &writer)
    writer.add(
      name,
      "SELECT fine_start, \(end) AS fine_end\n"
        + "FROM (\n  SELECT DISTINCT \(start) AS fine_start\n"
        + "  FROM (\(dialect.days(from: from, to: to))) AS days\n) AS buckets"
    )
  }
}
