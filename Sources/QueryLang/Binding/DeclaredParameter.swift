/// A parameter with its type and the value that it stands for.
struct DeclaredParameter {
  /// What a parameter may stand for.
  enum Kind: Hashable {
    /// One constant of a type, or a list of them.
    case constants(ResultType, isList: Bool)
    case metric
    case dimension
    case period
  }

  /// The values that the declaration admits.
  enum Allowed {
    case constants([LiteralSyntax])
    /// Members of a dimension; the values are those that the model lists, or none.
    case members(of: String, values: [String])
  }

  /// What a parameter stands for.
  enum Value {
    case constants([LiteralSyntax])
    /// No restriction: a condition with IN is true for every row.
    case any
    case name(NameSyntax)
    /// A range in words, with the text that its places point into.
    case period(PeriodSyntax, SourceText)
    case days(BoundDays)
  }

  let name: String
  let kind: Kind
  let allowed: Allowed?
  /// Whether the default is ANY, so that it can stand after IN only.
  let allowsAny: Bool
  let value: Value?
  /// Whether the value came from outside.
  let isGiven: Bool
  let span: SourceSpan

  /// The type in the capitals of the language.
  var typeName: String { kind.typeName }

  /// The values that are allowed, as the language writes them; empty for all.
  var allowedText: String {
    switch allowed {
    case .constants(let constants): constants.map(\.written).joined(separator: ", ")
    case .members(let dimension, _): "VALUES OF \(dimension)"
    case nil: ""
    }
  }

  /// The value as the language writes it; empty without one.
  var valueText: String {
    switch value {
    case .constants(let constants): constants.map(\.written).joined(separator: ", ")
    case .any: "ANY"
    case .name(let name): name.text
    case .period(let period, let text): text.slice(period.span)
    case .days(let days):
      "\(CivilDay(number: days.from).text) TO \(CivilDay(number: days.to).text)"
    case nil: ""
    }
  }
}

extension DeclaredParameter.Kind {
  /// The type in the capitals of the language.
  var typeName: String {
    switch self {
    case .constants(let type, let isList): type.name.uppercased() + (isList ? "[]" : "")
    case .metric: "METRIC"
    case .dimension: "DIMENSION"
    case .period: "PERIOD"
    }
  }

  /// What would be a value, for messages.
  var example: String {
    switch self {
    case .constants(let type, _):
      switch type {
      case .money: "an amount such as 499 INR"
      case .count: "a whole number such as 12"
      case .number: "a number such as 1.5"
      case .percent: "a percent such as 12.5%"
      case .date, .grain, .timestamp: "a date such as 2026-03-15"
      case .string: "a text such as 'amazon'"
      case .bool: "TRUE or FALSE"
      }
    case .metric: "the name of a metric"
    case .dimension: "the name of a dimension"
    case .period: "a period such as last 90 days"
    }
  }
}

extension LiteralSyntax {
  /// The same constant as one of a type, or nil where it is of another; a bare number is an amount
  /// in the currency, and a number such as 2026 is the year where a date is needed.
  func constant(of type: ResultType, currency: String) -> LiteralSyntax? {
    switch (type, value) {
    case (.money, .money), (.number, .number), (.percent, .percent), (.string, .text),
      (.bool, .boolean), (.date, .date), (.date, .today), (.date, .yesterday):
      return self
    case (.money, .number(let number)):
      return LiteralSyntax(
        value: .money(number, currency: currency, currencySpan: span),
        span: span
      )
    case (.count, .number(let number)): return number.whole == nil ? nil : self
    case (.date, .number(let number)):
      guard let year = number.whole, (1900...2099).contains(year) else { return nil }
      return LiteralSyntax(value: .date(.year(year)), span: span)
    default: return nil
    }
  }

  /// The same constant at another place of the text.
  func placed(at span: SourceSpan) -> LiteralSyntax { LiteralSyntax(value: value, span: span) }

  /// Whether two constants are the same value, wherever they stand.
  func isSame(as other: LiteralSyntax) -> Bool {
    switch (value, other.value) {
    case (.number(let one), .number(let two)), (.percent(let one), .percent(let two)):
      one.isSame(as: two)
    case (.money(let one, let currency, _), .money(let two, let otherCurrency, _)):
      currency == otherCurrency && one.isSame(as: two)
    case (.text(let one), .text(let two)): one == two
    case (.date(let one), .date(let two)): one == two
    case (.boolean(let one), .boolean(let two)): one == two
    case (.today, .today), (.yesterday, .yesterday): true
    default: false
    }
  }

  /// The constant as the language writes it.
  var written: String {
    switch value {
    case .number(let number): number.written
    case .percent(let number): "\(number.written)%"
    case .money(let number, let currency, _): "\(number.written) \(currency)"
    case .duration(let number, let unit): "\(number.written) \(unit.unit.rawValue)s"
    case .text(let text):
      "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''")
        + "'"
    case .date(.day(let year, let month, let day)):
      CivilDay(year: year, month: month, day: day).text
    case .date(.month(let year, let month)):
      "\(CivilDay.padded(year, 4))-\(CivilDay.padded(month, 2))"
    case .date(.quarter(let year, let quarter)): "\(CivilDay.padded(year, 4))-Q\(quarter)"
    case .date(.week(let year, let week)):
      "\(CivilDay.padded(year, 4))-W\(CivilDay.padded(week, 2))"
    case .date(.year(let year)): CivilDay.padded(year, 4)
    case .date(.fiscalYear(let year)): "FY\(CivilDay.padded(year, 4))"
    case .date(.fiscalQuarter(let year, let quarter)): "FY\(CivilDay.padded(year, 4))-Q\(quarter)"
    case .boolean(let flag): flag ? "TRUE" : "FALSE"
    case .null: "NULL"
    case .today: "TODAY"
    case .yesterday: "YESTERDAY"
    }
  }
}

extension DecimalLiteral {
  /// Whether two numbers are equal, however many zeros they end with.
  func isSame(as other: DecimalLiteral) -> Bool {
    let digits = max(fractionDigits, other.fractionDigits)
    if let one = scaled(to: digits), let two = other.scaled(to: digits) {
      return one == two
    }
    return double == other.double
  }

  /// The same number with the other sign.
  var negated: DecimalLiteral {
    DecimalLiteral(significand: 0 - significand, fractionDigits: fractionDigits)
  }

  /// The number in digits.
  var written: String {
    guard fractionDigits > 0 else { return "\(significand)" }
    let digits = String(significand.magnitude)
    let zeros = String(repeating: "0", count: max(0, fractionDigits + 1 - digits.count))
    let padded = zeros + digits
    let sign = significand < 0 ? "-" : ""
    return "\(sign)\(padded.dropLast(fractionDigits)).\(padded.suffix(fractionDigits))"
  }
}
