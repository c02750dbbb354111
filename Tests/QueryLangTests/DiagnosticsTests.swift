import Testing

@testable import QueryLang

/// The span of the first occurrence of a piece in a text.
func span(of piece: String, in text: String, after start: Int = 0) -> SourceSpan {
  let bytes = Array(text.utf8)
  let wanted = Array(piece.utf8)
  var offset = start
  while offset + wanted.count <= bytes.count {
    if Array(bytes[offset..<offset + wanted.count]) == wanted {
      return SourceSpan(start: offset, end: offset + wanted.count)
    }
    offset += 1
  }
  Issue.record("\"\(piece)\" is not in the text")
  return SourceSpan(start: 0, end: 0)
}

@Suite struct DiagnosticRendererTests {
  private func rendered(_ diagnostic: Diagnostic, _ text: String, name: String? = nil) -> String {
    DiagnosticRenderer().render(diagnostic, in: SourceText(text, name: name))
  }

  @Test func unknownNamesAreUnderlinedWithTheirSuggestions() {
    let text = "SELECT revenu BY chanel"
    let first = span(of: "revenu", in: text)
    let second = span(of: "chanel", in: text)
    let metric = Suggestion(for: "revenu", among: ["refunds", "revenue", "orders"])
    let dimension = Suggestion(for: "chanel", among: ["category", "channel", "city"])
    var one = Diagnostic(
      DiagnosticID(.error, 2101),
      "there is no metric or dimension called \"revenu\"",
      at: first,
      label: metric.question
    )
    one.fixes = metric.fix(replacing: first).map { [$0] } ?? []
    var two = Diagnostic(
      DiagnosticID(.error, 2101),
      "there is no dimension called \"chanel\"",
      at: second,
      label: dimension.question
    )
    two.fixes = dimension.fix(replacing: second).map { [$0] } ?? []
    let source = SourceText(text)
    #expect(
      DiagnosticRenderer().render([one, two], in: source) == """
        error[E2101]: there is no metric or dimension called "revenu"
          --> 1:8
           |
         1 | SELECT revenu BY chanel
           |        ^^^^^^ did you mean "revenue"?

        error[E2101]: there is no dimension called "chanel"
          --> 1:18
           |
         1 | SELECT revenu BY chanel
           |                  ^^^^^^ did you mean "channel"?
        """
    )
    #expect(one.fixes.first?.applied(to: source) == "SELECT revenue BY chanel")
    #expect(one.fixes.first?.confidence == .safe)
  }

  @Test func aRelatedWordOnTheSameLineIsUnderlinedWithDashes() {
    let text = "SELECT revenue BY product WHERE revenue > 1000 INR"
    let diagnostic = Diagnostic(
      DiagnosticID(.error, 3202),
      "\"revenue\" is one value per group, so it cannot be tested row by row",
      at: span(of: "revenue", in: text, after: 10),
      label: "metric"
    )
    .relating(span(of: "WHERE", in: text))
    .fixing(Fix("move it: HAVING revenue > 1000 INR", edits: []))
    #expect(
      rendered(diagnostic, text) == """
        error[E3202]: "revenue" is one value per group, so it cannot be tested row by row
          --> 1:33
           |
         1 | SELECT revenue BY product WHERE revenue > 1000 INR
           |                           ----- ^^^^^^^ metric
           |
           = fix: move it: HAVING revenue > 1000 INR
        """
    )
  }

  @Test func bothOperandsCarryTheirTypes() {
    let text = "SELECT revenue + orders"
    let diagnostic = Diagnostic(
      DiagnosticID(.error, 3101),
      "money and count cannot be added",
      at: span(of: "+", in: text)
    )
    .relating(span(of: "revenue", in: text), "money(INR)")
    .relating(span(of: "orders", in: text), "count")
    .noting("note: for a value per order write revenue / orders")
    #expect(
      rendered(diagnostic, text) == """
        error[E3101]: money and count cannot be added
          --> 1:16
           |
         1 | SELECT revenue + orders
           |        ------- ^ ------ count
           |        money(INR)
           |
           = note: for a value per order write revenue / orders
        """
    )
  }

  @Test func theMessageAboutFromShowsTheWholeReportWithoutIt() throws {
    let source = SourceText("SELECT revenue FROM sales GROUP BY channel")
    let diagnostics = ReportParser.parse(source).1
    #expect(
      DiagnosticRenderer().render(diagnostics, in: source) == """
        error[E1101]: reports need no FROM; metrics know their tables
          --> 1:16
           |
         1 | SELECT revenue FROM sales GROUP BY channel
           |                ^^^^^^^^^^ remove this
           |
           = fix: SELECT revenue BY channel
        """
    )
    let fix = try #require(diagnostics.first?.fixes.first)
    #expect(fix.applied(to: source) == "SELECT revenue BY channel")
  }

  @Test func severalLinesNotesAndFixesAreShownInOrder() {
    let text = """
      SELECT revenue, ad_spend, revenue / ad_spend AS roas
      BY channel, month, product DURING 2026-Q1
      """
    let diagnostic = Diagnostic(
      DiagnosticID(.error, 4101),
      "\"ad_spend\" is not recorded by product",
      at: span(of: "product", in: text),
      label: "ad_spend has no product"
    )
    .relating(span(of: "ad_spend", in: text), "from the table ad_spend")
    .noting("why: advertising is booked per channel, campaign and day")
    .noting("both metrics share: channel, month")
    .fixing(Fix("remove \"product\"", edits: []))
    .fixing(Fix("spread it over products", edits: []))
    #expect(
      rendered(diagnostic, text, name: "roas.mandi") == """
        error[E4101]: "ad_spend" is not recorded by product
          --> roas.mandi:2:20
           |
         1 | SELECT revenue, ad_spend, revenue / ad_spend AS roas
           |                 -------- from the table ad_spend
         2 | BY channel, month, product DURING 2026-Q1
           |                    ^^^^^^^ ad_spend has no product
           |
           = why: advertising is booked per channel, campaign and day
           = both metrics share: channel, month
           = fix 1: remove "product"
           = fix 2: spread it over products
        """
    )
  }

  @Test func wideCharactersTakeTwoCellsAndTabsFour() {
    let text = "SELECT '茶🍵é',\t\"बिक्री\", revenu"
    let diagnostic = Diagnostic(
      DiagnosticID(.warning, 2101),
      "no such name",
      at: span(of: "revenu", in: text)
    )
    #expect(
      rendered(diagnostic, text) == """
        warning[W2101]: no such name
          --> 1:25
           |
         1 | SELECT '茶🍵é',    "बिक्री", revenu
           |                           ^^^^^^
        """
    )
  }

  @Test func farLinesAreJoinedByDotsAndTheGutterGrows() {
    let text = "a\n" + String(repeating: "\n", count: 9) + "\tb"
    let diagnostic = Diagnostic(
      DiagnosticID(.note, 1103),
      "two places",
      at: span(of: "b", in: text),
      label: "here"
    ).relating(span(of: "a", in: text), "and here")
    #expect(
      rendered(diagnostic, text) == """
        note[N1103]: two places
           --> 11:2
            |
          1 | a
            | - and here
        ...
         11 |     b
            |     ^ here
        """
    )
  }

  @Test func whatCouldUpsetATerminalIsReplaced() {
    let text = "SELECT \u{1B}[31m\u{202E}x"
    let diagnostic = Diagnostic(
      DiagnosticID(.error, 1001),
      "odd \u{1B}[2J message",
      at: span(of: "x", in: text)
    )
    let shown = rendered(diagnostic, text, name: "a\u{7}b")
    #expect(shown.unicodeScalars.allSatisfy { $0 == "\n" || !CellText.isHidden($0) })
    #expect(shown.contains("SELECT �[31m�x"))
  }

  @Test func aLongLineIsCutAroundThePlace() throws {
    let text = String(repeating: "x", count: 5_000) + "y" + String(repeating: "x", count: 5_000)
    let diagnostic = Diagnostic(
      DiagnosticID(.error, 1001),
      "here",
      at: span(of: "y", in: text)
    )
    let lines = rendered(diagnostic, text).split(separator: "\n").map { Array($0) }
    #expect(lines.allSatisfy { $0.count < 180 })
    let mark = try #require(lines.last?.firstIndex(of: "^"))
    #expect(lines[lines.count - 2][mark] == "y")
  }

  @Test func coloursAreEscapeSequencesAroundTheSameText() {
    let source = SourceText("SELECT revenu")
    let diagnostic = Diagnostic(
      DiagnosticID(.error, 2101),
      "no such name",
      at: SourceSpan(start: 7, end: 13),
      label: "this"
    )
    let plain = DiagnosticRenderer().render(diagnostic, in: source)
    var coloured = DiagnosticRenderer(colour: .ansi).render(diagnostic, in: source)
    #expect(coloured.contains("\u{1B}[31;1m^^^^^^\u{1B}[0m"))
    while let start = coloured.firstIndex(of: "\u{1B}"),
      let end = coloured[start...].firstIndex(of: "m")
    {
      coloured.removeSubrange(start...end)
    }
    #expect(coloured == plain)
  }

  @Test func windowsLineEndsAndByteOrderMarksDoNotShiftPlaces() {
    let text = "\u{FEFF}SELECT revenue\r\nBY chanel\r\n"
    let source = SourceText(text)
    let diagnostic = Diagnostic(
      DiagnosticID(.error, 2101),
      "no such name",
      at: span(of: "chanel", in: text)
    )
    #expect(source.location(of: span(of: "SELECT", in: text).start).column == 1)
    #expect(
      DiagnosticRenderer().render(diagnostic, in: source) == """
        error[E2101]: no such name
          --> 2:4
           |
         2 | BY chanel
           |    ^^^^^^
        """
    )
  }
}

