/// Values of groups.
extension PhraseMaker {
  /// What may be part of a metric.
  struct MetricRule {
    var depth = 2
    /// Whether it looks at the rows of its group only: no shares, ranks or values PER.
    var isPlain = false
    /// Whether it keeps to the days of its group.
    var keepsDays = false

    var deeper: MetricRule {
      var rule = self
      rule.depth -= 1
      return rule
    }
  }

  private var factNames: Set<String> { Set(facts.map(\.name)) }

  /// The metrics with a name that are about the facts.
  func namedMetrics(_ kind: MetricKind) -> [WorldMetric] {
    let names = factNames
    return (world.metrics + definedMetrics).filter {
      $0.kind == kind && $0.facts.isSubset(of: names)
    }
  }

  /// A metric without operators; nil where there is none of the kind.
  mutating func plainMetric(_ kind: MetricKind) -> Phrase? {
    if dice.chance(35), let made = inlineAggregate(kind) { return made }
    guard let metric = dice.pickIfAny(namedMetrics(kind)) else { return inlineAggregate(kind) }
    return Phrase(.metric, metric.features, "\(metric.name)")
  }

  /// An aggregate over the rows of one of the facts.
  mutating func inlineAggregate(_ kind: MetricKind) -> Phrase? {
    guard let fact = dice.pickIfAny(facts) else { return nil }
    return about([fact]) { maker in maker.aggregate(kind, fact) }
  }

  private mutating func aggregate(_ kind: MetricKind, _ fact: WorldFact) -> Phrase? {
    switch kind {
    case .text: return nil
    case .count: return countAggregate(fact)
    case .money, .number, .percent:
      let rows: ValueKind = kind == .money ? .money : (kind == .percent ? .percent : .number)
      guard let (value, features) = aggregated(rows) else { return nil }
      let (feature, word) = dice.pick([
        (Feature.sum, "SUM"), (.sum, "SUM"), (.average, "AVG"), (.minimum, "MIN"),
        (.maximum, "MAX"), (.median, "MEDIAN"), (.percentile, "PERCENTILE"),
      ])
      let tail =
        feature == .percentile ? ", \(dice.pick(["0.9", "25%", "0.5", "0", "1", "0.333"]))" : ""
      return Phrase(
        .metric,
        features.union([feature, .inlineAggregate]),
        "\(word)(\(value)\(tail))"
      )
    case .date:
      guard let value = row(.date, depth: 1) else { return nil }
      let (feature, word) = dice.pick([(Feature.minimum, "MIN"), (.maximum, "MAX")])
      return Phrase(.metric, [feature, .inlineAggregate], "\(word)(\(column(value, fact)))")
    }
  }

  /// An aggregate needs a column, by which its fact is known.
  private func column(_ value: Phrase, _ fact: WorldFact) -> Phrase {
    value.text.contains("\(fact.name).")
      ? value
      : Phrase(.row, "COALESCE(\(value), \(fact.name).\(fact.dateColumn))")
  }

  private mutating func aggregated(_ kind: ValueKind) -> (Phrase, Set<Feature>)? {
    if dice.chance(60), let name = dice.pickIfAny(columns(kind)) {
      return (Phrase(.row, "\(name)"), [])
    }
    guard let value = row(kind, isExact: true), let fact = facts.first else { return nil }
    // An aggregate knows its fact by a column.
    guard !value.text.contains("\(fact.name)."), let column = dice.pickIfAny(columns(kind)) else {
      return (value, [.rowArithmetic])
    }
    return (
      Phrase(.row, [.rowCoalesce], "COALESCE(\(column), \(value))"), [.rowArithmetic]
    )
  }

