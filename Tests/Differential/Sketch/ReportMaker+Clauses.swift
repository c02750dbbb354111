import QueryLang

/// The clauses after BY.
extension ReportMaker {
  private var hasGrain: Bool { sketch.keys.contains(where: \.isGrain) }

  /// Whether the report has exactly one grain, so that a series can be filled.
  private var isSeries: Bool { sketch.keys.filter(\.isGrain).count == 1 }

  private var looksElsewhere: Bool {
    let features: Set<Feature> = [.metricPrevious, .metricPreviousPeriod]
    return goesBack || !sketch.comparisons.isEmpty || !sketch.features.isDisjoint(with: features)
  }

  private func name(_ key: SketchKey) -> String { key.alias ?? key.name }

  // MARK: Dates

  mutating func addDates() {
    let isDaily = sketch.keys.contains { $0.isGrain && $0.name == "day" }
    if maker.dice.chance(9), !isDaily {
      hasRange = world.settings.period != "all time"
      return
    }
    hasRange = true
    for _ in 0..<6 {
      guard let dates = isDaily ? shortRange() : range() else { continue }
      sketch.dates = dates
      return
    }
    sketch.dates = Phrase(.other, [.monthLiteral], "DURING \(maker.day().year)-01")
  }

  private mutating func shortRange() -> Phrase? {
    switch maker.dice.below(6) {
    case 0: return unitRange(["day", "week", "month"])
    case 1, 2: return lastUnits([("days", 2...40), ("weeks", 1...5), ("months", 1...2)])
    case 3:
      let day = maker.day()
      return Phrase(.other, [.monthLiteral], "DURING \(day.year)-\(World.padded(day.month))")
    default: return dayRange(1...40)
    }
  }

  private mutating func range() -> Phrase? {
    switch maker.dice.below(21) {
    case 0, 1, 2:
      return unitRange(["week", "month", "quarter", "year", "fiscal_quarter", "fiscal_year"])
    case 3, 4, 5, 6:
      return lastUnits([
        ("days", 5...200), ("weeks", 2...26), ("months", 1...14), ("quarters", 1...5),
        ("years", 1...2),
      ])
    case 7, 8: return literalRange()
    case 9: return Phrase(.other, [.yearLiteral], "DURING \(maker.day().year)")
    case 10, 11: return dayRange(20...400)
    case 12:
      let days = ordered(30...500)
      return Phrase(
        .other,
        [.dateRange, .monthLiteral],
        "DURING \(month(days.0)) TO \(month(days.1))"
      )
    case 13, 14, 15:
      hasRange = false
      return Phrase(.other, [.allTime], "DURING ALL TIME")
    case 16, 17: return namedRange()
    default: return since()
    }
  }

  private func month(_ day: CivilDay) -> String { "\(day.year)-\(World.padded(day.month))" }

  private mutating func unitRange(_ grains: [String]) -> Phrase {
    let grain = maker.dice.pick(grains)
    let current = maker.dice.chance(45) ? " INCLUDING CURRENT" : ""
    let also: Set<Feature> = current.isEmpty ? [] : [.includingCurrent]
    switch maker.dice.below(3) {
    case 0: return Phrase(.other, also.union([.thisGrain]), "DURING THIS \(grain)\(current)")
    case 1: return Phrase(.other, also.union([.toDate]), "DURING \(grain) TO DATE\(current)")
    default: return Phrase(.other, also.union([.lastGrain]), "DURING LAST \(grain)\(current)")
    }
  }

  private mutating func lastUnits(_ choices: [(String, ClosedRange<Int>)]) -> Phrase {
    let (unit, range) = maker.dice.pick(choices)
    let current = maker.dice.chance(30) ? " INCLUDING CURRENT" : ""
    let count = maker.dice.number(in: range)
    let features: Set<Feature> = current.isEmpty ? [.lastUnits] : [.lastUnits, .includingCurrent]
    return Phrase(.other, features, "DURING LAST \(count) \(unit)\(current)")
  }

  private mutating func literalRange() -> Phrase? {
    let literal = maker.dateLiteral()
    guard !literal.features.contains(.dayLiteral), !literal.features.contains(.today) else {
      return nil
    }
    return Phrase(.other, "DURING \(literal)")
  }

  private mutating func ordered(_ length: ClosedRange<Int>) -> (CivilDay, CivilDay) {
    let from = maker.day()
    return (from, CivilDay(number: from.number + Int32(maker.dice.number(in: length))))
  }

