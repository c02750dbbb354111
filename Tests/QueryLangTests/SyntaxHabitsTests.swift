import Testing

@testable import QueryLang

/// Words and forms of other tools, each with what is said about it.
@Suite struct SyntaxHabitsTests {
  @Test func everySQLHabitOfAGroupedQueryIsTranslated() {
    expectMistakes(
      "SELECT revenue FROM sales s WHERE channel == 'x' GROUP BY channel ORDER BY revenue",
      gives: """
        error[E1101]: reports need no FROM; metrics know their tables
          --> 1:16
           |
         1 | SELECT revenue FROM sales s WHERE channel == 'x' GROUP BY channel ORDER BY revenue
           |                ^^^^^^^^^^^^ remove this
           |
           = fix: SELECT revenue BY channel WHERE channel = 'x' ORDER BY revenue

        error[E1102]: "==" is written = here
          --> 1:43
           |
         1 | SELECT revenue FROM sales s WHERE channel == 'x' GROUP BY channel ORDER BY revenue
           |                                           ^^ write =
        """,
      fixed: [
        "SELECT revenue BY channel WHERE channel = 'x' ORDER BY revenue",
        "SELECT revenue FROM sales s WHERE channel = 'x' GROUP BY channel ORDER BY revenue",
      ]
    )
  }

  @Test func groupByIsBy() {
    expectMistakes(
      "SELECT revenue GROUP BY channel",
      gives: """
        error[E1102]: "GROUP BY" is written BY here
          --> 1:16
           |
         1 | SELECT revenue GROUP BY channel
           |                ^^^^^^^^ write BY
        """,
      fixed: [
        "SELECT revenue BY channel"
      ]
    )
  }

  @Test func groupByAfterWhereIsMoved() {
    expectMistakes(
      "SELECT revenue WHERE channel = 'x' GROUP BY channel",
      gives: """
        error[E1102]: "GROUP BY" is written BY here
          --> 1:36
           |
         1 | SELECT revenue WHERE channel = 'x' GROUP BY channel
           |                                    ^^^^^^^^ write BY after SELECT, before the other clauses
           |
           = fix: move BY channel
        """,
      fixed: [
        "SELECT revenue BY channel WHERE channel = 'x' "
      ]
    )
  }

  @Test func byAfterOtherClausesIsMoved() {
    expectMistakes(
      "SELECT revenue DURING last month BY channel",
      gives: """
        error[E1105]: BY follows SELECT, before the other clauses
          --> 1:34
           |
         1 | SELECT revenue DURING last month BY channel
           |                                  ^^ move it in front of them
           |
           = fix: move BY channel
        """,
      fixed: [
        "SELECT revenue BY channel DURING last month "
      ]
    )
  }

  @Test func sortByIsOrderBy() {
    expectMistakes(
      "SELECT revenue BY channel SORT BY revenue",
      gives: """
        error[E1102]: "SORT BY" is written ORDER BY here
          --> 1:27
           |
         1 | SELECT revenue BY channel SORT BY revenue
           |                           ^^^^^^^ write ORDER BY
        """,
      fixed: [
        "SELECT revenue BY channel ORDER BY revenue"
      ]
    )
  }

  @Test func curlyQuotesAreStraightened() {
    expectMistakes(
      "SELECT revenue WHERE channel = ‘Blinkit’",
      gives: """
        error[E1001]: texts are quoted with straight quotes
          --> 1:32
           |
         1 | SELECT revenue WHERE channel = ‘Blinkit’
           |                                ^^^^^^^^^ write 'Blinkit'
        """,
      fixed: [
        "SELECT revenue WHERE channel = 'Blinkit'"
      ]
    )
  }

  @Test func aTextInDoubleQuotesGetsSingleOnes() {
    expectMistakes(
      "SELECT revenue WHERE channel CONTAINS \"Blink\"",
      gives: """
        error[E1003]: texts are written in single quotes
          --> 1:39
           |
         1 | SELECT revenue WHERE channel CONTAINS "Blink"
           |                                       ^^^^^^^ write 'Blink'
        """,
      fixed: [
        "SELECT revenue WHERE channel CONTAINS 'Blink'"
      ]
    )
  }

  @Test func datesHaveNoQuotes() {
    expectMistakes(
      "SELECT revenue DURING '2026-01-01'",
      gives: """
        error[E1103]: dates are written without quotes
          --> 1:23
           |
         1 | SELECT revenue DURING '2026-01-01'
           |                       ^^^^^^^^^^^^ write 2026-01-01
        """,
      fixed: [
        "SELECT revenue DURING 2026-01-01"
      ]
    )
  }

