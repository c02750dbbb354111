internal import ColumnStore

/// Periods of a calendar that is written down, as lists of days.
extension SQLWriter {
  /// The day that a table gives for a day; null where it has none.
  mutating func mapped(_ day: String, _ table: DayTable) -> String {
    var firsts: [Int32] = []
    var values: [Int32] = []
    for (place, value) in table.days.enumerated() where place == 0 || value != table.days[place - 1]
    {
      guard let value else { continue }
      firsts.append(table.first + Int32(place))
      values.append(value)
    }
    guard !firsts.isEmpty else { return dialect.null(.date).text }
    let place = dialect.count(in: self.place(.dates(firsts)), upTo: day)
    let value = dialect.element(place, of: self.place(.dates(values)))
    let known = gaps(of: table, day)
    return "CASE WHEN \(known) THEN \(value) END"
  }

  /// The condition that a table has a day for a day.
  private mutating func gaps(of table: DayTable, _ day: String) -> String {
    let last = table.first + Int32(table.days.count) - 1
    var known = "\(day) BETWEEN \(place(.date(table.first))) AND \(place(.date(last)))"
    var first: Int32?
    for (place, value) in table.days.enumerated() {
      let number = table.first + Int32(place)
      if value == nil { first = first ?? number }
      guard let start = first, value != nil || place + 1 == table.days.count else { continue }
      let end = value == nil ? number : number - 1
      known += " AND NOT \(day) BETWEEN \(self.place(.date(start))) AND \(self.place(.date(end)))"
      first = nil
    }
    return known
  }

  /// A day moved by months of a calendar that is written down: it stays in its week of the month and
  /// on its weekday, in the last week of the month where that has fewer.
  mutating func moved(_ day: String, byMonths count: Int, of table: DayTable) -> String {
    var starts: [Int32] = []
    for value in table.days { if let value, value != starts.last { starts.append(value) } }
    starts.append(table.first + Int32(table.days.count))
    let list = place(.dates(starts))
    let own = dialect.count(in: list, upTo: day)
    let passed =
      "(\(dialect.dayNumber(day)) - \(dialect.dayNumber(dialect.element(own, of: list))))"
    let start = dialect.element("(\(own) + (\(count)))", of: list)
    let next = dialect.element("(\(own) + (\(count)) + 1)", of: list)
    let weeks = dialect.whole("(\(dialect.dayNumber(next)) - \(dialect.dayNumber(start)))", by: "7")
    let week = "least(\(dialect.whole(passed, by: "7")), \(weeks) - 1)"
    let number = "\(dialect.dayNumber(start)) + \(week) * 7 + \(passed) % 7"
    return "(\(dialect.day(number: "(\(number))")))"
  }
}
