/// Values of rows.
extension PhraseMaker {
  static let grains = [
    "day", "week", "month", "quarter", "year", "fiscal_week", "fiscal_month", "fiscal_quarter",
    "fiscal_year",
  ]
  static let parts = ["day_of_week", "day_of_month", "week_of_year", "month_of_year"]

  /// The dimensions of a kind that the facts have.
  func dimensions(_ kind: ValueKind) -> [WorldDimension] {
    world.dimensions(of: facts).filter { $0.kind == kind }
  }

  /// The columns of a kind, where there is just one fact.
  func columns(_ kind: ValueKind, isExact: Bool = false) -> [String] {
    guard facts.count == 1, let fact = facts.first else { return [] }
    return fact.columns.filter { $0.kind == kind && !(isExact && $0.name == "fine") }
      .map { "\(fact.name).\($0.name)" }
  }

  /// A column or a dimension of a kind, as it is stored.
  mutating func plainRow(_ kind: ValueKind, isExact: Bool = false) -> Phrase? {
    var choices: [Phrase] = columns(kind, isExact: isExact).map { Phrase(.row, "\($0)") }
    choices += dimensions(kind).map { Phrase(.row, "\($0.name)") }
    if kind == .date {
      choices += PhraseMaker.grains.map { Phrase(.row, [.grainCall], "\($0)") }
    }
    if kind == .count {
      choices += PhraseMaker.parts.map { Phrase(.row, [.partCall], "\($0)") }
      if !facts.isEmpty, facts.allSatisfy({ $0.instantColumn != nil }) {
        choices.append(Phrase(.row, [.partCall], "hour_of_day"))
      }
    }
    return dice.pickIfAny(choices)
  }

  /// A value of a kind; nil where the rows have none.
  mutating func row(_ kind: ValueKind, depth: Int = 2, isExact: Bool = false) -> Phrase? {
    guard depth > 0, dice.chance(kind == .text ? 60 : 45) else {
      return plainRow(kind, isExact: isExact)
    }
    let made: Phrase?
    switch kind {
    case .text: made = composedText(depth)
    case .count: made = composedCount(depth)
    case .money: made = composedMoney(depth, isExact)
    case .number: made = composedNumber(depth)
    case .date: made = composedDate(depth)
    case .percent, .timestamp, .bool: made = nil
    }
    return made ?? plainRow(kind, isExact: isExact)
  }

  private mutating func composedText(_ depth: Int) -> Phrase? {
    guard let inner = row(.text, depth: depth - 1) else { return nil }
    switch dice.below(9) {
    case 6:
      let other = dice.chance(50) ? plainRow(.text) : Phrase(.other, "' / '")
      guard let other else { return nil }
      return Phrase(.row, [.concat], "CONCAT(\(inner), \(other))")
    case 7, 8:
      let (kind, bounds) = dice.pick([
        (ValueKind.count, "2, 4"),
        (.money, "0 \(world.settings.currency), 50 \(world.settings.currency)"),
        (.number, "0.5, 2.5"), (.money, "25 \(world.settings.currency)"),
      ])
      guard let value = row(kind, depth: depth - 1) else { return nil }
      return Phrase(.row, [.band], "BAND(\(value), \(bounds))")
    case 0: return Phrase(.row, [.rowLower], "LOWER(\(inner))")
    case 1: return Phrase(.row, [.rowUpper], "UPPER(\(inner))")
    case 2: return Phrase(.row, [.rowTrim], "TRIM(\(inner))")
    case 3:
      guard let other = plainRow(.text) else { return nil }
      return Phrase(.row, [.rowCoalesce], "COALESCE(\(inner), \(other), 'nothing')")
    default: return choice(inner, Phrase(.other, "'other'"), depth)
    }
  }

  private mutating func composedCount(_ depth: Int) -> Phrase? {
    if dice.chance(40), let date = row(.date, depth: depth - 1) {
      return Phrase(.row, [.partCall], "\(dice.pick(PhraseMaker.parts))(\(date))")
    }
    guard let inner = row(.count, depth: depth - 1) else { return nil }
    switch dice.below(6) {
    case 0: return Phrase(.row, [.rowArithmetic], "(\(inner) + \(wholeNumber()))")
    case 1: return Phrase(.row, [.rowArithmetic], "(\(inner) - \(wholeNumber()))")
    case 2: return Phrase(.row, [.rowArithmetic], "-(\(inner))")
    case 3: return Phrase(.row, [.rowCoalesce], "COALESCE(\(inner), \(wholeNumber()))")
    default: return choice(inner, wholeNumber(), depth)
    }
  }

