import QueryLang

/// Makes random phrases over a world: values and conditions of rows and of groups.
struct PhraseMaker {
  let world: World
  var dice: Dice
  /// The facts whose rows conditions are about.
  var facts: [WorldFact]
  /// The keys of the report, for WITHIN.
  var keys: [SketchKey] = []
  /// Segments and parameters that the report defines, with those of the model.
  var segments: [(name: String, dimension: String)] = []
  var listParameters: [(name: String, dimension: String, features: Set<Feature>)] = []
  var constants: [(name: String, kind: MetricKind, features: Set<Feature>)] = []
  /// Metrics that the report defines.
  var definedMetrics: [WorldMetric] = []
  var definedDimensions: [(name: String, facts: Set<String>)] = []
  /// Whether metrics may look at other days.
  var mayGoBack = false
  var mayGoBackByPeriods = false

  init(_ world: World, _ dice: Dice, facts: [WorldFact]) {
    (self.world, self.dice, self.facts) = (world, dice, facts)
  }

  /// Does something about the rows of other facts.
  mutating func about<Result>(
    _ facts: [WorldFact],
    _ make: (inout PhraseMaker) -> Result
  ) -> Result {
    let outer = self.facts
    self.facts = facts
    defer { self.facts = outer }
    return make(&self)
  }

  // MARK: Constants

  static func text(_ text: String) -> String { World.quoted(text) }

  mutating func amount() -> Phrase {
    let number = dice.pick(["0", "1", "2.5", "10", "25", "99.75", "100", "250", "1000", "0.0001"])
    return Phrase(.other, [.amount], "\(number) \(world.settings.currency)")
  }

  mutating func wholeNumber() -> Phrase {
    Phrase(.other, "\(dice.pick(["0", "1", "2", "3", "4", "5", "7", "10", "20", "50"]))")
  }

  mutating func number() -> Phrase {
    Phrase(.other, "\(dice.pick(["0.5", "0.25", "1.5", "2", "0.125", "12.5", "3"]))")
  }

  mutating func percent() -> Phrase {
    Phrase(.other, "\(dice.pick(["50%", "12.5%", "25%", "100%", "0%", "75%"]))")
  }

  /// A constant of a kind, now and then below zero.
  mutating func constant(_ kind: MetricKind) -> Phrase {
    let plain: Phrase
    switch kind {
    case .money: plain = amount()
    case .count: plain = wholeNumber()
    case .number: plain = number()
    case .percent: plain = percent()
    case .date: return dateLiteral()
    case .text: return Phrase(.other, "\(dice.pick(["'high'", "'low'", "'[10,100)'", "''"]))")
    }
    return dice.chance(10) ? Phrase(.other, "-\(plain)") : plain
  }

  // MARK: Dates

  /// A day near those of the data.
  mutating func day() -> CivilDay {
    if dice.chance(10) { return CivilDay(year: dice.pick([2024, 2020, 2028]), month: 2, day: 29) }
    let near = CivilDay(
      number: world.today - Int32(dice.number(in: dice.chance(70) ? -3...120 : -10...800))
    )
    guard dice.chance(25) else { return near }
    let last = CivilDay.lastDay(ofMonth: near.month, year: near.year)
    return CivilDay(year: near.year, month: near.month, day: last)
  }

  /// A literal for one day or for several.
  mutating func dateLiteral() -> Phrase {
    let day = day()
    let year = day.year
    switch dice.below(12) {
    case 0, 1, 2, 3: return Phrase(.other, [.dayLiteral], "\(day.text)")
    case 4, 5:
      return Phrase(.other, [.monthLiteral], "\(year)-\(World.padded(day.month))")
    case 6: return Phrase(.other, [.quarterLiteral], "\(year)-Q\((day.month + 2) / 3)")
    case 7:
      let week = min(52, max(1, (day.month - 1) * 4 + 1 + day.day / 8))
      return Phrase(.other, [.weekLiteral], "\(year)-W\(World.padded(week))")
    case 8: return Phrase(.other, [.fiscalLiteral], "FY\(year)")
    case 9: return Phrase(.other, [.fiscalLiteral], "FY\(year)-Q\(dice.number(in: 1...4))")
    case 10: return Phrase(.other, [.today], "TODAY")
    default: return Phrase(.other, [.today], "YESTERDAY")
    }
  }
}

/// A key of BY.
struct SketchKey {
  var name: String
  var phrase: Phrase
  var alias: String?
  var isGrain: Bool
  var kind: ValueKind
  /// The facts whose rows have it.
  var facts: Set<String>
}
