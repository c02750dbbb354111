import Testing

@testable import QueryLang

/// Compares everything that is said about a text, and the text after each fix.
func expectMistakes(_ text: String, gives expected: String, fixed: [String]) {
  let source = SourceText(text)
  let diagnostics = ReportParser.parse(source).1
  #expect(DiagnosticRenderer().render(diagnostics, in: source) == expected)
  #expect(diagnostics.flatMap(\.fixes).map { $0.applied(to: source) } == fixed)
}

/// Malformed texts, each with everything that is said about it.
@Suite struct SyntaxMistakesTests {
  @Test func aMonthInArithmeticWasASubtraction() {
    expectMistakes(
      "SELECT revenue / 2026-10",
      gives: """
        error[E1004]: "2026-10" is read as October 2026
          --> 1:18
           |
         1 | SELECT revenue / 2026-10
           |                  ^^^^^^^ put spaces around the minus
        """,
      fixed: [
        "SELECT revenue / 2026 - 10"
      ]
    )
  }

  @Test func aMonthThatDoesNotExistIsNoDate() {
    expectMistakes(
      "SELECT revenue DURING 2026-13",
      gives: """
        error[E1005]: "2026-13" is not a date
          --> 1:23
           |
         1 | SELECT revenue DURING 2026-13
           |                       ^^^^^^^ months go from 01 to 12; a minus needs spaces around it
        """,
      fixed: []
    )
  }

  @Test func aMonthOfOneDigitGetsItsZero() {
    expectMistakes(
      "SELECT revenue DURING 2026-3",
      gives: """
        error[E1005]: "2026-3" is not a date
          --> 1:23
           |
         1 | SELECT revenue DURING 2026-3
           |                       ^^^^^^ write 2026-03
        """,
      fixed: [
        "SELECT revenue DURING 2026-03"
      ]
    )
  }

  @Test func badNumbersAreExplainedEach() {
    expectMistakes(
      "SELECT 007, 1e5, 10days, 5INR, .5, 12345678901234567890",
      gives: """
        error[E1007]: a number has no zero in front of its first digit
          --> 1:8
           |
         1 | SELECT 007, 1e5, 10days, 5INR, .5, 12345678901234567890
           |        ^^^ write 7

        error[E1008]: "1e5" is not a number
          --> 1:13
           |
         1 | SELECT 007, 1e5, 10days, 5INR, .5, 12345678901234567890
           |             ^^^ numbers are written as in 1200, 1_200 or 0.15

        error[E1008]: "10days" is not a number
          --> 1:18
           |
         1 | SELECT 007, 1e5, 10days, 5INR, .5, 12345678901234567890
           |                  ^^^^^^ a space is missing: 10 days

        error[E1008]: "5INR" is not a number
          --> 1:26
           |
         1 | SELECT 007, 1e5, 10days, 5INR, .5, 12345678901234567890
           |                          ^^^^ a space is missing: 5 INR

        error[E1008]: a number begins with a digit
          --> 1:32
           |
         1 | SELECT 007, 1e5, 10days, 5INR, .5, 12345678901234567890
           |                                ^^ write 0.5

        error[E1009]: numbers have at most 18 digits
          --> 1:36
           |
         1 | SELECT 007, 1e5, 10days, 5INR, .5, 12345678901234567890
           |                                    ^^^^^^^^^^^^^^^^^^^^
        """,
      fixed: [
        "SELECT 7, 1e5, 10days, 5INR, .5, 12345678901234567890",
        "SELECT 007, 1e5, 10 days, 5INR, .5, 12345678901234567890",
        "SELECT 007, 1e5, 10days, 5 INR, .5, 12345678901234567890",
        "SELECT 007, 1e5, 10days, 5INR, 0.5, 12345678901234567890",
      ]
    )
  }

  @Test func theEndComesTooEarly() {
    expectMistakes(
      "SELECT revenue BY",
      gives: """
        error[E1103]: the text ends too early
          --> 1:18
           |
         1 | SELECT revenue BY
           |                  ^ a dimension is needed
        """,
      fixed: []
    )
  }

  @Test func aTrailingCommaNeedsAnItem() {
    expectMistakes(
      "SELECT revenue, BY channel",
      gives: """
        error[E1103]: "BY" does not fit here
          --> 1:17
           |
         1 | SELECT revenue, BY channel
           |                 ^^ a metric or an expression is needed
        """,
      fixed: []
    )
  }

  @Test func anEmptyTextHasNoReport() {
    expectMistakes(
      "",
      gives: """
        error[E1103]: there is no report in the text
          --> 1:1
           |
         1 |
           | ^ write SELECT and a metric
        """,
      fixed: []
    )
  }

