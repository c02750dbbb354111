internal import ColumnStore

/// Reports with several kinds of rows: members that TOP chose and what it left out, and sums.
///
/// Every kind of row is a report of its own over the rows that it stands for, so that no value of it
/// is made of values of other rows.
extension ReportRun {
  /// The most groups that TOTALS SHOWN can sum up.
  private static let shownGroups = 10_000

  func rowSets(_ report: BoundReport) async throws(ReportError) -> Answer {
    var chosen: [Int: ChosenMembers] = [:]
    for top in report.tops { chosen[top.key] = try await members(top, report) }
    let authorized = try plan(report)
    let keys = KeyReader(authorized.plan)
    let allKeys = Array(report.keys.indices)
    var groups: [ReportGroup] = []
    var groupCount = 0
    var scope: Scope?
    for others in ReportRun.subsets(report.tops.filter(\.withOthers).map(\.key)) {
      let set = report.rowSet(allKeys, others: others, chosen: chosen)
      let made = try await rows(set, allKeys, others, keys)
      groups += made.finished.groups
      groupCount += made.finished.groupCount
      scope = scope ?? made.scope
    }
    let finish = FinishPlan(
      plan: authorized.plan,
      catalog: catalog,
      days: scope?.days,
      currency: scope?.currency,
      budget: FinishBudget(limits, clock: ContinuousClock())
    )
    var shown = try finish.cut(groups, keys)
    if let totals = report.totals {
      shown = try await summed(shown, totals, report, chosen, keys)
    }
    return Answer(
      finished: FinishPlan.Finished(groups: shown, groupCount: groupCount),
      scope: scope ?? Scope(days: nil, currency: nil)
    )
  }

  // MARK: TOP

  private func members(
    _ top: BoundTop,
    _ report: BoundReport
  ) async throws(ReportError) -> ChosenMembers {
    let ranking = report.ranking(top)
    let level = (top.within + [top.key]).sorted()
    let ready = try await prepared(ranking)
    let keys = KeyReader(ready.finish.plan)
    var ranked: [ReportGroup]
    if top.within.isEmpty {
      ranked = try ready.finish.finish(ready.tables).groups
    } else {
      ranked = try ready.finish.allGroups(ready.tables, keys)
      try ready.finish.sort(&ranked, keys)
    }
    func parts(_ key: Int, _ group: ReportGroup) -> [Scalar] {
      level.firstIndex(of: key).map { Array(group.identity[keys.parts(of: $0)]) } ?? []
    }
    var places: [[[Scalar]]: Int] = [:]
    var groups: [ChosenMembers.Group] = []
    for group in ranked {
      let within = top.within.map { parts($0, group) }
      let place = places[within] ?? groups.count
      if place == groups.count {
        places[within] = place
        groups.append(ChosenMembers.Group(within: within, members: []))
      }
      if groups[place].members.count < top.count {
        groups[place].members.append(parts(top.key, group))
      }
    }
    return ChosenMembers(
      keys: (top.within + [top.key]).map { report.keys[$0] },
      groups: groups
    )
  }

  /// All subsets of some keys, the empty one first.
  private static func subsets(_ keys: [Int]) -> [Set<Int>] {
    keys.reduce([[]]) { sets, key in sets + sets.map { $0.union([key]) } }
  }

  // MARK: Rows

  /// The rows of one kind, with the parts and cells of all keys of the report.
  private func rows(
    _ set: BoundReport,
    _ level: [Int],
    _ others: Set<Int>,
    _ keys: KeyReader
  ) async throws(ReportError) -> Answer {
    let ready = try await prepared(others.isEmpty ? set : set.countingRows())
    let reader = KeyReader(ready.finish.plan)
    var groups = try ready.finish.allGroups(ready.tables, reader)
    if !others.isEmpty {
      // Members that nobody has make no row.
      var hasRows = false
      for index in groups.indices {
        let count = groups[index].values.removeLast()
        hasRows = hasRows || count != .integer(0)
      }
      if !hasRows { groups = [] }
    }
    let held = try ready.finish.holding(groups, ready.tables, reader)
    let kept = level.filter { !others.contains($0) }
    var made: [ReportGroup] = []
    for group in held {
      made.append(ReportRun.widened(group, level, kept, reader, keys))
    }
    return Answer(
      finished: FinishPlan.Finished(groups: made, groupCount: groups.count),
      scope: ready.scope
    )
  }