@Suite struct DiagnosticsSuggestionTests {
  private let names = [
    "revenue", "orders", "units", "customers", "channel", "channel_type", "category",
    "ad_spend", "refunds", "Net sales (₹)", "cohort_month",
  ]

  @Test(arguments: [
    ("revenu", "revenue"), ("REVENUE", "revenue"), ("chanel", "channel"), ("order", "orders"),
    ("adspend", "ad_spend"), ("ad spend", "ad_spend"), ("refnuds", "refunds"),
    ("catgeory", "category"), ("customer", "customers"), ("cohortmonths", "cohort_month"),
    ("spend", "ad_spend"),
  ])
  func theClosestNameIsOfferedFirst(_ word: String, _ name: String) {
    #expect(Suggestion(for: word, among: names).names.first == name)
  }

  @Test func whatIsFarFromEveryNameGetsNoOffer() {
    let suggestion = Suggestion(for: "temperature", among: names)
    #expect(suggestion.names.isEmpty)
    #expect(suggestion.question == nil)
    #expect(suggestion.fix(replacing: SourceSpan(start: 0, end: 1)) == nil)
  }

  @Test func atMostThreeAreOfferedAndATieHasNoWinner() {
    let suggestion = Suggestion(for: "rate", among: ["rate_a", "rate_b", "rate_c", "rate_d"])
    #expect(suggestion.names == ["rate_a", "rate_b", "rate_c"])
    #expect(suggestion.clearWinner == nil)
    #expect(suggestion.question == "did you mean \"rate_a\", \"rate_b\" or \"rate_c\"?")
  }

  @Test func aSwapOfNeighboursCountsLessThanAReplacement() {
    #expect(Suggestion(for: "form", among: ["farm", "from"]).names == ["from", "farm"])
    #expect(Suggestion(for: "form", among: ["farm", "from"]).clearWinner == "from")
  }

  @Test func aNameThatNeedsQuotesIsWrittenInThem() {
    let span = SourceSpan(start: 0, end: 3)
    let fix = Suggestion(for: "net sale", among: ["Net \"sale", "x"]).fix(replacing: span)
    #expect(fix?.edits == [TextEdit(span, "\"Net \"\"sale\"")])
    #expect(
      Suggestion(for: "ordre", among: ["order"]).fix(replacing: span)?.edits.first?.text
        == "\"order\""
    )
  }

  @Test func emptyAndEndlessWordsGetNoOffer() {
    #expect(Suggestion(for: "", among: names).names.isEmpty)
    #expect(Suggestion(for: String(repeating: "a", count: 9_999), among: names).names.isEmpty)
  }
}
