internal import ColumnStore

/// The scans of a report, cut off where its order and limit allow it.
extension ReportRun {
  /// Groups of all facts but the largest up to which the largest is scanned in two parts.
  private static let fewGroups = 4_096

  /// Scans every fact that may have rows; one that has none answers like a table that does not exist.
  func tables(
    _ plan: LogicalPlan,
    _ planner: ScanPlanner
  ) async throws(ReportError) -> [GroupTable] {
    var layers: [[ScanPlan]] = []
    for aggregation in plan.aggregations {
      layers.append(
        try planner.plans(for: aggregation).map { plan in
          var scan = plan
          scan.isRaw = true
          return scan
        }
      )
    }
    guard layers.allSatisfy({ $0.count == 1 }),
      !plan.aggregations.contains(where: { $0.isMapped || !$0.per.isEmpty })
    else {
      var tables: [GroupTable] = []
      for (aggregation, scans) in zip(plan.aggregations, layers) {
        tables.append(GroupTable(aggregation, try await joined(scans)))
      }
      return tables
    }
    let scans = layers.compactMap(\.first)
    let rows = scans.map { scans.count > 1 ? backend.mostRows($0) : .max }
    let makers = scans.indices.filter { rows[$0] > 0 && plan.aggregations[$0].makesGroups }
    let largest = makers.max { rows[$0] < rows[$1] }
    var tables: [GroupTable?] = []
    for (index, scanPlan) in scans.enumerated() {
      var result: ResultTable?
      if rows[index] == 0 {
        result = ReportRun.empty(scanPlan)
      } else if index != largest {
        result = try await scan(scanPlan)
      }
      tables.append(result.map { GroupTable(plan.aggregations[index], $0) })
    }
    if let largest {
      let others = tables.compactMap { $0 }.filter { $0.rowCount > 0 }
      let result = try await groups(largest, scans[largest], plan, others)
      tables[largest] = GroupTable(plan.aggregations[largest], result)
    }
    return tables.compactMap { $0 }
  }

  /// The answers to scans whose groups are all different, one below the other.
  private func joined(_ scans: [ScanPlan]) async throws(ReportError) -> ResultTable {
    var joined: ResultTable?
    for plan in scans {
      let result = try await scan(plan)
      if result.rowCount == 0 { continue }
      guard let before = joined else {
        joined = result
        continue
      }
      guard let both = before.joined(with: result) else {
        throw .engine("the answers of two scans of one table do not fit together")
      }
      joined = both
    }
    return joined ?? scans.first.map { ReportRun.empty($0) }
      ?? ResultTable(columns: [], rowCount: 0)
  }

  /// The groups of the largest aggregation, without those that are certainly not shown.
  ///
  /// To groups that no other fact has, the other facts add nothing, so the order among them is that
  /// of this one alone and the scan can cut it off. Groups that others may have are few then, and
  /// scanned by themselves.
  private func groups(
    _ position: Int,
    _ scanPlan: ScanPlan,
    _ plan: LogicalPlan,
    _ others: [GroupTable]
  ) async throws(ReportError) -> ResultTable {
    let makers = others.filter(\.aggregation.makesGroups)
    let isAside = plan.aggregations.indices.map {
      $0 != position && plan.aggregations[$0].makesGroups
    }
    // The scan does not know which values are blank because nothing was recorded yet.
    let isRecorded = plan.aggregations.allSatisfy { catalog.anyFact($0.fact)?.recordedFrom == nil }
    guard isRecorded, makers.reduce(0, { $0 + $1.rowCount }) <= ReportRun.fewGroups,
      let top = TopGroups(plan, isAside: isAside)
    else { return try await scan(scanPlan) }
    if makers.isEmpty { return try await groups(scanPlan, top) }
    guard let isShared = try condition(plan.aggregations[position], makers) else {
      return try await scan(scanPlan)
    }
    var own = scanPlan
    own.filter = Predicate.all([scanPlan.filter, .not(isShared)])
    var shared = scanPlan
    shared.filter = Predicate.all([scanPlan.filter, isShared])
    let first = try await groups(own, top)
    let second = try await scan(shared)
    if let both = first.joined(with: second) { return both }
    return try await scan(scanPlan)
  }

  private func groups(
    _ plan: ScanPlan,
    _ top: TopGroups
  ) async throws(ReportError) -> ResultTable {
    let result = try await scan(top.limiting(plan))
    return top.isCertain(result) ? result : try await scan(plan)
  }

  /// A condition for all rows whose group another fact may have; nil where it would be all rows.
  private func condition(
    _ aggregation: Aggregation,
    _ others: [GroupTable]
  ) throws(ReportError) -> Predicate? {
    var conditions: [Predicate] = []
    for (place, part) in aggregation.keys.joined().enumerated() {
      guard let expression = part.expression else { continue }
      var values: Set<Scalar> = []
      for other in others {
        for row in 0..<other.rowCount {
          values.insert(try other.parts[place]?.scalar(at: row) ?? .null)
        }
      }
      var members: [Scalar] = []
      var hasDouble = false
      for value in values where value != .null {
        if case .double = value { hasDouble = true }
        members.append(value)
      }
      if hasDouble { continue }
      var either: [Predicate] = members.isEmpty ? [] : [.oneOf(expression, members)]
      if values.contains(.null) { either.append(.isNull(expression)) }
      conditions.append(Predicate.any(either))
    }
    return conditions.isEmpty ? nil : Predicate.all(conditions)
  }
}

extension ResultTable {
  /// Puts the rows of another answer with the same columns behind these; nil where the values of a
  /// column are of another kind.
  fileprivate func joined(with other: ResultTable) -> ResultTable? {
    guard columns.map(\.name) == other.columns.map(\.name) else { return nil }
    var joined: [Column] = []
    for (one, next) in zip(columns, other.columns) {
      let values: Column.Values
      switch (one.values, next.values) {
      case (.integers(let left), .integers(let right)): values = .integers(left + right)
      case (.wide(let left), .wide(let right)): values = .wide(left + right)
      case (.integers(let left), .wide(let right)):
        values = .wide(left.map { $0.map { Int128($0) } } + right)
      case (.wide(let left), .integers(let right)):
        values = .wide(left + right.map { $0.map { Int128($0) } })
      case (.doubles(let left), .doubles(let right)): values = .doubles(left + right)
      case (.strings(let left), .strings(let right)): values = .strings(left + right)
      case (.coded(let left), .coded(let right)):
        guard let both = left.joined(with: right) else { return nil }
        values = .coded(both)
      case (.integers, _), (.wide, _), (.doubles, _), (.strings, _), (.coded, _): return nil
      }
      joined.append(Column(name: one.name, type: one.type, values: values))
    }
    return ResultTable(
      columns: joined,
      rowCount: rowCount + other.rowCount,
      groupCount: groupCount + other.groupCount
    )
  }
}
