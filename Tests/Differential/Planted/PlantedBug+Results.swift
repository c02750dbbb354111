import QueryLang

/// Bugs that are planted into the model, the answer or the statement.
extension PlantedBug {
  static let all = [
    negatedBlank, emptyIsZero, undefinedIsZero, lateDay, noTieBreak, summedOthers, noClamp,
    denseRank,
    longSeries, shownTotals, averagedRatios, summedCounts, wrongWeek, signedChange,
    nearestPercentile,
    earlyHaving, earlyLimit, turnedCoalesce, killedUnion, daysForMonths,
  ]

  // MARK: The model

  static let lateDay = PlantedBug(
    name: "ranges end a day late",
    kind: .world { world in
      var changed = world
      changed.today += 1
      return changed
    }
  )

  static let wrongWeek = PlantedBug(
    name: "a week begins on another day",
    kind: .world { world in
      var changed = world
      changed.settings.weekStart = world.settings.weekStart == "monday" ? "sunday" : "monday"
      return changed
    }
  )

  static let killedUnion = PlantedBug(
    name: "a blank part makes a sum over facts blank",
    kind: .world { world in
      var changed = world
      var isChanged = false
      for place in changed.metrics.indices where changed.metrics[place].features.contains(.union) {
        guard case .expression(let text) = changed.metrics[place].form else { continue }
        let parts = text.split(separator: "+")
        changed.metrics[place].form = .expression("-(-(\(parts[0]))) +\(parts[1])")
        isChanged = true
      }
      return isChanged ? changed : nil
    }
  )

  // MARK: The answer

  /// Changes the first cell of metrics that `change` knows another one for.
  private static func cell(
    _ result: ReportResult,
    _ change: (ResultCell) -> ResultCell?
  ) -> ReportResult? {
    let first = result.columns.count { $0.role == .key }
    for row in result.rows.indices {
      for column in first..<result.columns.count {
        guard let cell = change(result.rows[row][column]) else { continue }
        var changed = result
        changed.rows[row][column] = cell
        return changed
      }
    }
    return nil
  }

  static let emptyIsZero = PlantedBug(
    name: "a value without rows is 0",
    kind: .result { _, result in cell(result) { $0 == .blank(.empty) ? .integer(0) : nil } }
  )

  static let undefinedIsZero = PlantedBug(
    name: "a division by nothing is 0",
    kind: .result { _, result in cell(result) { $0 == .blank(.undefined) ? .integer(0) : nil } }
  )

  static let noTieBreak = PlantedBug(
    name: "equal groups stand in any order",
    kind: .result { sketch, result in
      let keyCount = result.columns.count { $0.role == .key }
      let isPlain = sketch.order.isEmpty && sketch.tops.isEmpty && sketch.totals == nil
      guard isPlain, keyCount > 0, !sketch.keys.contains(where: \.isGrain) else { return nil }
      for row in result.rows.indices.dropFirst()
      where result.rows[row][keyCount] == result.rows[row - 1][keyCount] {
        var changed = result
        changed.rows.swapAt(row, row - 1)
        return changed
      }
      return nil
    }
  )

  static let denseRank = PlantedBug(
    name: "ranks have no gaps",
    kind: .result { sketch, result in
      let keyCount = result.columns.count { $0.role == .key }
      guard sketch.comparisons.isEmpty else { return nil }
      for (place, column) in sketch.columns.enumerated() {
        guard column.phrase.features.contains(.rankOf), !column.phrase.features.contains(.within)
        else { continue }
        var ranks: Set<Int64> = []
        for row in result.rows {
          if case .integer(let rank) = row[keyCount + place] { ranks.insert(rank) }
        }
        let dense = Dictionary(
          uniqueKeysWithValues: ranks.sorted().enumerated().map { ($1, Int64($0 + 1)) }
        )
        var changed = result
        for row in result.rows.indices {
          guard case .integer(let rank) = result.rows[row][keyCount + place] else { continue }
          changed.rows[row][keyCount + place] = .integer(dense[rank] ?? rank)
        }
        if changed != result { return changed }
      }
      return nil
    }
  )

  static let longSeries = PlantedBug(
    name: "FILL makes a bucket too many",
    kind: .result { sketch, result in
      let isSeries =
        sketch.keys.count == 1 && sketch.keys[0].isGrain && sketch.having == nil
        && sketch.limit == nil && sketch.order.isEmpty && sketch.totals == nil
        && sketch.tops.isEmpty
      guard isSeries, let last = result.rows.last, case .integer(let day) = last[0] else {
        return nil
      }
      var changed = result
      changed.rows.append([.integer(day + 1)] + last.dropFirst())
      changed.rowKinds.append(.detail)
      return changed
    }
  )

  static let signedChange = PlantedBug(
    name: "a change in percent is over the value with its sign",
    kind: .result { _, result in
      var changed = result
      for (place, column) in result.columns.enumerated() where column.name.hasSuffix("change_pct") {
        for row in result.rows.indices {
          guard case .double(let change) = result.rows[row][place] else { continue }
          // The earlier value stands two columns before.
          let isNegative: Bool
          switch result.rows[row][place - 2] {
          case .integer(let value): isNegative = value < 0
          case .decimal(let value): isNegative = value < 0
          case .double(let value): isNegative = value < 0
          case .text, .blank: isNegative = false
          }
          if isNegative { changed.rows[row][place] = .double(-change) }
        }
      }
      return changed == result ? nil : changed
    }
  )

  static let earlyHaving = PlantedBug(
    name: "HAVING is asked before FILL",
    kind: .reports { world, sketch, result in
      let grains = sketch.keys.filter(\.isGrain)
      let isPlain = sketch.limit == nil && sketch.tops.isEmpty && sketch.totals == nil
      guard sketch.having != nil, grains.count == 1, isPlain,
        !sketch.features.contains(.fillNone)
      else { return nil }
      var all = sketch
      all.having = nil
      var observed = all
      observed.fill = [Phrase(.other, "NONE")]
      let keyCount = sketch.keys.count
      guard var whole = await Planting.result(world, all),
        let rows = await Planting.result(world, observed)
      else { return nil }
      let found = Set(rows.rows.map { Array($0.prefix(keyCount)) })
      let held = Set(result.rows.map { Array($0.prefix(keyCount)) })
      whole.rows.removeAll { row in
        let keys = Array(row.prefix(keyCount))
        return found.contains(keys) && !held.contains(keys)
      }
      whole.rowKinds = whole.rows.map { _ in .detail }
      return whole.rows == result.rows ? nil : whole
    }
  )

  // MARK: The statement

  static let nearestPercentile = PlantedBug(
    name: "a percentile is the nearest value",
    kind: .statement { text in
      let changes = [
        ("quantile_cont", "quantile_disc"), ("quantileExactInclusive", "quantileExact"),
      ]
      for (right, wrong) in changes {
        let parts = text.split(separator: right, omittingEmptySubsequences: false)
        if parts.count > 1 { return parts.joined(separator: wrong) }
      }
      return nil
    }
  )
}
