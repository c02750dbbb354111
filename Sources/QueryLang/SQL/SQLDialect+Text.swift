internal import ColumnStore

/// How values are held between the steps of a statement.
enum SQLKind: Sendable, Hashable {
  /// A count, a truth value, an instant in microseconds, or an amount in ten-thousandths.
  case integer
  case double
  case text
  case date
}

/// An expression of a statement.
struct SQLValue: Sendable, Hashable {
  var text: String
  var kind: SQLKind
}

/// The words of a dialect.
extension SQLDialect {
  /// A name between quotes.
  func quoted(_ name: String) -> String {
    var text = ""
    for character in name.unicodeScalars {
      switch character {
      case "\"": text += "\"\""
      case "\\" where self == .clickhouse: text += "\\\\"
      default: text.unicodeScalars.append(character)
      }
    }
    return "\"\(text)\""
  }

  /// The name of a type.
  func type(_ kind: SQLKind) -> String {
    switch (self, kind) {
    case (.duckdb, .integer): "BIGINT"
    case (.duckdb, .double): "DOUBLE"
    case (.duckdb, .text): "VARCHAR"
    case (.duckdb, .date): "DATE"
    case (.clickhouse, .integer): "Nullable(Int64)"
    case (.clickhouse, .double): "Nullable(Float64)"
    case (.clickhouse, .text): "Nullable(String)"
    case (.clickhouse, .date): "Nullable(Date32)"
    }
  }

  func null(_ kind: SQLKind) -> SQLValue {
    SQLValue(text: "CAST(NULL AS \(type(kind)))", kind: kind)
  }

  /// A condition that holds or does not: what is neither does not hold.
  func holding(_ condition: String) -> String { "coalesce(\(condition), false)" }

  /// The condition that two values are equal or both null.
  func same(_ left: String, _ right: String) -> String { "\(left) IS NOT DISTINCT FROM \(right)" }

  // MARK: Numbers

  /// A number as a double.
  func double(_ value: String) -> String {
    self == .duckdb ? "CAST(\(value) AS DOUBLE)" : "toFloat64(\(value))"
  }

  /// A whole number with 64 bits.
  func integer(_ value: String) -> String {
    self == .duckdb ? "CAST(\(value) AS BIGINT)" : "toInt64(\(value))"
  }

  /// A whole number with 128 bits.
  func wide(_ value: String) -> String {
    self == .duckdb ? "CAST(\(value) AS HUGEINT)" : "toInt128(\(value))"
  }

  /// A stored decimal in ten-thousandths.
  func tenThousandths(_ value: String) -> String {
    self == .duckdb
      ? "CAST(\(value) * 10000 AS BIGINT)" : "toInt64(toDecimal128(\(value), 4) * 10000)"
  }

  /// Ten-thousandths as a decimal with 38 digits.
  func decimal(_ value: String) -> String {
    self == .duckdb
      ? "CAST(\(value) AS DECIMAL(34, 0)) * CAST(0.0001 AS DECIMAL(4, 4))"
      : "toDecimal128(toInt128(\(value)), 4) / 10000"
  }

  /// The whole part of a quotient of whole numbers, towards zero.
  func whole(_ value: String, by divisor: String) -> String {
    self == .duckdb ? "(\(value) // \(divisor))" : "intDiv(\(value), \(divisor))"
  }

  /// A double, or null where it is not finite.
  func finite(_ value: String) -> String {
    let test = self == .duckdb ? "isfinite" : "isFinite"
    return "CASE WHEN \(test)(\(value)) THEN \(value) END"
  }

  /// A function of doubles; an engine may not be asked where there is no value.
  func math(_ function: MathFunction, _ numbers: [String]) -> String {
    let (first, last) = (numbers[0], numbers[numbers.count - 1])
    switch function {
    case .power:
      let isDefined =
        "(\(first) >= 0 OR \(last) = floor(\(last))) AND (\(first) <> 0 OR \(last) >= 0)"
      return "CASE WHEN \(isDefined) THEN pow(\(first), \(last)) END"
    case .squareRoot: return "CASE WHEN \(first) >= 0 THEN sqrt(\(first)) END"
    case .naturalLogarithm: return "CASE WHEN \(first) > 0 THEN ln(\(first)) END"
    case .floor: return "floor(\(first))"
    case .ceiling: return "ceil(\(first))"
    case .round:
      let scale = "pow(10, \(last))"
      return "sign(\(first)) * floor(abs(\(first)) * \(scale) + 0.5) / \(scale)"
    }
  }