  /// A group of some keys as one of all keys of the report.
  private static func widened(
    _ group: ReportGroup,
    _ level: [Int],
    _ kept: [Int],
    _ reader: KeyReader,
    _ keys: KeyReader
  ) -> ReportGroup {
    var wide = group
    wide.identity = []
    wide.keyCells = []
    for key in keys.shapes.indices {
      if let place = kept.firstIndex(of: key) {
        wide.identity += group.identity[reader.parts(of: place)]
        wide.keyCells.append(group.keyCells[place])
        continue
      }
      wide.identity += Array(repeating: Scalar.null, count: keys.parts(of: key).count)
      if level.contains(key) {
        wide.others |= 1 << UInt16(key)
        wide.kind = .others
        wide.keyCells.append(.text("Others"))
      } else {
        wide.keyCells.append(.blank(.empty))
      }
    }
    return wide
  }

  // MARK: Totals

  /// What tells rows of one kind of total apart.
  private struct Place: Hashable {
    var others: UInt16
    var identity: [Scalar]

    init(_ group: ReportGroup, _ level: [Int], _ keys: KeyReader) {
      others = 0
      identity = []
      for key in level {
        if group.isOthers(key) { others |= 1 << UInt16(key) }
        identity += group.identity[keys.parts(of: key)]
      }
    }
  }

  /// Adds the rows that sum groups up: each below its last detail, the sum of all at the end.
  private func summed(
    _ shown: [ReportGroup],
    _ totals: BoundTotals,
    _ report: BoundReport,
    _ chosen: [Int: ChosenMembers],
    _ keys: KeyReader
  ) async throws(ReportError) -> [ReportGroup] {
    var condition: RowCondition?
    if totals.isShownOnly { condition = try shownRows(shown, report, chosen, keys) }
    var plain = report
    plain.having = nil
    plain.fill = nil
    plain.order = []
    var sums: [(level: [Int], rows: [Place: ReportGroup])] = []
    let othersKeys = Set(report.tops.filter(\.withOthers).map(\.key))
    for level in totals.levels {
      var rows: [Place: ReportGroup] = [:]
      for others in ReportRun.subsets(level.filter(othersKeys.contains)) {
        let set = plain.rowSet(level, others: others, chosen: chosen, shown: condition)
        for group in try await self.rows(set, level, others, keys).finished.groups {
          var sum = group
          sum.kind = level.isEmpty ? .total : .subtotal
          rows[Place(group, level, keys)] = sum
        }
      }
      sums.append((level, rows))
    }
    var last: [[Place: Int]] = []
    for sum in sums {
      var places: [Place: Int] = [:]
      for (index, group) in shown.enumerated() { places[Place(group, sum.level, keys)] = index }
      last.append(places)
    }
    var all: [ReportGroup] = []
    for (index, group) in shown.enumerated() {
      all.append(group)
      for (sum, places) in zip(sums, last) where !sum.level.isEmpty {
        let place = Place(group, sum.level, keys)
        if places[place] == index, let row = sum.rows[place] { all.append(row) }
      }
    }
    for sum in sums where sum.level.isEmpty { all += sum.rows.values }
    return all
  }

  /// The condition of the rows behind groups that are shown.
  private func shownRows(
    _ shown: [ReportGroup],
    _ report: BoundReport,
    _ chosen: [Int: ChosenMembers],
    _ keys: KeyReader
  ) throws(ReportError) -> RowCondition {
    guard shown.count <= ReportRun.shownGroups else {
      throw .refused(
        Diagnostic(
          DiagnosticID(.error, 5105),
          "TOTALS SHOWN sums up at most \(ReportRun.shownGroups) rows",
          at: report.columns.first?.span ?? SourceSpan(start: 0, end: 0),
          label: "add LIMIT, or write TOTALS"
        )
      )
    }
    guard let lastKey = report.keys.indices.last else { return .constant(!shown.isEmpty) }
    var byOthers: [UInt16: [[[Scalar]]: [[Scalar]]]] = [:]
    for group in shown {
      let parts = report.keys.indices.map { Array(group.identity[keys.parts(of: $0)]) }
      let named = report.keys.indices.filter { !group.isOthers($0) }
      let within = named.filter { $0 != lastKey }.map { parts[$0] }
      byOthers[group.others, default: [:]][within, default: []].append(parts[lastKey])
    }
    var conditions: [RowCondition] = []
    for (others, groups) in byOthers {
      let isOthers = { (key: Int) in others & 1 << UInt16(key) != 0 }
      var parts: [RowCondition] = report.keys.indices.filter(isOthers).compactMap { key in
        chosen[key].map { .not(.chosen($0)) }
      }
      let named = report.keys.indices.filter { !isOthers($0) }
      let namedKeys = named.map { report.keys[$0] }
      let members = groups.compactMap { within, last -> ChosenMembers.Group? in
        if !isOthers(lastKey) { return ChosenMembers.Group(within: within, members: last) }
        return within.last.map { member in
          ChosenMembers.Group(within: Array(within.dropLast()), members: [member])
        }
      }
      if !named.isEmpty { parts.append(.chosen(ChosenMembers(keys: namedKeys, groups: members))) }
      conditions.append(.and(parts))
    }
    return .or(conditions)
  }
}