  @Test func aParenthesisIsNotClosed() {
    expectMistakes(
      "SELECT (revenue + 1\nBY channel",
      gives: """
        error[E1109]: the parenthesis that opens here is not closed
          --> 1:8
           |
         1 | SELECT (revenue + 1
           |        ^ ")" is missing
        """,
      fixed: []
    )
  }

  @Test func aCommaIsMissingInACall() {
    expectMistakes(
      "SELECT SUM(a b) BY channel",
      gives: """
        error[E1103]: "b" does not fit here
          --> 1:14
           |
         1 | SELECT SUM(a b) BY channel
           |              ^ "," or ")" is needed
        """,
      fixed: []
    )
  }

  @Test func aTextHasNoEnd() {
    expectMistakes(
      "SELECT revenue WHERE a = 'x\nBY channel",
      gives: """
        error[E1002]: the text that begins here has no closing quote
          --> 1:26
           |
         1 | SELECT revenue WHERE a = 'x
           |                          ^^ ' is missing at its end

        error[E1105]: BY follows SELECT, before the other clauses
          --> 2:1
           |
         2 | BY channel
           | ^^ move it in front of them
           |
           = fix: move BY channel
        """,
      fixed: [
        "SELECT revenue BY channel WHERE a = 'x\n"
      ]
    )
  }

  @Test func aCommentHasNoEnd() {
    expectMistakes(
      "SELECT revenue /* never ends",
      gives: """
        error[E1006]: the comment that begins here has no end
          --> 1:16
           |
         1 | SELECT revenue /* never ends
           |                ^^ */ is missing
        """,
      fixed: []
    )
  }

  @Test func aStrayCharacterIsOneMistake() {
    expectMistakes(
      "SELECT revenue # orders",
      gives: """
        error[E1001]: "#" has no meaning in a report
          --> 1:16
           |
         1 | SELECT revenue # orders
           |                ^ remove this
        """,
      fixed: [
        "SELECT revenue  orders"
      ]
    )
  }

  @Test func anInvisibleCharacterIsNamed() {
    expectMistakes(
      "SELECT revenue\u{202E} BY channel",
      gives: """
        error[E1001]: the invisible character U+202E has no meaning in a report
          --> 1:15
           |
         1 | SELECT revenue� BY channel
           |               ^ remove this
        """,
      fixed: [
        "SELECT revenue BY channel"
      ]
    )
  }

  @Test func clausesStandOnce() {
    expectMistakes(
      "SELECT revenue WHERE a = 1 WHERE b = 2",
      gives: """
        error[E1104]: a report has WHERE once
          --> 1:28
           |
         1 | SELECT revenue WHERE a = 1 WHERE b = 2
           |                -----       ^^^^^ join both conditions with AND
           |                the first is here
        """,
      fixed: []
    )
  }

  @Test func untilNeedsSince() {
    expectMistakes(
      "SELECT revenue UNTIL 2026-01-01",
      gives: """
        error[E1107]: UNTIL needs a SINCE before it
          --> 1:16
           |
         1 | SELECT revenue UNTIL 2026-01-01
           |                ^^^^^ write SINCE and the first day in front
        """,
      fixed: []
    )
  }

  @Test func comparisonsDoNotChain() {
    expectMistakes(
      "SELECT revenue WHERE a < b < c",
      gives: """
        error[E1106]: a comparison cannot follow another
          --> 1:28
           |
         1 | SELECT revenue WHERE a < b < c
           |                            ^ join two conditions with AND
        """,
      fixed: []
    )
  }

  @Test func aReservedWordNeedsQuotes() {
    expectMistakes(
      "SELECT order AS limit BY channel",
      gives: """
        error[E1108]: "order" is a word of the language
          --> 1:8
           |
         1 | SELECT order AS limit BY channel
           |        ^^^^^ as a name it needs double quotes

        error[E1108]: "limit" is a word of the language
          --> 1:17
           |
         1 | SELECT order AS limit BY channel
           |                 ^^^^^ as a name it needs double quotes
        """,
      fixed: [
        "SELECT \"order\" AS limit BY channel",
        "SELECT order AS \"limit\" BY channel",
      ]
    )
  }

  @Test func aReportBeginsWithSelect() {
    expectMistakes(
      "revenue BY channel",
      gives: """
        error[E1103]: a report begins with SELECT
          --> 1:1
           |
         1 | revenue BY channel
           | ^^^^^^^ write SELECT before this
        """,
      fixed: [
        "SELECT revenue BY channel"
      ]
    )
  }

  @Test func aSemicolonIsMissing() {
    expectMistakes(
      "DEFINE METRIC a = b SELECT a",
      gives: """
        error[E1103]: a semicolon is missing between two statements
          --> 1:21
           |
         1 | DEFINE METRIC a = b SELECT a
           |                     ^^^^^^ ";" is needed before this
        """,
      fixed: [
        "DEFINE METRIC a = b; SELECT a"
      ]
    )
  }

