/// Calendars: where weeks and fiscal years begin, and retail calendars of whole weeks.
extension CatalogReader {
  mutating func readCalendars(_ fields: CatalogFields) {
    for (name, span, node) in fields.definitions("calendars", &problems) {
      let what = "the calendar \"\(name)\""
      let calendar = CatalogFields(node, what, .calendar, &problems)
      var entry = NamedCalendar(
        name: name,
        calendar: ReportCalendar(),
        hasWeekStart: false,
        origin: origin(span)
      )
      if let start = weekStart(calendar) {
        entry.calendar.weekStart = start
        entry.hasWeekStart = true
      }
      switch calendar.text("fiscal_year_label", &problems) {
      case "end", nil: break
      case "start": entry.calendar.namesFiscalYearByEnd = false
      case .some:
        let span = calendar.span(of: "fiscal_year_label")
        problems.add(8107, "\"fiscal_year_label\" is start or end", span)
      }
      readFiscalYears(calendar, what, &entry.calendar)
      CatalogReader.place(entry, in: &catalog.calendars) { $0.name }
    }
    chooseCalendar(fields)
  }

  /// Reads the first day of a week.
  mutating func weekStart(_ fields: CatalogFields) -> UInt8? {
    guard let word = fields.text("week_start", &problems) else { return nil }
    let days = ModelMapping.weekdays
    if let index = days.firstIndex(of: word) { return UInt8(index + 1) }
    let span = fields.span(of: "week_start")
    problems.add(8107, "there is no day \"\(word)\"", span, suggesting: word, among: days)
    return nil
  }

  /// Takes the calendar that reports use.
  private mutating func chooseCalendar(_ fields: CatalogFields) {
    let name = catalog.defaults.calendar
    let folded = CatalogName.folded(name)
    let chosen = catalog.calendars.first { CatalogName.folded($0.name) == folded }
    if let chosen {
      catalog.calendar = chosen.calendar
    } else if let defaults = fields.node("defaults"), !catalog.calendars.isEmpty {
      problems.add(
        8212,
        "there is no calendar called \"\(name)\"",
        defaults.value(of: "calendar")?.span ?? defaults.span,
        suggesting: name,
        among: catalog.calendars.map(\.name)
      )
    }
    if chosen?.hasWeekStart != true {
      catalog.calendar.weekStart = catalog.defaults.weekStart
    }
  }

  private mutating func readFiscalYears(
    _ fields: CatalogFields,
    _ what: String,
    _ calendar: inout ReportCalendar
  ) {
    if let start = fields.text("fiscal_year_start", &problems) {
      let span = fields.span(of: "fiscal_year_start")
      let parts = start.split(separator: "-").map { Int($0) }
      if fields.node("pattern") != nil || fields.node("starts") != nil {
        problems.add(8108, "\(what) has \"starts\" and therefore no \"fiscal_year_start\"", span)
      } else if parts.count == 2, let month = parts[0], (1...12).contains(month), parts[1] == 1 {
        calendar.fiscalStartMonth = UInt8(month)
      } else {
        problems.add(8107, "a fiscal year starts on the first of a month, such as 04-01", span)
      }
    }
    let dates = fields.dates("starts", &problems)
    guard let word = fields.text("pattern", &problems) else {
      if fields.node("starts") != nil {
        problems.add(8103, "\(what) needs \"pattern\", such as 4-4-5", fields.span)
      }
      return
    }
    guard let pattern = FiscalTable.Pattern(rawValue: word) else {
      let words = FiscalTable.Pattern.allCases.map(\.rawValue)
      let span = fields.span(of: "pattern")
      problems.add(
        8107,
        "there is no pattern \"\(word)\"",
        span,
        suggesting: word,
        among: words
      )
      return
    }
    guard fields.node("starts") != nil else {
      problems.add(8103, "\(what) needs \"starts\": the first days of its years", fields.span)
      return
    }
    calendar.table = table(pattern, dates, calendar, fields.span(of: "starts"))
  }

  /// Years that follow one another, of 52 or 53 weeks each.
  private mutating func table(
    _ pattern: FiscalTable.Pattern,
    _ dates: [(day: Int32, span: SourceSpan)],
    _ calendar: ReportCalendar,
    _ span: SourceSpan
  ) -> FiscalTable? {
    guard dates.count > 1 else {
      problems.add(8306, "\"starts\" needs a first day, and the day after the last year", span)
      return nil
    }
    var names: [Int] = []
    for (start, next) in zip(dates, dates.dropFirst()) {
      let length = Int(next.day) - Int(start.day)
      let day = CivilDay(number: start.day).text
      guard length % 7 == 0, FiscalTable.weeksOfYear.contains(length / 7) else {
        problems.add(
          8306,
          "the year that starts on \(day) has \(length) days, not 52 or 53 weeks",
          next.span
        )
        return nil
      }
      names.append(CatalogReader.yearName(start.day, next.day, calendar))
      if names.count > 1, names[names.count - 1] != names[names.count - 2] + 1 {
        let before = names[names.count - 2]
        problems.add(
          8306,
          "FY\(CivilDay.padded(before, 4)) is followed by FY\(CivilDay.padded(names.last ?? 0, 4)), "
            + "which starts on \(day)",
          start.span
        )
        return nil
      }
    }
    return FiscalTable(pattern, starts: dates.map(\.day), firstYear: names[0])
  }

  /// The year in which a fiscal year begins or ends; the last two weeks of December count to the
  /// year after, and the first two of January to the year before.
  private static func yearName(_ start: Int32, _ next: Int32, _ calendar: ReportCalendar) -> Int {
    calendar.namesFiscalYearByEnd
      ? CivilDay(number: next - 1 - 14).year : CivilDay(number: start + 14).year
  }
}

extension CatalogNode {
  /// The value of a key; nil where this is no mapping with it.
  func value(of key: String) -> CatalogNode? {
    guard case .mapping(let entries) = content else { return nil }
    return entries.first { $0.key == key }?.value
  }
}