  @Test func wordsToDateAreSpelledOut() {
    expectMistakes(
      "SELECT revenue YTD DURING MTD",
      gives: """
        error[E1102]: "YTD" is written year TO DATE here
          --> 1:16
           |
         1 | SELECT revenue YTD DURING MTD
           |                ^^^ write year TO DATE

        error[E1102]: "MTD" is written month TO DATE here
          --> 1:27
           |
         1 | SELECT revenue YTD DURING MTD
           |                           ^^^ write month TO DATE
        """,
      fixed: [
        "SELECT revenue year TO DATE DURING MTD",
        "SELECT revenue YTD DURING month TO DATE",
      ]
    )
  }

  @Test func yearOverYearIsAComparison() {
    expectMistakes(
      "SELECT revenue YoY BY month",
      gives: """
        error[E1102]: "YoY" is a clause of its own: COMPARE TO PREVIOUS year
          --> 1:16
           |
         1 | SELECT revenue YoY BY month
           |                ^^^ remove this
           |
           = fix: write COMPARE TO PREVIOUS year at the end
        """,
      fixed: [
        "SELECT revenue BY month COMPARE TO PREVIOUS year"
      ]
    )
  }

  @Test func yearOverYearAsABaseline() {
    expectMistakes(
      "SELECT revenue COMPARE TO YoY",
      gives: """
        error[E1102]: "YoY" is written PREVIOUS year here
          --> 1:27
           |
         1 | SELECT revenue COMPARE TO YoY
           |                           ^^^ write PREVIOUS year
        """,
      fixed: [
        "SELECT revenue COMPARE TO PREVIOUS year"
      ]
    )
  }

  @Test func countdIsACountOfDistinctValues() {
    expectMistakes(
      "SELECT COUNTD(customer)",
      gives: """
        error[E1102]: "COUNTD" is written COUNT(DISTINCT …) here
          --> 1:8
           |
         1 | SELECT COUNTD(customer)
           |        ^^^^^^ write COUNT(DISTINCT customer)
        """,
      fixed: [
        "SELECT COUNT(DISTINCT customer)"
      ]
    )
  }

  @Test func yesterdayIsNoFunction() {
    expectMistakes(
      "SELECT revenue DURING yesterday()",
      gives: """
        error[E1102]: "yesterday" is a word, not a function
          --> 1:32
           |
         1 | SELECT revenue DURING yesterday()
           |                                ^^ remove this
        """,
      fixed: [
        "SELECT revenue DURING yesterday"
      ]
    )
  }

  @Test func nowIsToday() {
    expectMistakes(
      "SELECT revenue SINCE now() - 7 days",
      gives: """
        error[E1102]: "now()" is written TODAY here
          --> 1:22
           |
         1 | SELECT revenue SINCE now() - 7 days
           |                      ^^^^^ write TODAY
        """,
      fixed: [
        "SELECT revenue SINCE TODAY - 7 days"
      ]
    )
  }

  @Test func aRangeNeedsDuring() {
    expectMistakes(
      "SELECT revenue last 30 days",
      gives: """
        error[E1103]: a range of days follows DURING
          --> 1:16
           |
         1 | SELECT revenue last 30 days
           |                ^^^^^^^^^^^^ write DURING last 30 days
        """,
      fixed: [
        "SELECT revenue DURING last 30 days"
      ]
    )
  }

  @Test func aStarIsNoMetric() {
    expectMistakes(
      "SELECT * BY channel",
      gives: """
        error[E1102]: "*" cannot stand for all columns
          --> 1:8
           |
         1 | SELECT * BY channel
           |        ^ name the metrics; SHOW METRICS lists them
        """,
      fixed: []
    )
  }

  @Test func foreignOperatorsAreTranslated() {
    expectMistakes(
      "SELECT a WHERE a && b || !c",
      gives: """
        error[E1102]: "&&" is written AND here
          --> 1:18
           |
         1 | SELECT a WHERE a && b || !c
           |                  ^^ write AND

        error[E1102]: "||" is written OR here
          --> 1:23
           |
         1 | SELECT a WHERE a && b || !c
           |                       ^^ write OR

        error[E1102]: "!" is written NOT here
          --> 1:26
           |
         1 | SELECT a WHERE a && b || !c
           |                          ^ write NOT
        """,
      fixed: [
        "SELECT a WHERE a AND b || !c",
        "SELECT a WHERE a && b OR !c",
        "SELECT a WHERE a && b || NOT c",
      ]
    )
  }
}
