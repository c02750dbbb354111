import Testing
import TestKit

@testable import QueryLang

/// Half-written texts with the cursor anywhere: nothing traps, and answers come soon.
@Suite struct EditorFuzzTests {
  /// The longest that all services may take on one text: milliseconds on an idle machine, and tests
  /// run beside others.
  private static let longest: Duration = .seconds(10)

  private func below(_ bound: Int, _ random: inout SeededRandom) -> Int {
    Int.random(in: 0..<bound, using: &random)
  }

  @discardableResult
  private func ask(_ script: EditedScript, at offset: Int) -> Int {
    let list = script.completions(at: offset)
    #expect(list.replaced.start <= list.replaced.end)
    #expect(list.replaced.end <= script.source.byteCount)
    _ = script.hover(at: offset)
    _ = script.signature(at: offset)
    _ = script.definition(at: offset)
    _ = script.renamed(at: offset)
    if case .edits(let edits) = script.rename(at: offset, to: "another_name") {
      #expect(!edits.isEmpty)
    }
    _ = script.fixes(touching: SourceSpan(start: offset, end: offset))
    return list.items.count
  }

  private func askAll(_ script: EditedScript) {
    _ = script.hints()
    _ = script.symbols()
    _ = script.formatting()
    let tokens = script.semanticTokens()
    for (left, right) in zip(tokens, tokens.dropFirst()) {
      #expect(left.span.end <= right.span.start)
    }
  }

  @Test(arguments: ExampleReports.all.map(\.name))
  func everyPrefixOfAnExampleIsAnswered(_ name: String) throws {
    let bytes = Array(try #require(ExampleReports.all.first { $0.name == name }).text.utf8)
    let catalog = try EditorShop.catalog()
    var random = SeededRandom(seed: UInt64(bytes.count) &* 7_919)
    for _ in 0..<12 {
      let end = below(bytes.count + 1, &random)
      let text = String(decoding: bytes[..<end], as: UTF8.self)
      let script = EditedScript(
        SourceText(text),
        catalog: catalog,
        context: ReportContext(today: EditorShop.today)
      )
      let begun = ContinuousClock.now
      askAll(script)
      ask(script, at: end)
      ask(script, at: below(end + 2, &random))
      #expect(ContinuousClock.now - begun < EditorFuzzTests.longest, "\(text)")
    }
  }

  @Test(arguments: [UInt64(1), 2, 3, 4])
  func tornTextsAreAnswered(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let pieces = ExampleReports.all.flatMap { $0.text.split(separator: " ").map(String.init) }
    let odd = ["'", "\"", "(", ")", "$", ";", "/*", "--", ".", "₹", "\u{FEFF}", "\n", ",", "é"]
    let catalog = try EditorShop.catalog()
    for _ in 0..<60 {
      let words = (0..<below(14, &random)).map { _ in
        below(4, &random) == 0
          ? odd[below(odd.count, &random)] : pieces[below(pieces.count, &random)]
      }
      let text = words.joined(separator: below(3, &random) == 0 ? "" : " ")
      let script = EditedScript(
        SourceText(text),
        catalog: catalog,
        context: ReportContext(today: EditorShop.today)
      )
      askAll(script)
      for _ in 0..<3 {
        ask(script, at: below(text.utf8.count + 3, &random) - 1)
      }
    }
  }

  @Test func longTextsAreAnsweredSoon() throws {
    let one =
      "DEFINE METRIC m0 = orders / units; SELECT revenue, m0 BY channel DURING LAST month;\n"
    let text = String(repeating: one, count: 300) + "SELECT "
    let script = try EditorShop.script(text)
    let begun = ContinuousClock.now
    askAll(script)
    #expect(ask(script, at: text.utf8.count) > 10)
    #expect(ContinuousClock.now - begun < .seconds(30))
    let tooLong = try EditorShop.script(String(repeating: one, count: 1_000))
    askAll(tooLong)
    #expect(ask(tooLong, at: 30) == 0)
  }
}
