import Testing

@testable import QueryLang

/// Hovers, signatures, hints and colours.
@Suite struct HelpTests {
  private func hover(_ text: String) throws -> (about: String, markdown: String)? {
    let (script, offset) = try EditorShop.marked(text)
    return script.hover(at: offset).map { (script.source.slice($0.span), $0.markdown) }
  }

  /// A place, the text that the hover is about, and what it says.
  static let hovers: [(String, about: String, says: [String])] = [
    (
      "SELECT rev|enue", "revenue",
      [
        "**revenue** · metric", "*Revenue*", "What buyers paid", "order_revenue + sellout_revenue",
        "- type: money", "- additivity: additive", "- facts: order_line, sellout_daily",
      ]
    ),
    ("SELECT revenue BY |channel", "channel", ["· dimension", "The shop or marketplace"]),
    ("SELECT revenue BY month|", "month", ["**month** · grain", "of the report date"]),
    ("SELECT SUM(order_line.q|ty)", "qty", ["**order_line.qty** · column", "- type: count"]),
    ("SELECT SUM(order_|line.qty)", "order_line", ["**order_line** · fact"]),
    ("SELECT R|OUND(orders / units, 2)", "ROUND", ["ROUND(value, digits)", "fewer digits"]),
    (
      "DEFINE METRIC apiece = orders / units LABEL 'Per piece'; SELECT a|piece", "apiece",
      ["**apiece** · metric", "*Per piece*", "orders / units", "- type: number"]
    ),
    (
      "DEFINE METRIC a|piece = orders / units", "apiece", ["**apiece** · metric", "orders / units"]
    ),
    (
      "SELECT orders / units AS share BY channel ORDER BY sh|are", "share",
      ["**share** · column of the report", "orders / units", "- type: number"]
    ),
    ("SELECT orders BY city AS town ORDER BY to|wn", "town", ["key of the report", "city"]),
    ("SELECT revenue DURING diwali|_2025", "diwali_2025", ["· period", "2025-10-14"]),
    ("SELECT revenue WHERE city IN SEGMENT big|_city", "big_city", ["· segment", "Mumbai"]),
    ("SELECT revenue WHERE revenue > $fl|oor", "$floor", ["**floor** · parameter", "MONEY"]),
    ("SELECT revenue DURING LAST mo|nth", "DURING LAST month", ["1–28 Feb 2026"]),
    (
      "SELECT revenue DURING month TO DATE COMPARE TO PREVIOUS ye|ar", "PREVIOUS year",
      ["1–14 Mar 2025, cut by 17 days"]
    ),
  ]

  @Test(arguments: hovers.indices)
  func aHoverSaysWhatIsKnown(_ index: Int) throws {
    let (text, about, says) = HelpTests.hovers[index]
    let found = try #require(try hover(text), "\(text)")
    #expect(found.about == about)
    for sentence in says {
      #expect(found.markdown.contains(sentence), "\(text): \(found.markdown)")
    }
  }

  @Test(arguments: [
    "SEL|ECT revenue", "SELECT revenu|", "SELECT 1|2", "", "SELECT orders |BY month",
  ])
  func whereThereIsNothingToSayNothingIsSaid(_ text: String) throws {
    #expect(try hover(text.isEmpty ? "|" : text) == nil)
  }

  @Test func aDefinitionIsUnknownAboveItsLine() throws {
    #expect(try hover("SELECT a|piece; DEFINE METRIC apiece = orders / units") == nil)
  }

  // MARK: Signatures

  @Test(arguments: [
    ("SELECT ROUND(|", "ROUND(value, digits)", 0),
    ("SELECT ROUND(revenue, 2|", "ROUND(value, digits)", 1),
    ("SELECT ROUND(SUM(|order_line.qty), 2)", "SUM(fact.column)", 0),
    ("SELECT ROUND(SUM(order_line.qty), |2)", "ROUND(value, digits)", 1),
    ("SELECT LEAST(1, 2, 3, |", "LEAST(value, other)", 1),
    ("SELECT ROUND((revenue + |", "ROUND(value, digits)", 0),
    ("SELECT revenue BY month(|", "month(date)", 0),
    ("SELECT IF(orders > 1, |", "IF(condition, then, otherwise)", 1),
  ])
  func theInnermostFunctionIsExplained(_ text: String, _ label: String, _ active: Int) throws {
    let (script, offset) = try EditorShop.marked(text)
    let help = try #require(script.signature(at: offset))
    #expect(help.label == label)
    #expect(help.active == active)
    #expect(help.parameters.allSatisfy { label.contains($0.name) && !$0.meaning.isEmpty })
  }

  @Test(arguments: [
    "SELECT |", "SELECT revenue FILTER (|", "SELECT ROUND(1)|", "SELECT nothing(|",
    "SELECT ROUND(1; SELECT |",
  ])
  func elsewhereThereIsNoSignature(_ text: String) throws {
    let (script, offset) = try EditorShop.marked(text)
    #expect(script.signature(at: offset) == nil)
  }

