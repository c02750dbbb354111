import QueryLang

/// Makes random reports over a world.
struct ReportMaker {
  let world: World
  var maker: PhraseMaker
  var sketch = ReportSketch()
  /// Whether the report's range has a period before it.
  var hasRange = false
  /// Whether a metric looks at other days.
  var goesBack = false

  init(_ world: World, seed: UInt64) {
    self.world = world
    maker = PhraseMaker(world, Dice(seed), facts: [])
  }

  /// Makes a report; most are right.
  mutating func report() -> ReportSketch {
    let count = maker.dice.weighted([(11, 1), (7, 2), (2, 3)])
    maker.facts = maker.dice.some(count, of: world.facts)
    sketch.facts = maker.facts.map(\.name)
    maker.segments = world.segments.map { ($0.name, $0.dimension) }
    addModelParameters()
    let wishes = wishes()
    addDefinitions()
    addKeys()
    addDates()
    goesBack = wishes.goesBack
    maker.mayGoBack = goesBack
    maker.mayGoBackByPeriods = hasRange
    if maker.dice.chance(50) { sketch.filter = maker.rowCondition() }
    addColumns()
    if wishes.compares { addComparisons() }
    addTops()
    addHaving()
    addFill()
    addTotals()
    addOrder()
    addLimit()
    addOthers()
    return sketch
  }

  private mutating func wishes() -> (goesBack: Bool, compares: Bool) {
    (maker.dice.chance(35), maker.dice.chance(19))
  }

  // MARK: Names

  private mutating func addModelParameters() {
    for parameter in world.parameters {
      guard let dimension = parameter.dimension else { continue }
      var features: Set<Feature> = [.modelParam]
      if parameter.standard == "any" { features.insert(.paramAny) }
      maker.listParameters.append((parameter.name, dimension, features))
      guard let samples = world.dimension(dimension)?.samples, maker.dice.chance(15) else {
        continue
      }
      sketch.given[parameter.name] = .list(maker.dice.some(2, of: samples).map { .text($0) })
    }
    if maker.dice.chance(10) {
      let from = world.today - Int32(maker.dice.number(in: 5...100))
      sketch.given["span"] = .period(from: from, to: from + Int32(maker.dice.below(40)))
    }
  }

  private mutating func addDefinitions() {
    if maker.dice.chance(12) { defineMetric() }
    if maker.dice.chance(12) { defineDimension() }
    if maker.dice.chance(8) { defineSegment() }
    if maker.dice.chance(8) { defineConstant() }
    if maker.dice.chance(9) { defineList() }
    if maker.dice.chance(6) { defineName() }
  }

  private mutating func defineMetric() {
    let kind = maker.dice.pick([MetricKind.money, .count, .number, .percent])
    var rule = PhraseMaker.MetricRule(depth: 2)
    rule.isPlain = true
    guard let metric = maker.metric(kind, rule) else { return }
    let type = kind == .percent && maker.dice.chance(50) ? " TYPE PERCENT" : ""
    sketch.definitions.append(
      Phrase(.other, [.defineMetric], "DEFINE METRIC own = \(metric)\(type)")
    )
    maker.definedMetrics.append(
      WorldMetric(
        name: "own",
        kind: kind,
        form: .expression(metric.text),
        facts: Set(maker.facts.map(\.name)),
        features: []
      )
    )
  }

  private mutating func defineDimension() {
    guard let row = maker.row(maker.dice.pick([.text, .text, .date, .count])) else { return }
    sketch.definitions.append(
      Phrase(.other, [.defineDimension], "DEFINE DIMENSION kind = \(row)")
    )
    maker.definedDimensions.append(("kind", Set(maker.facts.map(\.name))))
  }

  private mutating func defineSegment() {
    let texts = maker.dimensions(.text).filter { !$0.samples.isEmpty }
    guard let dimension = maker.dice.pickIfAny(texts) else { return }
    switch dimension.form {
    case .expression: return
    case .column, .table, .attribute, .cohort: break
    }
    let members = maker.dice.some(3, of: dimension.samples).map { World.quoted($0) }
    let list = members.joined(separator: ", ")
    let test = maker.dice.chance(50) ? "IN (\(list))" : "NOT IN (\(list))"
    sketch.definitions.append(
      Phrase(
        .other,
        [.defineSegment],
        "DEFINE SEGMENT mine OF \(dimension.name) = \(dimension.name) \(test)"
      )
    )
    maker.segments.append(("mine", dimension.name))
  }