  // MARK: Days and instants

  /// A day as the number of days since 1970.
  func dayNumber(_ day: String) -> String {
    self == .duckdb ? "date_diff('day', DATE '1970-01-01', \(day))" : "toInt64(toInt32(\(day)))"
  }

  /// The day of a number of days since 1970.
  func day(number: String) -> String {
    self == .duckdb
      ? "DATE '1970-01-01' + CAST(\(number) AS INTEGER)"
      : "toDate32('1970-01-01') + toInt64(\(number))"
  }

  /// A day moved by a number of days.
  func day(_ day: String, plus count: Int) -> String {
    if count == 0 { return day }
    return count < 0 ? "(\(day) - \(-count))" : "(\(day) + \(count))"
  }

  /// A day moved by a number of months, no further than the last of the month.
  func day(_ day: String, plusMonths count: Int) -> String {
    if count == 0 { return day }
    return self == .duckdb
      ? "CAST(\(day) + INTERVAL (\(count)) MONTH AS DATE)" : "addMonths(\(day), \(count))"
  }

  /// The first day of the period that holds a day.
  func start(of unit: CalendarUnit, _ day: String, _ rule: CalendarRule) -> String {
    switch unit {
    case .day: return day
    case .week:
      // The days since the first of the week, of which day 1 is Monday.
      let shift = (8 - Int(rule.weekStart)) % 7
      return self == .duckdb
        ? "(\(day) - CAST((isodow(\(day)) - 1 + \(shift)) % 7 AS INTEGER))"
        : "(\(day) - (toDayOfWeek(\(day)) - 1 + \(shift)) % 7)"
    case .month: return cut(day, "month")
    case .quarter: return cut(day, "quarter")
    case .year: return cut(day, "year")
    case .fiscalQuarter, .fiscalYear:
      let months = Int(rule.fiscalStartMonth) - 1
      let moved = self.day(day, plusMonths: -months)
      let start = cut(moved, unit == .fiscalYear ? "year" : "quarter")
      return self.day(start, plusMonths: months)
    }
  }

  private func cut(_ day: String, _ unit: String) -> String {
    self == .duckdb
      ? "CAST(date_trunc('\(unit)', \(day)) AS DATE)" : "dateTrunc('\(unit)', \(day))"
  }

  /// An instant, stored in UTC, moved by the offset of a zone.
  func local(_ instant: String, _ zone: ZoneOffsets) -> String {
    func moved(_ offset: Int32) -> String {
      self == .duckdb
        ? "(\(instant) + INTERVAL (\(offset)) SECOND)"
        : "(\(instant) + toIntervalSecond(\(offset)))"
    }
    guard !zone.changes.isEmpty else { return moved(zone.offsets[0]) }
    var cases = ""
    for (change, offset) in zip(zone.changes, zone.offsets) {
      cases += "WHEN \(microseconds(instant)) < \(change) THEN \(moved(offset)) "
    }
    return "CASE \(cases)ELSE \(moved(zone.offsets[zone.changes.count])) END"
  }

  /// An instant in microseconds since 1970.
  func microseconds(_ instant: String) -> String {
    self == .duckdb ? "epoch_us(\(instant))" : "toUnixTimestamp64Micro(\(instant))"
  }

  /// The instant of a number of microseconds since 1970.
  func instant(microseconds: String) -> String {
    self == .duckdb
      ? "make_timestamp(\(microseconds))"
      : "fromUnixTimestamp64Micro(\(integer(microseconds)), 'UTC')"
  }

  /// The day of a local instant.
  func dayOfInstant(_ instant: String) -> String {
    self == .duckdb ? "CAST(\(instant) AS DATE)" : "toDate32(\(instant))"
  }

  /// A number out of a day or a local instant.
  func part(_ part: DatePart, _ moment: String) -> String {
    let name =
      switch (self, part) {
      case (.duckdb, .dayOfWeek): "isodow"
      case (.duckdb, .dayOfMonth): "day"
      case (.duckdb, .weekOfYear): "week"
      case (.duckdb, .monthOfYear): "month"
      case (.duckdb, .hourOfDay): "hour"
      case (.clickhouse, .dayOfWeek): "toDayOfWeek"
      case (.clickhouse, .dayOfMonth): "toDayOfMonth"
      case (.clickhouse, .weekOfYear): "toISOWeek"
      case (.clickhouse, .monthOfYear): "toMonth"
      case (.clickhouse, .hourOfDay): "toHour"
      }
    return integer("\(name)(\(moment))")
  }

