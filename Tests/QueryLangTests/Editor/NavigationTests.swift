import Testing

@testable import QueryLang

/// Definitions, renaming, outlines, fixes and formatting.
@Suite struct NavigationTests {
  // MARK: Definition

  @Test(arguments: [
    ("DEFINE METRIC own = orders; SELECT o|wn", "own", 14),
    ("DEFINE PARAM n COUNT DEFAULT 3; SELECT orders LIMIT $|n", "n", 13),
    ("DEFINE PERIOD p = LAST week; SELECT orders DURING |p", "p", 14),
    ("DEFINE SEGMENT s OF city = city = 'x'; SELECT orders WHERE city IN SEGMENT |s", "s", 15),
    ("SELECT orders AS o BY channel ORDER BY |o", "o", 17),
    ("SELECT orders BY channel AS shop ORDER BY sh|op", "shop", 28),
    (
      "DEFINE METRIC own = orders; DEFINE OR REPLACE METRIC own = units; SELECT own|", "own", 53
    ),
  ])
  func aNameOfTheScriptLeadsToItsDefinition(_ text: String, _ name: String, _ start: Int) throws {
    let (script, offset) = try EditorShop.marked(text)
    guard case .script(let span)? = script.definition(at: offset) else {
      Issue.record("no place in the script: \(text)")
      return
    }
    #expect(script.source.slice(span) == name)
    #expect(span.start == start)
  }

  @Test(arguments: [
    ("SELECT ad_|spend", "ad_spend", 2), ("SELECT roas|", "roas", 1),
    ("SELECT SUM(ad_spend.am|ount)", "ad_spend", 2),
    ("SELECT orders DURING diwali|_2025", "diwali_2025", 1),
    ("SELECT orders WHERE city IN SEGMENT big_|city", "big_city", 1),
    ("SELECT \"Spend on| advertising\"", "ad_spend", 2),
  ])
  func aNameOfTheModelLeadsIntoItsFile(_ text: String, _ name: String, _ count: Int) throws {
    let (script, offset) = try EditorShop.marked(text)
    guard case .model("ads.yaml", let span)? = script.definition(at: offset) else {
      Issue.record("no place in the model: \(text)")
      return
    }
    let model = SourceText(EditorShop.yaml)
    #expect(model.slice(span) == name)
    let section = name == "ad_spend" && text.contains("SUM") ? "facts:" : "metrics:"
    if count == 2 {
      let line = model.slice(SourceSpan(start: 0, end: span.start))
      #expect(line.contains(section))
      #expect(!line.contains(section == "facts:" ? "metrics:" : "periods:"))
    }
  }

  @Test func namesOfTheBuiltInModelLeadIntoIt() throws {
    let (script, offset) = try EditorShop.marked("SELECT revenue BY chan|nel")
    guard case .model(let file, _)? = script.definition(at: offset) else {
      Issue.record("no place in the model")
      return
    }
    #expect(file == "commerce.yaml")
  }

  @Test(arguments: ["SEL|ECT orders", "SELECT orders BY mon|th", "SELECT nothing|", "|"])
  func wordsOfTheLanguageLeadNowhere(_ text: String) throws {
    let (script, offset) = try EditorShop.marked(text)
    #expect(script.definition(at: offset) == nil)
  }

  // MARK: Rename

  private func renamed(_ text: String, to name: String) throws -> String {
    let (script, offset) = try EditorShop.marked(text)
    switch script.rename(at: offset, to: name) {
    case .edits(let edits): return Fix("", edits: edits).applied(to: script.source)
    case .refused(let reason): return "refused: \(reason)"
    }
  }

  @Test(arguments: [
    (
      "DEFINE METRIC o|wn = orders; SELECT own, own * 2 AS twice ORDER BY own", "mine",
      "DEFINE METRIC mine = orders; SELECT mine, mine * 2 AS twice ORDER BY mine"
    ),
    (
      "DEFINE PARAM n COUNT DEFAULT 3; SELECT orders BY city LIMIT $|n", "rows",
      "DEFINE PARAM rows COUNT DEFAULT 3; SELECT orders BY city LIMIT $rows"
    ),
    (
      "DEFINE METRIC a = orders; DEFINE METRIC b = a + a; SELECT b, |a", "c",
      "DEFINE METRIC c = orders; DEFINE METRIC b = c + c; SELECT b, c"
    ),
    (
      "SELECT orders AS |o BY city ORDER BY o; SELECT units AS o", "n",
      "SELECT orders AS n BY city ORDER BY n; SELECT units AS o"
    ),
    (
      "SELECT SHARE OF orders WITHIN town AS s BY city AS to|wn, month ORDER BY town", "place",
      "refused: \"place\" is a name of the model"
    ),
    (
      "SELECT SHARE OF orders WITHIN town AS s BY city AS to|wn, month ORDER BY town", "spot",
      "SELECT SHARE OF orders WITHIN spot AS s BY city AS spot, month ORDER BY spot"
    ),
    (
      "DEFINE METRIC own = orders; SELECT ow|n", "Net sales",
      "DEFINE METRIC \"Net sales\" = orders; SELECT \"Net sales\""
    ),
    (
      "DEFINE SEGMENT |s OF city = city = 'x'; SELECT orders WHERE city IN SEGMENT s", "t",
      "DEFINE SEGMENT t OF city = city = 'x'; SELECT orders WHERE city IN SEGMENT t"
    ),
  ])
  func everyUseIsRenamed(_ text: String, _ name: String, _ result: String) throws {
    #expect(try renamed(text, to: name) == result)
  }