  private mutating func countAggregate(_ fact: WorldFact) -> Phrase? {
    switch dice.below(7) {
    case 0: return Phrase(.metric, [.count, .inlineAggregate], "COUNT(\(fact.name))")
    case 1:
      guard let column = dice.pickIfAny(fact.columns) else { return nil }
      return Phrase(
        .metric,
        [.countColumn, .inlineAggregate],
        "COUNT(\(fact.name).\(column.name))"
      )
    case 2, 3, 6:
      guard !fact.isAggregated, let column = dice.pickIfAny(fact.columns) else { return nil }
      let isExact = dice.chance(65)
      return Phrase(
        .metric,
        isExact ? [.countDistinct, .inlineAggregate] : [.approximate, .inlineAggregate],
        "\(isExact ? "COUNT" : "APPROX_COUNT")(DISTINCT \(fact.name).\(column.name))"
      )
    case 4:
      guard let (value, features) = aggregated(.count) else { return nil }
      let (feature, word) = dice.pick([(Feature.minimum, "MIN"), (.maximum, "MAX")])
      return Phrase(.metric, features.union([feature, .inlineAggregate]), "\(word)(\(value))")
    default:
      guard let (value, features) = aggregated(.count) else { return nil }
      return Phrase(.metric, features.union([.sum, .inlineAggregate]), "SUM(\(value))")
    }
  }

  // MARK: Operators

  mutating func metric(_ kind: MetricKind, _ rule: MetricRule = MetricRule()) -> Phrase? {
    if kind == .text { return textMetric(rule) }
    guard rule.depth > 0, dice.chance(60) else { return plainMetric(kind) }
    for _ in 0..<3 {
      let made: Phrase?
      switch dice.below(20) {
      case 0, 1: made = filtered(kind, rule)
      case 2, 3: made = rule.keepsDays ? nil : moved(kind, rule)
      case 4, 5, 6: made = rule.isPlain ? nil : contextual(kind, rule)
      case 7, 8, 9: made = rule.isPlain ? nil : nested(kind, rule)
      case 11, 12, 13: made = function(kind, rule)
      case 14: made = choice(kind, rule)
      default: made = arithmetic(kind, rule)
      }
      if let made { return made }
    }
    return plainMetric(kind)
  }

  /// A phrase to which a modifier can be added.
  private func operand(_ phrase: Phrase) -> Phrase {
    let isName = phrase.pieces.count == 1 && !phrase.text.contains(" ")
    return isName ? phrase : Phrase(.metric, "(\(phrase))")
  }

  private mutating func filtered(_ kind: MetricKind, _ rule: MetricRule) -> Phrase? {
    guard let inner = metric(kind, rule.deeper), let condition = rowCondition(depth: 2) else {
      return nil
    }
    return Phrase(.metric, [.metricFilter], "\(operand(inner)) FILTER (\(condition))")
  }

  private mutating func moved(_ kind: MetricKind, _ rule: MetricRule) -> Phrase? {
    guard mayGoBack, let inner = metric(kind, rule.deeper) else { return nil }
    if mayGoBackByPeriods, dice.chance(40) {
      return Phrase(.metric, [.metricPreviousPeriod], "\(operand(inner)) PREVIOUS PERIOD")
    }
    let step = step()
    return Phrase(.metric, [.metricPrevious], "\(operand(inner)) PREVIOUS \(step)")
  }

  mutating func step() -> String {
    if dice.chance(55) {
      return dice.pick(["month", "year", "week", "day", "quarter", "fiscal_quarter", "fiscal_year"])
    }
    return dice.pick([
      "0 days", "1 day", "7 days", "30 days", "2 weeks", "1 month", "2 months", "3 months",
      "1 quarter", "2 years",
    ])
  }

  /// `WITHIN` some keys of the report, or nothing.
  private mutating func within() -> (String, Set<Feature>) {
    let names = factNames
    let fitting = keys.filter { names.isSubset(of: $0.facts) }.map { $0.alias ?? $0.name }
    guard !fitting.isEmpty, dice.chance(60) else { return ("", []) }
    let chosen = dice.some(dice.chance(75) ? 1 : 2, of: fitting)
    let list = chosen.count == 1 ? chosen[0] : "(\(chosen.joined(separator: ", ")))"
    return (" WITHIN \(list)", [.within])
  }

