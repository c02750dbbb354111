internal import ColumnStore

/// Which days stand for which buckets of a report, where they are not the days of the buckets
/// themselves: those of a comparison, or those that PREVIOUS asks for.
///
/// The bucket of a row is looked up in a table of days. A day that stands for several buckets, as the
/// last of February does for the last days of March, is in a layer of its own for each.
struct PeriodMap: Sendable, Hashable {
  /// Buckets whose days do not overlap.
  struct Layer: Sendable, Hashable {
    var days: BoundDays
    /// The first day of the bucket for each day, by the position of the grain's key in BY.
    var tables: [Int: DayTable]
  }

  var layers: [Layer]
  /// Buckets of the report, by the first day of each grain, that have no counterpart.
  var unmatched: Set<[Int32]>

  /// Maps the days of a context to the buckets of a report's days; `level` has the keys that count.
  init(
    _ context: PeriodContext,
    _ report: BoundReport,
    level: [Int],
    days: BoundDays?,
    calendar: ReportCalendar
  ) {
    layers = []
    unmatched = []
    let buckets = PeriodMap.buckets(context, report, level: level, days: days, calendar: calendar)
    unmatched = Set(buckets.unmatched)
    let keys = level.filter { report.keys[$0].reportGrain != nil }
    guard !keys.isEmpty else {
      layers = buckets.matched.map { Layer(days: $0.days, tables: [:]) }
      return
    }
    var open: [[Bucket]] = []
    for bucket in buckets.matched {
      if let layer = open.firstIndex(where: { ($0.last?.days.to ?? .min) < bucket.days.from }) {
        open[layer].append(bucket)
      } else {
        open.append([bucket])
      }
    }
    layers = open.compactMap { PeriodMap.layer($0, keys) }
  }

  /// The days that stand for a bucket of the report, and the first day of the bucket for each grain.
  struct Bucket: Sendable, Hashable {
    var days: BoundDays
    var starts: [Int32]
  }

  /// The buckets of a report at the grains of a level, in order, and those that a comparison has no
  /// counterpart of; one for all days where the level has no grain.
  static func buckets(
    _ context: PeriodContext,
    _ report: BoundReport,
    level: [Int],
    days: BoundDays?,
    calendar: ReportCalendar
  ) -> (matched: [Bucket], unmatched: [[Int32]]) {
    let source = context.baseline.map { report.baselines[$0].days } ?? days
    guard let source else { return ([], []) }
    let distance = context.distance(report.step)
    func moved(_ days: BoundDays, _ starts: [Int32]) -> [Bucket] {
      let moved = calendar.days(days, movedBackBy: distance)
      return moved.from <= moved.to ? [Bucket(days: moved, starts: starts)] : []
    }
    let grains = level.compactMap { report.keys[$0].reportGrain }
    guard !grains.isEmpty else {
      return (source.from <= source.to ? moved(source, []) : [], [])
    }
    guard let days, days.from <= days.to else { return ([], []) }
    var whole = days
    if report.range == .allTime, distance != PeriodDistance() {
      // Nobody asked for the day on which the rows happen to begin or end.
      for grain in grains {
        whole = BoundDays(
          from: min(whole.from, calendar.start(of: grain, containing: days.from)),
          to: max(whole.to, calendar.end(of: grain, containing: days.to))
        )
      }
    }
    let targets = cells(whole, grains, calendar)
    let sources = context.baseline == nil ? targets : cells(source, grains, calendar)
    let matched = zip(targets, sources).flatMap { moved($1.days, $0.starts) }
    return (matched, targets.dropFirst(sources.count).map(\.starts))
  }

  private static func cells(
    _ days: BoundDays,
    _ grains: [ReportGrain],
    _ calendar: ReportCalendar
  ) -> [Bucket] {
    var cells: [Bucket] = []
    var from = days.from
    while from <= days.to, cells.count < DayTable.limit {
      var to = days.to
      for grain in grains { to = min(to, calendar.end(of: grain, containing: from)) }
      let starts = grains.map { calendar.start(of: $0, containing: from) }
      cells.append(Bucket(days: BoundDays(from: from, to: to), starts: starts))
      from = to + 1
    }
    return cells
  }

  private static func layer(
    _ buckets: [Bucket],
    _ keys: [Int]
  ) -> Layer? {
    guard let first = buckets.first?.days.from, let last = buckets.last?.days.to else { return nil }
    let count = Int(last) - Int(first) + 1
    var tables: [Int: DayTable] = [:]
    for (place, key) in keys.enumerated() {
      var days = [Int32?](repeating: nil, count: count)
      for bucket in buckets {
        let range = Int(bucket.days.from - first)...Int(bucket.days.to - first)
        for day in range { days[day] = bucket.starts[place] }
      }
      tables[key] = DayTable(first: first, days: days)
    }
    return Layer(days: BoundDays(from: first, to: last), tables: tables)
  }
}