  @Test(arguments: [
    ("SELECT rev|enue", "x", "the name is defined in the model commerce.yaml"),
    ("SELECT orders BY mon|th", "x", "the name is a word of the language"),
    ("SELECT |", "x", "there is no name here"),
    ("DEFINE METRIC o|wn = orders", "revenue", "\"revenue\" is a name of the model"),
    ("DEFINE METRIC o|wn = orders", "month", "\"month\" is a name of the model"),
    ("DEFINE METRIC o|wn = orders", "", "a name is needed"),
    (
      "DEFINE METRIC a = orders; DEFINE METRIC |b = a", "A",
      "\"A\" has a meaning in the script already"
    ),
    (
      "DEFINE PARAM |n COUNT DEFAULT 1", "two words",
      "\"two words\" is no plain name: letters, digits and _, and no word of the language"
    ),
  ])
  func whatCannotBeRenamedSaysWhy(_ text: String, _ name: String, _ reason: String) throws {
    #expect(try renamed(text, to: name) == "refused: \(reason)")
  }

  @Test func theNameToRenameIsShownWithoutItsDollar() throws {
    let (script, offset) = try EditorShop.marked(
      "DEFINE PARAM n COUNT DEFAULT 3; SELECT orders LIMIT $|n"
    )
    let span = try #require(script.renamed(at: offset))
    #expect(script.source.slice(span) == "n")
    let (other, place) = try EditorShop.marked("SELECT ord|ers")
    #expect(other.renamed(at: place) == nil)
  }

  // MARK: Outline

  @Test func statementsMakeAnOutline() throws {
    let script = try EditorShop.script(
      "DEFINE METRIC own = orders\n  / units; SELECT own BY channel; SHOW METRICS"
    )
    let symbols = script.symbols()
    #expect(symbols.map(\.name) == ["own", "SELECT own BY channel", "SHOW METRICS"])
    #expect(symbols.map(\.kind) == [.metric, .report, .question])
    #expect(symbols.map(\.detail) == ["= orders / units", nil, nil])
    #expect(symbols.map { script.source.slice($0.selection) } == ["own", "SELECT", "SHOW"])
  }

  // MARK: Fixes

  @Test func fixesAnswerTheDiagnosticsOfAPlace() throws {
    let script = try EditorShop.script("SELECT revenu BY chanel")
    let offered = script.fixes(touching: SourceSpan(start: 9, end: 9))
    #expect(offered.map(\.fix.title) == ["write revenue"])
    #expect(offered.map(\.isPreferred) == [true])
    #expect(offered.first?.fix.applied(to: script.source) == "SELECT revenue BY chanel")
    let whole = SourceSpan(start: 0, end: script.source.byteCount)
    #expect(script.fixes(touching: whole).count == 2)
    #expect(script.fixes(touching: SourceSpan(start: 0, end: 0)).isEmpty)
  }

  // MARK: Formatting

  @Test(arguments: [
    "select revenue by channel during last month",
    "SELECT revenue\nBY channel\n",
    "select  \"Net sales (₹)\" as \"ä\" by channel -- ₹\n",
    "",
  ])
  func formattingGivesTheCanonicalText(_ text: String) throws {
    let script = try EditorShop.script(text)
    guard case .formatted(let wanted) = SyntaxPrinter.format(script.source) else {
      #expect(script.formatting() == nil)
      return
    }
    let edits = try #require(script.formatting())
    #expect(Fix("", edits: edits).applied(to: script.source) == wanted)
    #expect(edits.isEmpty == (text == wanted))
  }

  @Test func aTextWithErrorsIsNotFormatted() throws {
    #expect(try EditorShop.script("SELECT revenue BY").formatting() == nil)
  }

  // MARK: Diagnostics

  @Test(arguments: ExampleReports.all.map(\.name))
  func diagnosticsAreThoseOfACheck(_ name: String) throws {
    let text = try #require(ExampleReports.all.first { $0.name == name }).text
    let prepared = Report.prepare(
      text,
      name: nil,
      catalog: try EditorShop.catalog(),
      context: ReportContext(today: EditorShop.today)
    )
    #expect(try EditorShop.script(text).diagnostics == prepared.diagnostics)
  }
}