  /// All days from one to another as rows of one column `d`; none where one of them is null.
  func days(from: String, to: String) -> String {
    switch self {
    case .duckdb:
      return "SELECT CAST(unnest(generate_series(\(from), \(to), INTERVAL 1 DAY)) AS DATE) AS d"
    case .clickhouse:
      let count = "toInt32(\(to)) - toInt32(\(from)) + 1"
      let numbers = "range(toUInt64(greatest(0, ifNull(\(count), 0))))"
      return "SELECT assumeNotNull(\(from)) + arrayJoin(\(numbers)) AS d"
    }
  }

  /// The number of days of an ascending list that are not after a day.
  func count(in list: String, upTo day: String) -> String {
    self == .duckdb
      ? "len([x FOR x IN \(list) IF x <= \(day)])"
      : "toInt64(length(arrayFilter(x -> x <= \(day), \(list))))"
  }

  /// The element of a list by its place, of which the first is 1; null beyond its ends.
  func element(_ place: String, of list: String) -> String {
    self == .duckdb
      ? "list_extract(\(list), \(place))"
      : "if(\(place) > 0, arrayElementOrNull(\(list), \(place)), NULL)"
  }

  // MARK: Texts

  func function(_ function: TextFunction, _ text: String) -> String {
    switch (self, function) {
    case (.duckdb, .lowercase): "lower(\(text))"
    case (.duckdb, .uppercase): "upper(\(text))"
    case (.duckdb, .trimmed): "regexp_replace(\(text), '^\\s+|\\s+$', '', 'g')"
    case (.clickhouse, .lowercase): "lowerUTF8(\(text))"
    case (.clickhouse, .uppercase): "upperUTF8(\(text))"
    case (.clickhouse, .trimmed): "replaceRegexpAll(\(text), '^\\\\s+|\\\\s+$', '')"
    }
  }

  /// Texts one after the other; null where one of them is.
  func joined(_ texts: [String]) -> String {
    self == .duckdb
      ? "(\(texts.joined(separator: " || ")))" : "concat(\(texts.joined(separator: ", ")))"
  }

  // MARK: Aggregates

  /// The exact sum of whole numbers, null without any.
  func sum(integers value: String, _ filter: String) -> String {
    self == .duckdb
      ? "sum(\(integer(value)))\(filter)" : "sumOrNull(\(wide(value)))\(filter)"
  }

  func sum(doubles value: String, _ filter: String) -> String {
    self == .duckdb ? "sum(\(value))\(filter)" : "sumOrNull(\(value))\(filter)"
  }

  func count(_ value: String?, _ filter: String) -> String {
    integer("count(\(value ?? (self == .duckdb ? "*" : "")))\(filter)")
  }

  func minimum(_ value: String, _ filter: String) -> String {
    "\(self == .duckdb ? "min" : "minOrNull")(\(value))\(filter)"
  }

  func maximum(_ value: String, _ filter: String) -> String {
    "\(self == .duckdb ? "max" : "maxOrNull")(\(value))\(filter)"
  }

  /// The value below which a fraction of the values lies, between two values in proportion.
  func percentile(_ value: String, _ fraction: Double, _ filter: String) -> String {
    self == .duckdb
      ? "quantile_cont(\(value), \(fraction))\(filter)"
      : "quantileExactInclusiveOrNull(\(fraction))(\(value))\(filter)"
  }

  /// The last value that is not null, looking back from each row of a window.
  func lastKnown(_ value: String, _ window: String) -> String {
    let frame = "(\(window) ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)"
    return self == .duckdb
      ? "last_value(\(value) IGNORE NULLS) OVER \(frame)" : "anyLast(\(value)) OVER \(frame)"
  }

  /// The next value that is not null, looking forward from each row of a window.
  func nextKnown(_ value: String, _ window: String) -> String {
    let frame = "(\(window) ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)"
    return self == .duckdb
      ? "first_value(\(value) IGNORE NULLS) OVER \(frame)" : "any(\(value)) OVER \(frame)"
  }
}
