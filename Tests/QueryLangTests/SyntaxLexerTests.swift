import Testing

@testable import QueryLang

@Suite struct SyntaxLexerTests {
  private func pieces(_ text: String) -> [String] {
    let source = SourceText(text)
    return Lexer.read(source).tokens.dropLast().map { source.slice($0.span) }
  }

  private func kinds(_ text: String) -> [TokenKind] {
    Lexer.read(SourceText(text)).tokens.dropLast().map(\.kind)
  }

  @Test func spansCoverTheTextInBytes() {
    #expect(
      pieces("SELECT \"é\" , 'a''b'<=1_200.5%") == [
        "SELECT", "\"é\"", ",", "'a''b'", "<=", "1_200.5%",
      ]
    )
    let tokens = Lexer.read(SourceText("\u{FEFF}é'x'")).tokens
    #expect(
      tokens.map(\.span) == [
        SourceSpan(start: 3, end: 5), SourceSpan(start: 5, end: 8), SourceSpan(start: 8, end: 8),
      ]
    )
  }

  @Test func datesAreReadBeforeArithmetic() {
    #expect(kinds("2026-03-15") == [.date(.day(year: 2026, month: 3, day: 15))])
    #expect(kinds("2026-03") == [.date(.month(year: 2026, month: 3))])
    #expect(kinds("2026-q1") == [.date(.quarter(year: 2026, quarter: 1))])
    #expect(kinds("2026-W53") == [.date(.week(year: 2026, week: 53))])
    #expect(kinds("fy2026-Q4") == [.date(.fiscalQuarter(year: 2026, quarter: 4))])
    #expect(kinds("FY2026") == [.date(.fiscalYear(2026))])
    #expect(pieces("2026 - 10") == ["2026", "-", "10"])
    #expect(pieces("2026-quick") == ["2026", "-", "quick"])
    #expect(pieces("2026-3") == ["2026", "-", "3"])
    #expect(pieces("12-10") == ["12", "-", "10"])
  }

  @Test(arguments: [
    "2026-13", "2026-00", "2026-02-29", "2026-04-31", "2026-Q5", "2025-W53", "2026-W00",
    "2026-03-1", "2026-03-155", "2026-03x", "FY2026-Q0", "FY20267",
  ])
  func whatIsNoDateIsRefused(_ text: String) {
    let lexer = Lexer.read(SourceText(text))
    #expect(lexer.log.diagnostics.map(\.id) == [.invalidDate])
    #expect(lexer.tokens.map(\.kind) == [.unreadable, .end])
  }

  @Test func numbersAreExact() {
    #expect(kinds("0") == [.number(DecimalLiteral(significand: 0, fractionDigits: 0))])
    #expect(kinds("1_200") == [.number(DecimalLiteral(significand: 1200, fractionDigits: 0))])
    #expect(kinds("0.150") == [.number(DecimalLiteral(significand: 150, fractionDigits: 3))])
    #expect(kinds("12.5%") == [.percent(DecimalLiteral(significand: 125, fractionDigits: 1))])
    let value = DecimalLiteral(significand: 12_500, fractionDigits: 3)
    #expect(value.double == 12.5)
    #expect(value.scaled(to: 4) == 125_000)
    #expect(value.scaled(to: 0) == nil)
    #expect(
      DecimalLiteral(significand: 999_999_999_999_999_999, fractionDigits: 0).scaled(to: 4) == nil
    )
  }

  @Test func commentsNestAndStayWithTheNextToken() {
    let source = SourceText("a /* x /* y */ z */ b -- end\nc")
    let lexer = Lexer.read(source)
    #expect(lexer.comments.map { source.slice($0.span) } == ["/* x /* y */ z */", "-- end"])
    #expect(lexer.comments.map(\.nextToken) == [1, 2])
    #expect(lexer.log.diagnostics.isEmpty)
  }

  @Test func wordsOfTheGrammarAreFoundInAnyCase() {
    #expect(kinds("select Share revenue") == [.word(.select), .word(.share), .word(nil)])
    let reserved = Keyword.allCases.filter(\.isReserved)
    #expect(reserved.count == 69)
    #expect(reserved.allSatisfy { !Keyword.canBeWrittenPlain($0.rawValue) })
  }

  @Test func weeksOfTheYearFollowISO8601() {
    let long = (2000...2030).filter { CalendarRules.weeks(inYear: $0) == 53 }
    #expect(long == [2004, 2009, 2015, 2020, 2026])
  }
}