  private mutating func defineConstant() {
    let kind = maker.dice.pick([MetricKind.money, .count, .number, .percent])
    let value = maker.constant(kind)
    guard !value.text.hasPrefix("-") else { return }
    sketch.definitions.append(
      Phrase(
        .other,
        [.defineParam],
        "DEFINE PARAM bound \(kind.rawValue.uppercased()) DEFAULT \(value)"
      )
    )
    maker.constants.append(("bound", kind, [.paramConstant]))
    if kind == .count, maker.dice.chance(50) { sketch.given["bound"] = .integer(3) }
  }

  private mutating func defineList() {
    let texts = maker.dimensions(.text).filter { !$0.samples.isEmpty && $0.values.isEmpty }
    guard let dimension = maker.dice.pickIfAny(texts) else { return }
    var members = ""
    if case .expression = dimension.form {
    } else if maker.dice.chance(50) {
      members = " IN VALUES OF \(dimension.name)"
    }
    let isAny = maker.dice.chance(45)
    let list = maker.dice.some(3, of: dimension.samples)
    let standard = isAny ? "ANY" : "(\(list.map { World.quoted($0) }.joined(separator: ", ")))"
    sketch.definitions.append(
      Phrase(
        .other,
        isAny ? [.defineParam, .paramAny] : [.defineParam],
        "DEFINE PARAM members STRING[]\(members) DEFAULT \(standard)"
      )
    )
    maker.listParameters.append(("members", dimension.name, isAny ? [.paramAny] : []))
    if maker.dice.chance(35) {
      sketch.given["members"] = .list(
        maker.dice.some(2, of: dimension.samples).map { .text($0) }
      )
    }
  }

  private mutating func defineName() {
    let kind = maker.dice.pick([MetricKind.money, .count])
    guard let metric = maker.dice.pickIfAny(maker.namedMetrics(kind)) else { return }
    sketch.definitions.append(
      Phrase(
        .other,
        metric.features.union([.defineParam]),
        "DEFINE PARAM what METRIC DEFAULT \(metric.name)"
      )
    )
    var named = metric
    named.name = "$what"
    named.features.insert(.paramName)
    maker.definedMetrics.append(named)
  }

  // MARK: BY

  private mutating func addKeys() {
    let count = maker.dice.weighted([(10, 0), (42, 1), (36, 2), (12, 3)])
    for place in 0..<count {
      guard let key = key(place), !sketch.keys.contains(where: { isSame($0, key) }) else {
        continue
      }
      sketch.keys.append(key)
    }
    maker.keys = sketch.keys
  }

  private func isSame(_ one: SketchKey, _ other: SketchKey) -> Bool {
    one.phrase.text == other.phrase.text || (one.alias ?? one.name) == (other.alias ?? other.name)
  }

  private mutating func key(_ place: Int) -> SketchKey? {
    let all = Set(maker.facts.map(\.name))
    func plain(_ name: String, _ feature: Feature, isGrain: Bool, _ kind: ValueKind) -> SketchKey {
      SketchKey(
        name: name,
        phrase: Phrase(.other, [feature], "\(name)"),
        alias: nil,
        isGrain: isGrain,
        kind: kind,
        facts: all
      )
    }
    switch maker.dice.below(100) {
    case 0..<30:
      let grain = maker.dice.weighted([
        (3, "day"), (4, "week"), (7, "month"), (3, "quarter"), (2, "year"), (2, "fiscal_quarter"),
        (2, "fiscal_year"), (1, "fiscal_month"), (1, "fiscal_week"),
      ])
      if sketch.keys.contains(where: \.isGrain), maker.dice.chance(80) { return nil }
      return plain(grain, .byGrain, isGrain: true, .date)
    case 30..<36:
      return plain(maker.dice.pick(PhraseMaker.parts), .byDatePart, isGrain: false, .count)
    case 36..<41:
      guard let row = maker.row(.text), !row.allFeatures.isEmpty else { return dimensionKey(all) }
      return SketchKey(
        name: "area",
        phrase: Phrase(.other, [.byCase], "\(row)"),
        alias: "k\(place)",
        isGrain: false,
        kind: .text,
        facts: all
      )
    case 41..<46:
      guard let column = maker.dice.pickIfAny(maker.columns(.date) + maker.columns(.timestamp))
      else { return dimensionKey(all) }
      let grain = maker.dice.pick(["month", "week", "quarter", "year", "fiscal_year"])
      return SketchKey(
        name: "due",
        phrase: Phrase(.other, [.byDateColumn, .grainCall], "\(grain)(\(column))"),
        alias: "k\(place)",
        isGrain: false,
        kind: .date,
        facts: all
      )
    case 46..<50:
      guard let defined = maker.dice.pickIfAny(maker.definedDimensions) else {
        return dimensionKey(all)
      }
      return plain(defined.name, .byExpression, isGrain: false, .text)
    default: return dimensionKey(all)
    }
  }