  private mutating func dayRange(_ length: ClosedRange<Int>) -> Phrase {
    if maker.dice.chance(15) {
      let days = maker.dice.number(in: length)
      sketch.definitions.append(
        Phrase(
          .other,
          [.defineParam, .movedDate],
          "DEFINE PARAM start DATE DEFAULT \(World.day(world.today - Int32(days)))"
        )
      )
      if maker.dice.chance(40) { sketch.given["start"] = .date(world.today - Int32(days) + 3) }
      return Phrase(
        .other,
        [.dateRange, .today, .paramConstant],
        "DURING $start TO \(maker.dice.pick(["TODAY", "YESTERDAY"]))"
      )
    }
    let (from, to) = ordered(length)
    return Phrase(.other, [.dateRange, .dayLiteral], "DURING \(from.text) TO \(to.text)")
  }

  private mutating func namedRange() -> Phrase {
    switch maker.dice.below(4) {
    case 0:
      let count = maker.dice.number(in: 1...8)
      let unit = maker.dice.pick(["weeks", "months"])
      sketch.definitions.append(
        Phrase(.other, [.definePeriod], "DEFINE PERIOD lately = LAST \(count) \(unit)")
      )
      return Phrase(.other, [.namedPeriod], "DURING lately")
    case 1:
      let count = maker.dice.number(in: 1...90)
      sketch.definitions.append(
        Phrase(
          .other,
          [.defineParam, .paramPeriod],
          "DEFINE PARAM range PERIOD DEFAULT LAST \(count) days"
        )
      )
      if maker.dice.chance(40) { sketch.given["range"] = .written("last 3 months") }
      return Phrase(.other, [.paramPeriod], "DURING $range")
    case 2: return Phrase(.other, [.paramPeriod, .modelParam], "DURING $span")
    default:
      return Phrase(
        .other,
        [.namedPeriod],
        "DURING \(maker.dice.pick(["campaign", "campaign", "long_ago"]))"
      )
    }
  }

  private mutating func since() -> Phrase {
    let (from, to) = ordered(10...300)
    if maker.dice.chance(30) {
      let moved = maker.dice.pick([
        "TODAY - 30 days", "TODAY - 2 months", "YESTERDAY - 1 quarter", "TODAY - 1 year",
        "\(from.text) - 1 month", "TODAY - 12 weeks",
      ])
      return Phrase(.other, [.since, .movedDate], "SINCE \(moved)")
    }
    if maker.dice.chance(45) { return Phrase(.other, [.since, .dayLiteral], "SINCE \(from.text)") }
    return maker.dice.chance(60)
      ? Phrase(.other, [.since, .until, .dayLiteral], "SINCE \(from.text) UNTIL \(to.text)")
      : Phrase(
        .other,
        [.since, .until, .monthLiteral],
        "SINCE \(from.text) UNTIL \(to.year)-\(World.padded(to.month))"
      )
  }

  // MARK: COMPARE TO

  mutating func addComparisons() {
    let count = maker.dice.chance(24) ? 2 : 1
    for place in 0..<count {
      let (features, baseline) = baseline()
      guard let baseline else { continue }
      var text = baseline
      var all = features
      if maker.dice.chance(20), hasRange {
        text += " MATCH WEEKDAY"
        all.insert(.matchWeekday)
      }
      if maker.dice.chance(20) {
        text += " FULL"
        all.insert(.full)
      }
      if place > 0 || maker.dice.chance(25) {
        text += " AS b\(place)"
        all.insert(.compareAlias)
      }
      sketch.comparisons.append(Phrase(.other, all, "\(text)"))
    }
  }

  private mutating func baseline() -> (Set<Feature>, String?) {
    guard hasRange, maker.dice.chance(78) else {
      switch maker.dice.below(3) {
      case 0: return ([.compareRange, .namedPeriod], "campaign")
      case 1:
        let (from, to) = ordered(5...100)
        return ([.compareRange, .dateRange], "\(from.text) TO \(to.text)")
      default:
        let day = maker.day()
        return ([.compareRange, .monthLiteral], "\(day.year)-\(World.padded(day.month))")
      }
    }
    switch maker.dice.below(3) {
    case 0: return ([.comparePeriod], "PREVIOUS PERIOD")
    case 1:
      return (
        [.compareGrain],
        "PREVIOUS \(maker.dice.pick(["year", "month", "week", "quarter", "day", "fiscal_year"]))"
      )
    default:
      let units = ["7 days", "30 days", "2 months", "1 year", "3 months", "4 weeks"]
      return ([.compareUnits], "PREVIOUS \(maker.dice.pick(units))")
    }
  }

