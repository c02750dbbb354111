/// Numbers and dates.
extension Lexer {
  /// The most digits that a number may have, so that it always fits 64 bits.
  private static let mostDigits = 18

  // MARK: Numbers

  /// Reads `1_200`, `0.15`, `12.5%`, and what looks like a number but is none.
  mutating func readNumber(_ start: Int) {
    skip { Lexer.isDigit($0) || $0 == UInt8(ascii: "_") }
    let wholeEnd = position
    if peek(0) == UInt8(ascii: "."), peek(1).map(Lexer.isDigit) ?? false {
      position += 1
      skip(while: Lexer.isDigit)
    }
    let numberEnd = position
    if peek(0).map(Lexer.isNamePart) ?? false {
      skip(while: Lexer.isNamePart)
      reportMalformed(start, numberEnd: numberEnd)
      return
    }
    let isPercent = peek(0) == UInt8(ascii: "%")
    if isPercent {
      position += 1
    }
    guard wholeEnd > start else {
      reportMissingZero(start)
      return
    }
    guard wholeEnd - start == 1 || bytes[start] != UInt8(ascii: "0") else {
      reportLeadingZero(start)
      return
    }
    guard let value = decimal(start, numberEnd, pointAt: wholeEnd) else {
      log.add(
        Diagnostic(
          .numberTooLarge,
          "numbers have at most \(Lexer.mostDigits) digits",
          at: SourceSpan(start: start, end: position)
        )
      )
      // Any other number keeps what follows readable, such as the currency.
      let one = DecimalLiteral(significand: 1, fractionDigits: 0)
      add(isPercent ? .percent(one) : .number(one), from: start)
      return
    }
    add(isPercent ? .percent(value) : .number(value), from: start)
  }

  private func decimal(_ start: Int, _ end: Int, pointAt point: Int) -> DecimalLiteral? {
    let digits = bytes[start..<end].filter(Lexer.isDigit)
    guard digits.count <= Lexer.mostDigits else { return nil }
    var value: Int64 = 0
    for digit in digits {
      value = value * 10 + Int64(digit - UInt8(ascii: "0"))
    }
    return DecimalLiteral(significand: value, fractionDigits: max(0, end - point - 1))
  }

  private mutating func reportMalformed(_ start: Int, numberEnd: Int) {
    let span = SourceSpan(start: start, end: position)
    let tail = slice(numberEnd, position)
    var diagnostic = Diagnostic(
      .malformedNumber,
      "\"\(slice(start, position))\" is not a number",
      at: span
    )
    let isUnit = Parser.unit(spelledBy: tail) != nil
    let isCurrency = tail.utf8.count == 3 && tail == tail.uppercased()
    if isUnit || isCurrency {
      let meant = slice(start, numberEnd) + " " + tail
      diagnostic.label = "a space is missing: \(meant)"
      diagnostic.fixes = [
        Fix("write \(meant)", edits: [TextEdit(span, meant)], .safe, display: .inLabel)
      ]
    } else {
      diagnostic.label = "numbers are written as in 1200, 1_200 or 0.15"
    }
    log.add(diagnostic)
    add(.unreadable, from: start)
  }

  private mutating func reportMissingZero(_ start: Int) {
    reportNumber(
      .malformedNumber,
      start,
      "a number begins with a digit",
      "0" + slice(start, position)
    )
  }

  private mutating func reportLeadingZero(_ start: Int) {
    var first = start
    while first + 1 < position,
      bytes[first] == UInt8(ascii: "0") || bytes[first] == UInt8(ascii: "_"),
      Lexer.isDigit(bytes[first + 1]) || bytes[first + 1] == UInt8(ascii: "_")
    {
      first += 1
    }
    let meant = slice(first, position)
    reportNumber(.leadingZero, start, "a number has no zero in front of its first digit", meant)
  }

  private mutating func reportNumber(
    _ id: DiagnosticID,
    _ start: Int,
    _ message: String,
    _ meant: String
  ) {
    let span = SourceSpan(start: start, end: position)
    log.add(
      Diagnostic(id, message, at: span, label: "write \(meant)").fixing(
        Fix("write \(meant)", edits: [TextEdit(span, meant)], .safe, display: .inLabel)
      )
    )
    add(.unreadable, from: start)
  }

  // MARK: Dates

  /// Whether bytes begin like `FY2026`, which is a date and never a name.
  static func beginsFiscalDate(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard bytes.count >= 6 else { return false }
    let start = bytes.startIndex
    return bytes[start] | 0x20 == UInt8(ascii: "f") && bytes[start + 1] | 0x20 == UInt8(ascii: "y")
      && bytes[start + 2..<start + 6].allSatisfy(isDigit)
  }

  /// Reads `FY2026` or `FY2026-Q2`.
  mutating func readFiscalDate(_ start: Int) {
    let year = number(start + 2, 4)
    position = start + 6
    if peek(0).map(Lexer.isNamePart) ?? false {
      skip(while: Lexer.isNamePart)
      reportDate(start, "a fiscal year is written as in FY2026")
    } else if let quarter = marked(UInt8(ascii: "q"), digits: 1) {
      position += 3
      if (1...4).contains(quarter) {
        add(.date(.fiscalQuarter(year: year, quarter: quarter)), from: start)
      } else {
        reportDate(start, "quarters go from Q1 to Q4")
      }
    } else {
      add(.date(.fiscalYear(year)), from: start)
    }
  }