  @Test func mistakesInSeveralClausesAreAllFound() {
    expectMistakes(
      "SELECT revenue r BY channel WHERE AND TOP product BY revenue LIMIT 1.5 FILL zeros",
      gives: """
        error[E1103]: "r" does not fit here
          --> 1:16
           |
         1 | SELECT revenue r BY channel WHERE AND TOP product BY revenue LIMIT 1.5 FILL zeros
           |                ^ ",", AS or a clause is needed

        error[E1103]: "AND" does not fit here
          --> 1:35
           |
         1 | SELECT revenue r BY channel WHERE AND TOP product BY revenue LIMIT 1.5 FILL zeros
           |                                   ^^^ a metric or an expression is needed

        error[E1103]: "product" does not fit here
          --> 1:43
           |
         1 | SELECT revenue r BY channel WHERE AND TOP product BY revenue LIMIT 1.5 FILL zeros
           |                                           ^^^^^^^ the number of members is needed

        error[E1110]: a whole number is needed
          --> 1:68
           |
         1 | SELECT revenue r BY channel WHERE AND TOP product BY revenue LIMIT 1.5 FILL zeros
           |                                                                    ^^^ the number of rows

        error[E1103]: "zeros" does not fit here
          --> 1:77
           |
         1 | SELECT revenue r BY channel WHERE AND TOP product BY revenue LIMIT 1.5 FILL zeros
           |                                                                             ^^^^^ NONE, ZERO, NULL, PREVIOUS or LINEAR is needed
        """,
      fixed: []
    )
  }

  @Test func ofFormsNeedTheirParts() {
    expectMistakes(
      "SELECT SHARE OF, AVERAGE OF x BY month",
      gives: """
        error[E1103]: "," does not fit here
          --> 1:16
           |
         1 | SELECT SHARE OF, AVERAGE OF x BY month
           |                ^ a metric, or an expression in parentheses, is needed

        error[E1103]: "BY" does not fit here
          --> 1:31
           |
         1 | SELECT SHARE OF, AVERAGE OF x BY month
           |                               ^^ PER and a dimension or grain are needed
        """,
      fixed: []
    )
  }

  @Test func definitionsNeedTheirParts() {
    expectMistakes(
      "DEFINE METRIC aov revenue; DROP TABLE x; ; SHOW",
      gives: """
        error[E1103]: "revenue" does not fit here
          --> 1:19
           |
         1 | DEFINE METRIC aov revenue; DROP TABLE x; ; SHOW
           |                   ^^^^^^^ "=" is needed

        error[E1103]: "TABLE" does not fit here
          --> 1:33
           |
         1 | DEFINE METRIC aov revenue; DROP TABLE x; ; SHOW
           |                                 ^^^^^ METRIC, DIMENSION, PARAM, PERIOD or SEGMENT is needed

        error[E1103]: the statement ends too early
          --> 1:42
           |
         1 | DEFINE METRIC aov revenue; DROP TABLE x; ; SHOW
           |                                          ^ SELECT, DEFINE, EXPLAIN, SHOW, DESCRIBE or DROP is needed

        error[E1103]: the text ends too early
          --> 1:48
           |
         1 | DEFINE METRIC aov revenue; DROP TABLE x; ; SHOW
           |                                                ^ METRICS, DIMENSIONS, PARAMS, TABLES, PERIODS, SEGMENTS, COHORTS or VALUES is needed
        """,
      fixed: []
    )
  }

  @Test func includingCurrentNeedsARunningRange() {
    expectMistakes(
      "SELECT revenue DURING 2026-Q1 INCLUDING CURRENT",
      gives: """
        error[E1103]: INCLUDING CURRENT fits only ranges that end today
          --> 1:23
           |
         1 | SELECT revenue DURING 2026-Q1 INCLUDING CURRENT
           |                       ^^^^^^^^^^^^^^^^^^^^^^^^^ it follows THIS, LAST and TO DATE
        """,
      fixed: []
    )
  }

  @Test func namesBeyondAToZNeedQuotes() {
    expectMistakes(
      "SELECT umsätze, ब",
      gives: """
        error[E1001]: a name with letters beyond A to Z needs double quotes
          --> 1:8
           |
         1 | SELECT umsätze, ब
           |        ^^^^^^^ write "umsätze"

        error[E1001]: a name with letters beyond A to Z needs double quotes
          --> 1:17
           |
         1 | SELECT umsätze, ब
           |                 ^ write "ब"
        """,
      fixed: [
        "SELECT \"umsätze\", ब",
        "SELECT umsätze, \"ब\"",
      ]
    )
  }
}