  private mutating func contextual(_ kind: MetricKind, _ rule: MetricRule) -> Phrase? {
    var deeper = rule.deeper
    deeper.depth = min(deeper.depth, 1)
    let (within, features) = within()
    switch kind {
    case .count where dice.chance(65):
      let other = dice.pick([MetricKind.money, .count, .number])
      guard let inner = metric(other, deeper) else { return nil }
      return Phrase(.metric, features.union([.rankOf]), "RANK OF \(operand(inner))\(within)")
    case .percent:
      let other = dice.pick([MetricKind.money, .count, .number])
      guard let inner = metric(other, deeper) else { return nil }
      return Phrase(.metric, features.union([.shareOf]), "SHARE OF \(operand(inner))\(within)")
    case .money, .count, .number, .date, .text:
      guard let inner = metric(kind, deeper) else { return nil }
      return Phrase(.metric, features.union([.totalOf]), "TOTAL OF \(operand(inner))\(within)")
    }
  }

  // MARK: PER

  private mutating func nested(_ kind: MetricKind, _ rule: MetricRule) -> Phrase? {
    var inner = rule.deeper
    inner.isPlain = true
    inner.depth = min(1, inner.depth)
    guard let (per, features, isGrain) = per() else { return nil }
    if isGrain { inner.keepsDays = true }
    let choices: [(Feature, String)] = [
      (.averageOf, "AVERAGE"), (.medianOf, "MEDIAN"), (.minOf, "MIN"), (.maxOf, "MAX"),
      (.sumOf, "SUM"), (.percentileOf, "PERCENTILE(\(dice.pick(["0.9", "0.25", "0.5"])))"),
    ]
    if kind == .count, dice.chance(45) {
      guard let operand = metric(dice.pick([.money, .count, .number]), inner) else { return nil }
      return Phrase(
        .metric,
        features.union([.countOf]),
        "COUNT OF \(self.operand(operand)) PER \(per)"
      )
    }
    var (feature, word) = dice.pick(choices)
    var of = kind
    if kind == .count {
      (feature, word) = dice.pick([(.minOf, "MIN"), (.maxOf, "MAX"), (.sumOf, "SUM")])
    }
    if kind == .number, [.averageOf, .medianOf, .percentileOf].contains(feature), dice.chance(60) {
      of = .count
    }
    guard kind != .date, kind != .text, let operand = metric(of, inner) else { return nil }
    return Phrase(
      .metric,
      features.union([feature]),
      "\(word) OF \(self.operand(operand)) PER \(per)"
    )
  }

  /// The keys of PER, and whether a grain is among them.
  private mutating func per() -> (String, Set<Feature>, isGrain: Bool)? {
    let names = world.dimensions(of: facts).map(\.name)
    if dice.chance(40) {
      let grain = dice.pick(PhraseMaker.grains)
      if dice.chance(15), let name = dice.pickIfAny(names) {
        return ("(\(name), \(grain))", [.perGrain, .perDimension], true)
      }
      return (grain, [.perGrain], true)
    }
    guard let name = dice.pickIfAny(names) else { return nil }
    if dice.chance(12), let other = dice.pickIfAny(names.filter { $0 != name }) {
      return ("(\(name), \(other))", [.perDimension], false)
    }
    return (name, [.perDimension], false)
  }

  // MARK: Functions

  private mutating func function(_ kind: MetricKind, _ rule: MetricRule) -> Phrase? {
    guard let inner = metric(kind, rule.deeper) else { return nil }
    if kind == .date {
      guard let other = metric(.date, rule.deeper) else { return nil }
      let (feature, word) = dice.pick([(Feature.least, "LEAST"), (.greatest, "GREATEST")])
      return Phrase(.metric, [feature], "\(word)(\(inner), \(other))")
    }
    switch dice.below(8) {
    case 0: return Phrase(.metric, [.absolute], "ABS(\(inner))")
    case 1:
      return dice.chance(70)
        ? Phrase(.metric, [.round], "ROUND(\(inner), \(dice.below(4)))")
        : Phrase(.metric, [.round], "ROUND(\(inner))")
    case 2: return Phrase(.metric, [.floor], "FLOOR(\(inner))")
    case 3: return Phrase(.metric, [.ceiling], "CEIL(\(inner))")
    case 4, 5:
      let other = dice.chance(60) ? metric(kind, rule.deeper) : constant(kind)
      guard let other else { return nil }
      let (feature, word) = dice.pick([(Feature.least, "LEAST"), (.greatest, "GREATEST")])
      return Phrase(.metric, [feature], "\(word)(\(inner), \(other))")
    case 6:
      let other = dice.chance(40) ? metric(kind, rule.deeper) : constant(kind)
      guard let other else { return nil }
      return Phrase(.metric, [.nullIf], "NULLIF(\(inner), \(other))")
    default:
      let other = dice.chance(50) ? metric(kind, rule.deeper) : constant(kind)
      guard let other else { return nil }
      return Phrase(.metric, [.coalesce], "COALESCE(\(inner), \(other))")
    }
  }

