/// TOP, BOTTOM and TOTALS.
extension Binder {
  /// The most members that TOP chooses.
  static let maximumMembers = 10_000
  /// The most keys from which members are chosen with the rest in rows of their own.
  private static let maximumOthers = 4

  mutating func tops(_ clauses: [TopClauseSyntax]) -> [BoundTop] {
    var tops: [BoundTop] = []
    for clause in clauses {
      guard let top = top(clause) else { continue }
      if tops.contains(where: { $0.key == top.key }) {
        error(
          4702,
          "\"\(keys[top.key].name)\" has a TOP already",
          clause.span,
          "write one TOP for each dimension"
        )
        continue
      }
      tops.append(top)
    }
    if tops.count(where: \.withOthers) > Binder.maximumOthers {
      error(
        4705,
        "WITH OTHERS works for at most \(Binder.maximumOthers) dimensions",
        clauses.first?.span ?? SourceSpan(start: 0, end: 0)
      )
    }
    return tops
  }

  private mutating func top(_ clause: TopClauseSyntax) -> BoundTop? {
    let word = clause.direction == .top ? "TOP" : "BOTTOM"
    guard let key = topKey(clause, word) else { return nil }
    var within: [Int] = []
    for dimension in clause.within {
      guard let index = self.key(named: dimension), index != key else {
        error(
          4304,
          "WITHIN takes other keys of the report, and \(source.slice(dimension.span)) is none",
          dimension.span,
          keys.count < 2 ? nil : "its keys are \(keys.map(\.name).joined(separator: ", "))"
        )
        return nil
      }
      if !within.contains(index) { within.append(index) }
    }
    guard let count = count(clause.count) else { return nil }
    guard (1...Binder.maximumMembers).contains(count) else {
      error(4704, "\(word) shows 1 to \(Binder.maximumMembers) members", clause.count.span)
      return nil
    }
    guard let metric = metric(clause.metric) else { return nil }
    guard metric.type.isAddable || metric.type.isDay else {
      error(3104, "\(metric.type.name) has no order of size", clause.metric.span)
      return nil
    }
    return BoundTop(
      key: key,
      within: within,
      count: count,
      metric: metric,
      isDescending: clause.direction == .top,
      withOthers: clause.withOthers,
      span: clause.metric.span
    )
  }

  private mutating func topKey(_ clause: TopClauseSyntax, _ word: String) -> Int? {
    if let dimension = clause.dimension {
      if let index = key(named: dimension) { return index }
      let name = source.slice(dimension.span)
      error(
        4703,
        "\(word) chooses among members of a key, and \(name) is none",
        dimension.span,
        keys.isEmpty
          ? "the report has no BY; add BY \(name)"
          : "its keys are \(keys.map(\.name).joined(separator: ", "))"
      )
      return nil
    }
    let candidates = keys.indices.filter { keys[$0].reportGrain == nil }
    if candidates.count == 1 { return candidates[0] }
    error(
      4701,
      "\(word) does not say what to choose",
      clause.keyword,
      candidates.isEmpty
        ? "BY has no dimension; write \(word) n month, say, for a grain"
        : "name one of \(candidates.map { keys[$0].name }.joined(separator: ", "))"
    )
    return nil
  }

  // MARK: TOTALS

  mutating func totals(_ clause: TotalsClauseSyntax?, _ pivot: [Int]) -> BoundTotals? {
    guard let clause else { return nil }
    var levels: [[Int]] = []
    switch clause.levels {
    case .grand where pivot.isEmpty: break
    case .grand: levels = pivotedLevels(pivot, isEvery: false)
    case .all where !pivot.isEmpty: levels = pivotedLevels(pivot, isEvery: true)
    case .all: levels = keys.indices.dropFirst().reversed().map { Array(0..<$0) }
    case .keys(let sets):
      for set in sets {
        guard let level = self.level(set) else { return nil }
        guard isPlaced(level, pivot, set.first?.span ?? clause.span) else { return nil }
        if level.count == keys.count, refusedOutputs.isEmpty {
          error(
            6005,
            "every row is a total by all keys already",
            set.first?.span ?? clause.span,
            "leave a key out"
          )
          return nil
        }
        if !level.isEmpty, !levels.contains(level) { levels.append(level) }
      }
      levels.sort { $0.count > $1.count }
    }
    return BoundTotals(levels: levels + [[]], isShownOnly: clause.isShownOnly)
  }
}