  /// Reads a date that begins with four digits and a hyphen; false when there is none.
  mutating func readDate(_ start: Int) -> Bool {
    guard digitRun(start) == 4, start + 4 < bytes.count, bytes[start + 4] == UInt8(ascii: "-")
    else {
      return false
    }
    let year = number(start, 4)
    position = start + 4
    if let quarter = marked(UInt8(ascii: "q"), digits: 1) {
      position += 3
      if (1...4).contains(quarter) {
        add(.date(.quarter(year: year, quarter: quarter)), from: start)
      } else {
        reportDate(start, "quarters go from Q1 to Q4")
      }
      return true
    }
    if let week = marked(UInt8(ascii: "w"), digits: 2) {
      position += 4
      if week >= 1, week <= CalendarRules.weeks(inYear: year) {
        add(.date(.week(year: year, week: week)), from: start)
      } else {
        reportDate(start, "\(year) has weeks W01 to W\(CalendarRules.weeks(inYear: year))")
      }
      return true
    }
    position = start
    return readNumericDate(start, year: year)
  }

  private mutating func readNumericDate(_ start: Int, year: Int) -> Bool {
    let monthDigits = digitRun(start + 5)
    guard monthDigits >= 2 else { return false }
    let month = number(start + 5, 2)
    position = start + 5 + monthDigits
    guard monthDigits == 2 else {
      reportSpaces(start)
      return true
    }
    let dayDigits = peek(0) == UInt8(ascii: "-") ? digitRun(position + 1) : 0
    position += dayDigits > 0 ? dayDigits + 1 : 0
    if peek(0).map(Lexer.isNamePart) ?? false {
      skip(while: Lexer.isNamePart)
      reportDate(start, "dates are written as in 2026-03-15")
    } else if dayDigits == 0 {
      if (1...12).contains(month) {
        add(.date(.month(year: year, month: month)), from: start)
      } else {
        reportDate(start, "months go from 01 to 12; a minus needs spaces around it")
      }
    } else if dayDigits != 2 {
      reportDate(start, "dates are written as in 2026-03-15")
    } else {
      let day = number(start + 8, 2)
      if day >= 1, day <= CalendarRules.days(inMonth: month, ofYear: year) {
        add(.date(.day(year: year, month: month, day: day)), from: start)
      } else {
        reportDate(start, "there is no such day")
      }
    }
    return true
  }

  /// Reads ahead a `-`, a letter and digits, and nothing that continues a name.
  private func marked(_ letter: UInt8, digits: Int) -> Int? {
    guard peek(0) == UInt8(ascii: "-"), peek(1).map({ $0 | 0x20 }) == letter else { return nil }
    guard digitRun(position + 2) == digits else { return nil }
    guard !(peek(2 + digits).map(Lexer.isNamePart) ?? false) else { return nil }
    return number(position + 2, digits)
  }

  private func digitRun(_ start: Int) -> Int {
    var end = start
    while end < bytes.count, Lexer.isDigit(bytes[end]) {
      end += 1
    }
    return end - start
  }

  private func number(_ start: Int, _ count: Int) -> Int {
    bytes[start..<start + count].reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
  }

  private mutating func reportDate(_ start: Int, _ label: String) {
    log.add(
      Diagnostic(
        .invalidDate,
        "\"\(slice(start, position))\" is not a date",
        at: SourceSpan(start: start, end: position),
        label: label
      )
    )
    add(.unreadable, from: start)
  }

  private mutating func reportSpaces(_ start: Int) {
    let span = SourceSpan(start: start, end: position)
    let spaced = slice(start, start + 4) + " - " + slice(start + 5, position)
    log.add(
      Diagnostic(
        .dateInArithmetic,
        "\"\(slice(start, position))\" reads like a date",
        at: span,
        label: "put spaces around the minus"
      ).fixing(Fix("write \(spaced)", edits: [TextEdit(span, spaced)], display: .inLabel))
    )
    add(.unreadable, from: start)
  }
}

/// The lengths of months and years, for the check of date literals.
enum CalendarRules {
  static func days(inMonth month: Int, ofYear year: Int) -> Int {
    switch month {
    case 1, 3, 5, 7, 8, 10, 12: 31
    case 4, 6, 9, 11: 30
    case 2: isLeap(year) ? 29 : 28
    default: 0
    }
  }

  /// The number of ISO weeks: 53 where the year begins on a Thursday, or on a Wednesday in a leap
  /// year.
  static func weeks(inYear year: Int) -> Int {
    let before = year - 1
    let weekday = (1 + before + before / 4 - before / 100 + before / 400) % 7
    return weekday == 4 || isLeap(year) && weekday == 3 ? 53 : 52
  }

  private static func isLeap(_ year: Int) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }
}