  private mutating func choice(_ kind: MetricKind, _ rule: MetricRule) -> Phrase? {
    guard let one = metric(kind, rule.deeper), let other = metric(kind, rule.deeper),
      let condition = groupCondition(rule.deeper)
    else { return nil }
    switch dice.below(4) {
    case 0: return Phrase(.metric, [.ifCall], "IF(\(condition), \(one), \(other))")
    case 1: return Phrase(.metric, [.ifCall], "IF(\(condition), \(one))")
    case 2:
      return Phrase(.metric, [.metricCase], "CASE WHEN \(condition) THEN \(one) ELSE \(other) END")
    default: return Phrase(.metric, [.metricCase], "CASE WHEN \(condition) THEN \(one) END")
    }
  }

  private mutating func arithmetic(_ kind: MetricKind, _ rule: MetricRule) -> Phrase? {
    guard kind != .date, let left = metric(kind, rule.deeper) else { return nil }
    switch kind {
    case .money: return moneyArithmetic(left, rule)
    case .count:
      if dice.chance(20) { return Phrase(.metric, [.negate], "-(\(left))") }
      guard let right = dice.chance(70) ? metric(.count, rule.deeper) : wholeNumber() else {
        return nil
      }
      return dice.chance(50)
        ? Phrase(.metric, [.add], "(\(left) + \(right))")
        : Phrase(.metric, [.subtract], "(\(left) - \(right))")
    case .number: return numberArithmetic(left, rule)
    case .percent:
      guard let right = metric(.percent, rule.deeper) else { return nil }
      return dice.chance(50)
        ? Phrase(.metric, [.subtract], "(\(left) - \(right))")
        : Phrase(.metric, [.add], "(\(left) + \(right))")
    case .date, .text: return nil
    }
  }

  /// A metric whose values are texts.
  private mutating func textMetric(_ rule: MetricRule) -> Phrase? {
    switch dice.below(4) {
    case 0:
      guard let condition = groupCondition(rule.deeper) else { return nil }
      return Phrase(
        .metric,
        [.metricCase, .textMetric],
        "CASE WHEN \(condition) THEN 'high' ELSE 'low' END"
      )
    case 1:
      guard rule.depth > 0, let inner = textMetric(rule.deeper) else { return nil }
      return Phrase(.metric, [.concat, .textMetric], "CONCAT(\(inner), '!')")
    default:
      let currency = world.settings.currency
      let (kind, bounds) = dice.pick([
        (MetricKind.count, "2, 10"), (.money, "10 \(currency), 100 \(currency)"),
        (.number, "0.5, 2"),
      ])
      guard let inner = metric(kind, rule.deeper) else { return nil }
      return Phrase(.metric, [.band, .textMetric], "BAND(\(inner), \(bounds))")
    }
  }

  private mutating func moneyArithmetic(_ left: Phrase, _ rule: MetricRule) -> Phrase? {
    switch dice.below(7) {
    case 0, 1:
      guard let right = metric(.money, rule.deeper) else { return nil }
      return Phrase(.metric, [.add], "(\(left) + \(right))")
    case 2:
      guard let right = metric(.money, rule.deeper) else { return nil }
      return Phrase(.metric, [.subtract], "(\(left) - \(right))")
    case 3:
      guard let right = dice.chance(50) ? metric(.count, rule.deeper) : wholeNumber() else {
        return nil
      }
      return Phrase(.metric, [.multiply], "\(left) * \(right)")
    case 4:
      return Phrase(.metric, [.multiply], "\(left) * \(dice.chance(50) ? number() : percent())")
    case 5: return Phrase(.metric, [.negate], "-(\(left))")
    default:
      guard let right = metric(dice.chance(80) ? .count : .number, rule.deeper) else { return nil }
      return Phrase(.metric, [.divide], "\(left) / \(right)")
    }
  }