  private mutating func composedMoney(_ depth: Int, _ isExact: Bool) -> Phrase? {
    guard let inner = row(.money, depth: depth - 1, isExact: isExact) else { return nil }
    switch dice.below(7) {
    case 0:
      guard let count = plainRow(.count) else { return nil }
      return Phrase(.row, [.rowArithmetic], "\(inner) * \(count)")
    case 1:
      guard let other = plainRow(.money, isExact: isExact) else { return nil }
      return Phrase(.row, [.rowArithmetic], "(\(inner) - \(other))")
    case 2: return Phrase(.row, [.rowArithmetic], "-(\(inner))")
    case 3: return Phrase(.row, [.rowCoalesce], "COALESCE(\(inner), \(amount()))")
    case 4:
      guard let exact = plainRow(.money, isExact: true), let weight = plainRow(.number) else {
        return nil
      }
      return Phrase(.row, [.rowArithmetic], "\(exact) * \(weight)")
    default: return choice(inner, amount(), depth)
    }
  }

  private mutating func composedNumber(_ depth: Int) -> Phrase? {
    guard let inner = row(.number, depth: depth - 1) else { return nil }
    switch dice.below(6) {
    case 0: return Phrase(.row, [.rowArithmetic], "(\(inner) + \(number()))")
    case 1:
      guard let count = plainRow(.count) else { return nil }
      return Phrase(.row, [.rowArithmetic], "\(inner) * \(count)")
    case 2: return Phrase(.row, [.rowArithmetic], "\(inner) / \(dice.pick(["2", "4", "0.5"]))")
    case 3: return Phrase(.row, [.rowCoalesce], "COALESCE(\(inner), \(number()))")
    default: return choice(inner, number(), depth)
    }
  }

  private mutating func composedDate(_ depth: Int) -> Phrase? {
    let inner: Phrase
    if dice.chance(30), let instant = columns(.timestamp).first {
      inner = Phrase(.row, "\(instant)")
    } else if let date = row(.date, depth: depth - 1) {
      inner = date
    } else {
      return nil
    }
    return Phrase(.row, [.grainCall], "\(dice.pick(PhraseMaker.grains))(\(inner))")
  }

  private mutating func choice(_ one: Phrase, _ other: Phrase, _ depth: Int) -> Phrase? {
    guard let condition = rowCondition(depth: depth - 1) else { return nil }
    switch dice.below(4) {
    case 0: return Phrase(.row, [.rowIf], "IF(\(condition), \(one), \(other))")
    case 1: return Phrase(.row, [.rowIf], "IF(\(condition), \(one))")
    case 2: return Phrase(.row, [.rowCase], "CASE WHEN \(condition) THEN \(one) ELSE \(other) END")
    default: return Phrase(.row, [.rowCase], "CASE WHEN \(condition) THEN \(other) END")
    }
  }

  // MARK: Conditions

  /// A condition on the rows of all the facts; nil where they have nothing in common.
  mutating func rowCondition(depth: Int = 2) -> Phrase? {
    guard depth > 0, dice.chance(35) else { return test() }
    guard let one = rowCondition(depth: depth - 1) else { return nil }
    if dice.chance(25) { return Phrase(.rowCondition, [.not], "NOT (\(one))") }
    guard let other = rowCondition(depth: depth - 1) else { return one }
    return dice.chance(50)
      ? Phrase(.rowCondition, [.and], "(\(one) AND \(other))")
      : Phrase(.rowCondition, [.or], "(\(one) OR \(other))")
  }

  private mutating func test() -> Phrase? {
    for _ in 0..<6 {
      let made: Phrase?
      switch dice.below(16) {
      case 0, 1, 2: made = textComparison()
      case 3, 4: made = textPattern()
      case 5, 6: made = blankTest()
      case 7, 8: made = dateTest()
      case 9, 10, 11: made = numberTest()
      case 12: made = flagTest()
      case 13: made = segmentTest()
      case 14: made = parameterTest()
      default: made = coverageTest()
      }
      if let made { return made }
    }
    return nil
  }