  /// A function is explained for the places where it can run, and for no others.
  @Test(arguments: Binder.aggregateWords + Binder.scalarWords)
  func everyFunctionThatCanRunHasASignature(_ word: String) throws {
    let arguments = [
      "order_line.qty", "order_line.qty, 0.5", "order_line.qty, 1, 2", "order_line",
      "DISTINCT order_line.sku", "channel", "channel, '-'", "channel = 'x', 'a', 'b'",
      "orders", "orders, 1", "orders, 1, 2", "orders > 0, 1", "'a', 'b'",
    ]
    func runs(_ before: String, _ after: String) throws -> Bool {
      try arguments.contains { argument in
        let script = try EditorShop.script("\(before) \(word)(\(argument)) \(after)")
        // A value that needs no rows is right in itself, but no report.
        return script.diagnostics.allSatisfy { $0.severity != .error || $0.id.number == 3205 }
      }
    }
    let level = FunctionSignature.named(word)?.level
    let (groups, rows) = (try runs("SELECT", "AS v"), try runs("SELECT orders BY", "AS v"))
    #expect((level == .groups || level == .both) == groups, "\(word) of groups")
    #expect((level == .rows || level == .both) == rows, "\(word) of rows")
  }

  // MARK: Hints

  @Test(arguments: [
    ("SELECT revenue DURING LAST month", ["1–28 Feb 2026"]),
    ("SELECT revenue SINCE 2026-03-01", ["1–14 Mar 2026"]),
    ("SELECT revenue SINCE 2026-03-01 UNTIL 2026-03-03", []),
    ("SELECT revenue DURING 2026-03-01 TO 2026-03-03", []),
    ("SELECT revenue DURING 2026-02", ["1–28 Feb 2026"]),
    ("SELECT revenue DURING ALL TIME", []),
    ("SELECT revenue", []),
    (
      "SELECT revenue DURING month TO DATE COMPARE TO PREVIOUS month, PREVIOUS year AS py",
      ["1–14 Mar 2026", "1–14 Feb 2026, cut by 14 days", "1–14 Mar 2025, cut by 17 days"]
    ),
    ("DEFINE PERIOD p = LAST week; SELECT revenue DURING p", ["2–8 Mar 2026", "2–8 Mar 2026"]),
    ("SELECT revenue DURING LAST month AS OF 2026-01-10", ["1–31 Dec 2025"]),
    ("SELECT revenue BY month, DURING LAST month WHERE", ["1–28 Feb 2026"]),
  ])
  func rangesHaveTheirDaysBesideThem(_ text: String, _ hints: [String]) throws {
    #expect(try EditorShop.script(text).hints().map(\.text) == hints)
  }

  /// At 20:00 UTC on the 14th it is the 15th in the model's zone.
  @Test(arguments: [
    ("SELECT revenue DURING YESTERDAY", "14 Mar 2026"),
    ("SELECT revenue DURING YESTERDAY TIMEZONE 'UTC'", "13 Mar 2026"),
  ])
  func daysAreThoseOfTheReportsZone(_ text: String, _ days: String) throws {
    let midnight = Int64(CivilDay(year: 2026, month: 3, day: 14).number) * 86_400_000_000
    let script = EditedScript(
      SourceText(text),
      catalog: try EditorShop.catalog(),
      context: ReportContext(today: EditorShop.today, now: midnight + 20 * 3_600_000_000)
    )
    #expect(script.hints().map(\.text) == [days])
  }

  @Test func aHintStandsBehindWhatItIsAbout() throws {
    let script = try EditorShop.script("SELECT revenue DURING LAST month LIMIT 3")
    let hint = try #require(script.hints().first)
    #expect(script.source.slice(hint.about) == "DURING LAST month")
    #expect(hint.offset == 32)
  }

  // MARK: Colours

  @Test func partsAreToldApart() throws {
    let text = """
      DEFINE METRIC own = orders / 2; -- mine
      SELECT own AS o, SUM(order_line.qty) BY channel, month
      WHERE city = 'Pune' AND city IN SEGMENT big_city DURING 2026-01
      """
    let script = try EditorShop.script(text)
    let found = script.semanticTokens().map { token in
      "\(script.source.slice(token.span)):\(token.kind)\(token.isDeclaration ? "!" : "")"
    }
    #expect(
      found == [
        "DEFINE:keyword", "METRIC:keyword", "own:metric!", "=:operator", "orders:metric",
        "/:operator", "2:number", "-- mine:comment", "SELECT:keyword", "own:metric", "AS:keyword",
        "o:column!", "SUM:function", "order_line:fact", "qty:column", "BY:keyword",
        "channel:dimension", "month:dimension", "WHERE:keyword", "city:dimension", "=:operator",
        "'Pune':text", "AND:keyword", "city:dimension", "IN:keyword", "SEGMENT:keyword",
        "big_city:segment", "DURING:keyword", "2026-01:date",
      ]
    )
  }

  @Test(arguments: ExampleReports.all.map(\.name))
  func colouredPartsDoNotOverlap(_ name: String) throws {
    let text = try #require(ExampleReports.all.first { $0.name == name }).text
    let tokens = try EditorShop.script(text).semanticTokens()
    #expect(!tokens.isEmpty)
    for (left, right) in zip(tokens, tokens.dropFirst()) {
      #expect(left.span.end <= right.span.start)
    }
  }
}
