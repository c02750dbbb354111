import Testing

@testable import QueryLang

@Suite struct SyntaxPrinterTests {
  @Test func clausesGetTheirLinesAndTheirOrder() {
    #expect(
      formatted("select revenue ,orders by channel limit 5") == """
        SELECT revenue, orders
        BY channel
        LIMIT 5

        """
    )
    let text =
      "select Revenue/orders as aov,share of revenue within(channel,MONTH) by channel, month as chart "
      + "line (y=aov) as of 2026-01-01 order by aov desc nulls last having orders<>0 where not a in('x') "
      + "during Month to date including current compare to previous Year match weekday full as py"
    #expect(
      formatted(text) == """
        SELECT Revenue / orders AS aov, SHARE OF revenue WITHIN (channel, MONTH)
        BY channel, month
        WHERE NOT a IN ('x')
        DURING month TO DATE INCLUDING CURRENT
        COMPARE TO PREVIOUS year MATCH WEEKDAY FULL AS py
        HAVING orders != 0
        ORDER BY aov DESC NULLS LAST
        AS OF 2026-01-01
        AS CHART line (y = aov)

        """
    )
  }

  @Test func commentsStayWithTheTokenThatFollows() {
    let text = """
      -- the report
      SELECT revenue, -- money
        orders /* lines */ AS o -- keys
      BY channel -- few
      LIMIT 10 -- condition
      WHERE a = 1 -- end
      """
    let expected = """
      -- the report
      SELECT revenue,
        -- money
        orders /* lines */ AS o
      -- keys
      BY channel
      -- condition
      WHERE a = 1
      -- few
      LIMIT 10
      -- end

      """
    #expect(formatted(text) == expected)
    #expect(formatted(expected) == expected)
  }

  @Test func longClausesGoOnAfterACommaOrBeforeAnd() {
    let names = (1...14).map { "metric_number_\($0)" }
    let text =
      "SELECT " + names.joined(separator: ",") + " WHERE "
      + names.map { "\($0) = 1" }.joined(separator: " and ")
    let result = formatted(text)
    let lines = result.split(separator: "\n")
    #expect(lines.allSatisfy { $0.count <= 100 })
    #expect(lines.count == 7)
    #expect(lines.filter { $0.hasPrefix("  ") }.count == 5)
    #expect(formatted(result) == result)
  }

  @Test func statementsEndWithSemicolonsExceptTheLast() {
    #expect(
      formatted("define metric a=b/c label 'A';select a; /* tail */") == """
        DEFINE METRIC a = b / c LABEL 'A';
        SELECT a
        /* tail */

        """
    )
  }

  @Test func signsKeepApartFromEachOther() {
    #expect(formatted("SELECT a- -b, - - c, -(d)") == "SELECT a - -b, - -c, -(d)\n")
  }

  @Test func aTextWithMistakesIsLeftAlone() {
    let outcome = SyntaxPrinter.format(SourceText("SELECT revenue BY"))
    guard case .refused(let diagnostics) = outcome else {
      Issue.record("a text with a mistake was formatted")
      return
    }
    #expect(diagnostics.map(\.id) == [.unexpected])
  }
}