  /// A text dimension, mostly, with texts that it may be.
  private mutating func textSubject() -> (Phrase, [String])? {
    if dice.chance(15), let composed = row(.text) {
      return (composed, ["nothing", "other", "new", "PAID", "a"])
    }
    guard let dimension = dice.pickIfAny(dimensions(.text)) else { return nil }
    return (Phrase(.row, "\(dimension.name)"), dimension.samples + ["", "nobody"])
  }

  private mutating func textComparison() -> Phrase? {
    guard let (subject, samples) = textSubject() else { return nil }
    let text = PhraseMaker.text(dice.pick(samples))
    switch dice.below(5) {
    case 0, 1: return Phrase(.rowCondition, [.equal], "\(subject) = \(text)")
    case 2: return Phrase(.rowCondition, [.notEqual], "\(subject) != \(text)")
    default:
      let list = dice.some(dice.number(in: 1...4), of: samples).map { PhraseMaker.text($0) }
      let members = list.joined(separator: ", ")
      return dice.chance(35)
        ? Phrase(.rowCondition, [.oneOf, .negatedTest], "\(subject) NOT IN (\(members))")
        : Phrase(.rowCondition, [.oneOf], "\(subject) IN (\(members))")
    }
  }

  private mutating func textPattern() -> Phrase? {
    guard let (subject, samples) = textSubject() else { return nil }
    let whole = Array(dice.pick(samples).unicodeScalars)
    let start = dice.below(whole.count + 1)
    var part = ""
    part.unicodeScalars.append(contentsOf: whole[start..<min(whole.count, start + 2)])
    if dice.chance(40) { part = dice.chance(50) ? part.uppercased() : part.lowercased() }
    let negation = dice.chance(25)
    let word = negation ? "NOT " : ""
    let also: Set<Feature> = negation ? [.negatedTest] : []
    switch dice.below(5) {
    case 4:
      let pattern = dice.pick([
        "^[a-n]", "(?i)tea", "o.*e", "[0-9]$", "^(s|i)[0-3]$", "(?i)^p", "a|e|ü", "^$", "N+",
      ])
      return Phrase(
        .rowCondition,
        also.union([.matches]),
        "\(subject) \(word)MATCHES \(Self.text(pattern))"
      )
    case 0:
      return Phrase(
        .rowCondition,
        also.union([.contains]),
        "\(subject) \(word)CONTAINS \(Self.text(part))"
      )
    case 1:
      return Phrase(
        .rowCondition,
        also.union([.startsWith]),
        "\(subject) \(word)STARTS WITH \(Self.text(part))"
      )
    case 2:
      return Phrase(
        .rowCondition,
        also.union([.endsWith]),
        "\(subject) \(word)ENDS WITH \(Self.text(part))"
      )
    default:
      let pattern = dice.pick(["%\(part)%", "\(part)%", "_%", "%\(part)", "%_\(part)_%", part])
      return Phrase(
        .rowCondition,
        also.union([.like]),
        "\(subject) \(word)LIKE \(Self.text(pattern))"
      )
    }
  }

  private mutating func blankTest() -> Phrase? {
    let negation = dice.chance(40)
    let word = negation ? "IS NOT" : "IS"
    let also: Set<Feature> = negation ? [.negatedTest] : []
    if dice.chance(30) {
      let kind = dice.pick([ValueKind.count, .money, .number, .date, .text])
      guard let subject = row(kind, depth: 1) else { return nil }
      return Phrase(.rowCondition, also.union([.isNull]), "\(subject) \(word) NULL")
    }
    guard let dimension = dice.pickIfAny(world.dimensions(of: facts)) else { return nil }
    let (feature, test) = dice.pick([
      (Feature.isNull, "NULL"), (.isNone, "NONE"), (.isUnknown, "UNKNOWN"),
    ])
    return Phrase(.rowCondition, also.union([feature]), "\(dimension.name) \(word) \(test)")
  }

  private mutating func dateTest() -> Phrase? {
    var subject = row(.date, depth: 1)
    if dice.chance(20), let instant = columns(.timestamp).first {
      subject = Phrase(.row, "\(instant)")
    }
    guard let subject else { return nil }
    if dice.chance(15) {
      return Phrase(
        .rowCondition,
        [.between, .dateTest],
        "\(subject) BETWEEN \(dateLiteral()) AND \(dateLiteral())"
      )
    }
    if dice.chance(10) {
      return Phrase(
        .rowCondition,
        [.oneOf, .dateTest],
        "\(subject) IN (\(dateLiteral()), \(dateLiteral()))"
      )
    }
    let (feature, word) = comparison()
    if dice.chance(15), let other = row(.date, depth: 1) {
      return Phrase(.rowCondition, [feature, .dateTest], "\(subject) \(word) \(other)")
    }
    return Phrase(.rowCondition, [feature, .dateTest], "\(subject) \(word) \(dateLiteral())")
  }