  // MARK: TOP

  mutating func addTops() {
    guard maker.dice.chance(sketch.comparisons.isEmpty ? 26 : 8) else { return }
    let fitting = sketch.keys.filter { !looksElsewhere || !$0.isGrain }
    for key in maker.dice.some(maker.dice.chance(15) ? 2 : 1, of: fitting) {
      let kind = maker.dice.pick([MetricKind.money, .money, .count, .number, .percent])
      var rule = PhraseMaker.MetricRule(depth: 1)
      rule.keepsDays = !goesBack
      guard let metric = maker.metric(kind, rule) else { continue }
      var features: Set<Feature> = []
      let isTop = maker.dice.chance(60)
      features.insert(isTop ? .top : .bottom)
      let choices = sketch.keys.filter { $0.isGrain == false || $0.name != key.name }
      var text = "\(isTop ? "TOP" : "BOTTOM") \(maker.dice.number(in: 1...4))"
      let plain = choices.filter { !$0.isGrain }
      if plain.count > 1 || key.isGrain || maker.dice.chance(70) { text += " \(name(key))" }
      let others = fitting.filter { name($0) != name(key) }
      if !others.isEmpty, maker.dice.chance(45) {
        let within = maker.dice.some(maker.dice.chance(80) ? 1 : 2, of: others).map { name($0) }
        text +=
          within.count == 1 ? " WITHIN \(within[0])" : " WITHIN (\(within.joined(separator: ", ")))"
        features.insert(.topWithin)
      }
      let withOthers = maker.dice.chance(55)
      if withOthers { features.insert(.withOthers) }
      sketch.tops.append(
        Phrase(.other, features, "\(text) BY \(metric)\(withOthers ? " WITH OTHERS" : "")")
      )
    }
  }

  // MARK: HAVING, FILL, TOTALS

  mutating func addHaving() {
    guard maker.dice.chance(25) else { return }
    var rule = PhraseMaker.MetricRule(depth: 1)
    rule.keepsDays = !goesBack
    let named = sketch.columns.filter { $0.name != nil }
    if maker.dice.chance(60), let column = maker.dice.pickIfAny(named), let name = column.name {
      sketch.having = maker.groupTest(Phrase(.metric, "\(name)"), column.kind, rule)
    } else {
      sketch.having = maker.groupCondition(rule)
    }
  }

  mutating func addFill() {
    guard isSeries, maker.dice.chance(75) else { return }
    let compares = !sketch.comparisons.isEmpty
    let words: [(Feature, String)] = [
      (.fillNone, "NONE"), (.fillZero, "ZERO"), (.fillNull, "NULL"), (.fillPrevious, "PREVIOUS"),
      (.fillLinear, "LINEAR"),
    ]
    let usable = compares ? Array(words.prefix(2)) : words
    let names = sketch.columns.compactMap { $0.kind == .date || $0.kind == .text ? nil : $0.name }
    let hasDates = sketch.columns.contains { $0.kind == .date || $0.kind == .text }
    guard maker.dice.chance(50), !names.isEmpty else {
      let (feature, word) = maker.dice.pick(
        hasDates ? usable.filter { $0.1 != "LINEAR" && $0.1 != "ZERO" } : usable
      )
      sketch.fill = [Phrase(.other, [feature], "\(word)")]
      return
    }
    for name in maker.dice.some(maker.dice.number(in: 1...2), of: names) {
      let choices = Array(usable.dropFirst())
      let (feature, word) = maker.dice.pick(choices)
      sketch.fill.append(Phrase(.other, [feature, .fillFor], "\(word) FOR (\(name))"))
    }
  }

  mutating func addTotals() {
    guard maker.dice.chance(sketch.tops.isEmpty && sketch.comparisons.isEmpty ? 30 : 12) else {
      return
    }
    var features: Set<Feature> = [.totals]
    var text = "TOTALS"
    if maker.dice.chance(30), !(looksElsewhere && hasGrain) {
      text += " SHOWN"
      features.insert(.totalsShown)
    }
    if sketch.keys.count > 1 {
      switch maker.dice.below(3) {
      case 0: break
      case 1:
        text += " ALL"
        features.insert(.totalsAll)
      default:
        text += " BY \(maker.dice.pick(sketch.keys.map { name($0) }))"
        features.insert(.totalsBy)
        if sketch.keys.count > 2, maker.dice.chance(40) {
          text += ", (\(name(sketch.keys[0])), \(name(sketch.keys[2])))"
        }
      }
    }
    sketch.totals = Phrase(.other, features, "\(text)")
  }