  private mutating func dimensionKey(_ all: Set<String>) -> SketchKey? {
    guard let dimension = maker.dice.pickIfAny(world.dimensions(of: maker.facts)) else {
      return nil
    }
    var features: Set<Feature> = []
    switch dimension.form {
    case .column: features.insert(dimension.name == "ticket" ? .byTuple : .byDimension)
    case .table: features.insert(.byDimension)
    case .attribute: features.insert(.byAttribute)
    case .expression: features.insert(.byExpression)
    case .cohort: features.insert(.byCohort)
    }
    if dimension.orderBy != nil { features.insert(.byOrdered) }
    if dimension.kind != .text { features.insert(.byNoText) }
    if maker.facts.contains(where: { isAbsent(dimension, $0) }) { features.insert(.byAbsent) }
    var name = dimension.name
    if !sketch.definitions.contains(where: { $0.text.contains("PARAM split") }),
      maker.dice.chance(5)
    {
      sketch.definitions.append(
        Phrase(.other, [.defineParam], "DEFINE PARAM split DIMENSION DEFAULT \(name)")
      )
      features.insert(.paramName)
      return SketchKey(
        name: name,
        phrase: Phrase(.other, features, "$split"),
        alias: nil,
        isGrain: false,
        kind: dimension.kind,
        facts: all
      )
    }
    if dimension.label != nil, maker.dice.chance(10) { name = "\"The shop\"" }
    let alias = maker.dice.chance(10) ? "k_\(dimension.name)" : nil
    return SketchKey(
      name: dimension.name,
      phrase: Phrase(.other, alias == nil ? features : features.union([.alias]), "\(name)"),
      alias: alias,
      isGrain: false,
      kind: dimension.kind,
      facts: all
    )
  }

  private func isAbsent(_ dimension: WorldDimension, _ fact: WorldFact) -> Bool {
    let owner: String
    switch dimension.form {
    case .attribute(let parent, _), .cohort(let parent): owner = parent
    case .column, .table, .expression: owner = dimension.name
    }
    if case .absent = fact.relation(to: owner) { return true }
    return false
  }

  // MARK: SELECT

  private mutating func addColumns() {
    var taken = Set(sketch.keys.map { $0.alias ?? $0.name })
    for place in 0..<maker.dice.weighted([(6, 1), (6, 2), (3, 3), (1, 4)]) {
      let kind = maker.dice.weighted([
        (12, MetricKind.money), (12, .count), (12, .number), (8, .percent), (2, .date), (2, .text),
      ])
      var rule = PhraseMaker.MetricRule(depth: maker.dice.weighted([(5, 1), (4, 2), (1, 3)]))
      rule.keepsDays = !goesBack
      guard let phrase = maker.metric(kind, rule) else { continue }
      var column = ReportSketch.Column(phrase: phrase, kind: kind, name: nil, hasAlias: false)
      let isName = (world.metrics + maker.definedMetrics).contains { $0.name == phrase.text }
      if maker.dice.chance(isName ? 40 : 85) {
        column.name = "c\(place + 1)"
        column.hasAlias = true
      } else if isName {
        let name = phrase.text
        guard name != "$what", taken.insert(name).inserted else { continue }
        column.name = name
      }
      if maker.dice.chance(8) { column.format = maker.dice.pick(["#,##0", "0.0%", "0.00"]) }
      sketch.columns.append(column)
    }
    if sketch.columns.isEmpty {
      let name = maker.facts[0].name
      sketch.columns.append(
        .init(
          phrase: Phrase(.metric, [.count, .inlineAggregate], "COUNT(\(name))"),
          kind: .count,
          name: "c1",
          hasAlias: true
        )
      )
    }
  }
}