  mutating func comparison() -> (Feature, String) {
    dice.pick([
      (.equal, "="), (.notEqual, "!="), (.less, "<"), (.lessOrEqual, "<="), (.greater, ">"),
      (.greaterOrEqual, ">="),
    ])
  }

  private mutating func numberTest() -> Phrase? {
    let (rows, kind) = dice.pick([
      (ValueKind.count, MetricKind.count), (.count, .count), (.money, .money), (.number, .number),
      (.percent, .percent),
    ])
    guard let subject = row(rows, depth: 1) else { return nil }
    switch dice.below(10) {
    case 0, 1:
      let negation = dice.chance(30)
      return Phrase(
        .rowCondition,
        negation ? [.between, .negatedTest] : [.between],
        "\(subject) \(negation ? "NOT " : "")BETWEEN \(constant(kind)) AND \(constant(kind))"
      )
    case 2:
      let negation = dice.chance(30)
      return Phrase(
        .rowCondition,
        negation ? [.oneOf, .negatedTest] : [.oneOf],
        "\(subject) \(negation ? "NOT " : "")IN (\(constant(kind)), \(constant(kind)))"
      )
    case 3:
      guard let other = row(rows, depth: 1) else { return nil }
      let (feature, word) = comparison()
      return Phrase(.rowCondition, [feature], "\(subject) \(word) \(other)")
    default:
      let (feature, word) = comparison()
      if let given = dice.pickIfAny(constants.filter { $0.kind == kind }), dice.chance(50) {
        return Phrase(
          .rowCondition,
          given.features.union([feature]),
          "\(subject) \(word) $\(given.name)"
        )
      }
      return Phrase(.rowCondition, [feature], "\(subject) \(word) \(constant(kind))")
    }
  }

  private mutating func flagTest() -> Phrase? {
    if dice.chance(10) { return Phrase(.rowCondition, "\(dice.pick(["TRUE", "FALSE"]))") }
    guard let subject = plainRow(.bool) else { return nil }
    switch dice.below(3) {
    case 0: return Phrase(.rowCondition, [.flag], "\(subject)")
    case 1:
      return Phrase(.rowCondition, [.flag, .equal], "\(subject) = \(dice.pick(["TRUE", "FALSE"]))")
    default: return Phrase(.rowCondition, [.flag, .not], "NOT \(subject)")
    }
  }

  private mutating func segmentTest() -> Phrase? {
    let names = Set(world.dimensions(of: facts).map(\.name))
    let fitting = segments.filter { names.contains($0.dimension) }
    guard let segment = dice.pickIfAny(fitting) else { return nil }
    let negation = dice.chance(30)
    return Phrase(
      .rowCondition,
      negation ? [.inSegment, .negatedTest] : [.inSegment],
      "\(segment.dimension) \(negation ? "NOT " : "")IN SEGMENT \(segment.name)"
    )
  }

  private mutating func parameterTest() -> Phrase? {
    let names = Set(world.dimensions(of: facts).map(\.name))
    let fitting = listParameters.filter { names.contains($0.dimension) }
    guard let parameter = dice.pickIfAny(fitting) else { return nil }
    let negation = dice.chance(25)
    let features = parameter.features.union(negation ? [.paramList, .negatedTest] : [.paramList])
    return Phrase(
      .rowCondition,
      features,
      "\(parameter.dimension) \(negation ? "NOT " : "")IN $\(parameter.name)"
    )
  }

  private mutating func coverageTest() -> Phrase? {
    let names = Set(world.dimensions(of: facts).map(\.name))
    let fitting = world.facts.filter { fact in
      !fact.covers.isEmpty && fact.covers.allSatisfy { names.contains($0.dimension) }
    }
    guard let fact = dice.pickIfAny(fitting) else { return nil }
    return Phrase(.rowCondition, [.coveredBy], "COVERED BY \(fact.name)")
  }
}