  // MARK: ORDER BY and LIMIT

  mutating func addOrder() {
    guard maker.dice.chance(50) else { return }
    for _ in 0..<maker.dice.number(in: 1...2) {
      guard let item = orderItem() else { continue }
      var text: PhraseText = "\(item)"
      var features: Set<Feature> = []
      switch maker.dice.below(3) {
      case 0: text.pieces.append(.text(" ASC"))
      case 1:
        text.pieces.append(.text(" DESC"))
        features.insert(.descending)
      default: break
      }
      if maker.dice.chance(30) {
        let isFirst = maker.dice.chance(70)
        text.pieces.append(.text(isFirst ? " NULLS FIRST" : " NULLS LAST"))
        if isFirst { features.insert(.nullsFirst) }
      }
      sketch.order.append(Phrase(.other, features, text))
    }
  }

  private mutating func orderItem() -> Phrase? {
    switch maker.dice.below(4) {
    case 0:
      return maker.dice.pickIfAny(sketch.keys).map { Phrase(.other, [.orderKey], "\(name($0))") }
    case 1, 2:
      let columns = sketch.columns.filter { $0.name != nil }
      guard let column = maker.dice.pickIfAny(columns), let name = column.name else { return nil }
      var written = name
      let isPlain = sketch.comparisons.first.map { !$0.text.contains(" AS ") } ?? false
      if isPlain, column.kind != .date, column.kind != .text, maker.dice.chance(50) {
        written += maker.dice.pick([".\"previous\"", ".change", ".change_pct"])
      }
      return Phrase(.other, [.orderColumn], "\(written)")
    default:
      var rule = PhraseMaker.MetricRule(depth: 1)
      rule.keepsDays = !goesBack
      let kind = maker.dice.pick([MetricKind.money, .count, .number])
      return maker.metric(kind, rule).map { Phrase(.other, [.orderMetric], "\($0)") }
    }
  }

  mutating func addLimit() {
    guard maker.dice.chance(25) else { return }
    let count = maker.dice.number(in: 1...12)
    if maker.dice.chance(10) {
      sketch.definitions.append(
        Phrase(.other, [.defineParam], "DEFINE PARAM most COUNT DEFAULT \(count)")
      )
      sketch.limit = Phrase(.other, [.limit, .paramConstant], "LIMIT $most")
    } else if maker.dice.chance(35) {
      sketch.limit = Phrase(
        .other,
        [.limit, .offset],
        "LIMIT \(count) OFFSET \(maker.dice.below(5))"
      )
    } else {
      sketch.limit = Phrase(.other, [.limit], "LIMIT \(count)")
    }
  }

  mutating func addOthers() {
    if maker.dice.chance(6) {
      sketch.others.append(Phrase(.other, [.currency], "CURRENCY \(world.settings.currency)"))
    }
    if maker.dice.chance(8) {
      let days = Int32(maker.dice.number(in: -3...40))
      let day = maker.dice.chance(30) ? "TODAY - 1 month" : World.day(world.today - days)
      sketch.others.append(Phrase(.other, [.asOf], "AS OF \(day)"))
    }
    if sketch.keys.count > 1, maker.dice.chance(12) {
      let name = name(maker.dice.pick(sketch.keys))
      sketch.others.append(Phrase(.other, [.pivot], "PIVOT \(name)"))
    }
    if maker.dice.chance(7) {
      let zone = maker.dice.pick(["Asia/Dubai", "UTC", "Asia/Singapore", "Asia/Kathmandu"])
      sketch.others.append(Phrase(.other, [.timezone], "TIMEZONE '\(zone)'"))
    }
    switch maker.dice.below(16) {
    case 0: sketch.others.append(Phrase(.other, [.table], "AS TABLE"))
    case 1:
      let kind = maker.dice.pick(["bar", "pie", "line", "heatmap"])
      sketch.others.append(Phrase(.other, [.chart], "AS CHART \(kind)"))
    default: break
    }
  }
}