  private mutating func numberArithmetic(_ left: Phrase, _ rule: MetricRule) -> Phrase? {
    switch dice.below(9) {
    case 6, 7, 8:
      switch dice.below(3) {
      case 0:
        return Phrase(.metric, [.power], "POWER(\(left), \(dice.pick(["2", "0.5", "-1", "3"])))")
      case 1: return Phrase(.metric, [.squareRoot], "SQRT(\(left))")
      default: return Phrase(.metric, [.logarithm], "LN(\(left))")
      }
    case 0, 1:
      guard let one = metric(.money, rule.deeper), let other = metric(.money, rule.deeper) else {
        return nil
      }
      return Phrase(.metric, [.divide], "\(one) / \(other)")
    case 2, 3:
      guard let one = metric(.count, rule.deeper), let other = metric(.count, rule.deeper) else {
        return nil
      }
      return Phrase(.metric, [.divide], "\(one) / \(other)")
    case 4: return Phrase(.metric, [.multiply], "\(left) * \(number())")
    default:
      guard let right = metric(.number, rule.deeper) else { return nil }
      return dice.chance(50)
        ? Phrase(.metric, [.add], "(\(left) + \(right))")
        : Phrase(.metric, [.subtract], "(\(left) - \(right))")
    }
  }

  // MARK: Conditions

  /// A condition on finished groups.
  mutating func groupCondition(_ rule: MetricRule = MetricRule()) -> Phrase? {
    guard rule.depth > 0, dice.chance(30) else { return groupTest(rule) }
    guard let one = groupCondition(rule.deeper) else { return nil }
    if dice.chance(25) { return Phrase(.groupCondition, [.not], "NOT (\(one))") }
    guard let other = groupCondition(rule.deeper) else { return one }
    return dice.chance(50)
      ? Phrase(.groupCondition, [.and], "(\(one) AND \(other))")
      : Phrase(.groupCondition, [.or], "(\(one) OR \(other))")
  }

  mutating func groupTest(_ rule: MetricRule) -> Phrase? {
    let kind = dice.pick([MetricKind.money, .money, .count, .count, .number, .percent, .date])
    guard let subject = metric(kind, rule.deeper) else { return nil }
    return groupTest(subject, kind, rule)
  }

  /// A test of a value.
  mutating func groupTest(_ subject: Phrase, _ kind: MetricKind, _ rule: MetricRule) -> Phrase {
    switch dice.below(12) {
    case 0, 1:
      return dice.chance(50)
        ? Phrase(.groupCondition, [.isNull], "\(subject) IS NULL")
        : Phrase(.groupCondition, [.isNull, .negatedTest], "\(subject) IS NOT NULL")
    case 2:
      return Phrase(
        .groupCondition,
        [.between],
        "\(subject) BETWEEN \(constant(kind)) AND \(constant(kind))"
      )
    case 3:
      let negation = dice.chance(40)
      return Phrase(
        .groupCondition,
        negation ? [.oneOf, .negatedTest] : [.oneOf],
        "\(subject) \(negation ? "NOT " : "")IN (\(constant(kind)), \(constant(kind)))"
      )
    case 4, 5:
      let (feature, word) = comparison()
      if let other = metric(kind, rule.deeper) {
        return Phrase(.groupCondition, [feature], "\(subject) \(word) \(other)")
      }
      fallthrough
    default:
      let (feature, word) = comparison()
      if let given = dice.pickIfAny(constants.filter { $0.kind == kind }), dice.chance(50) {
        return Phrase(
          .groupCondition,
          given.features.union([feature]),
          "\(subject) \(word) $\(given.name)"
        )
      }
      return Phrase(.groupCondition, [feature], "\(subject) \(word) \(constant(kind))")
    }
  }
}
