import Foundation
import Testing

@testable import QueryLang

@Suite struct SyntaxDocumentationTests {
  /// The blocks of the language page that are marked as reports.
  private func blocks() throws -> [String] {
    let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "docs/report-language.md")
    let text = try String(contentsOf: page, encoding: .utf8)
    return text.components(separatedBy: "```mandi\n").dropFirst().compactMap {
      $0.components(separatedBy: "```").first
    }
  }

  @Test func everyReportOfTheLanguagePageBindsToTheDefaultModel() throws {
    let catalog = try Catalog.commerce()
    let blocks = try blocks()
    #expect(blocks.count >= 8)
    for block in blocks {
      let script = Report.prepare(
        block,
        name: nil,
        catalog: catalog,
        context: ReportContext(today: 20_500)
      )
      let errors = script.diagnostics.filter { $0.severity == .error }
      #expect(DiagnosticRenderer().render(errors, in: script.source) == "", "\(block)")
    }
  }

  /// Reports with a mistake, each with what is said of it.
  private func refusals() throws -> [(report: String, message: String)] {
    let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "docs/report-language.md")
    let text = try String(contentsOf: page, encoding: .utf8)
    return text.components(separatedBy: "```mandi-refused\n").dropFirst().map { part in
      let report = part.components(separatedBy: "```")[0]
      let message = part.components(separatedBy: "```text\n").dropFirst().first ?? ""
      return (report, message.components(separatedBy: "```")[0])
    }
  }

  @Test func everyRefusedReportOfTheLanguagePageSaysWhatStandsBelowIt() throws {
    let catalog = try Catalog.commerce()
    let refusals = try refusals()
    #expect(refusals.count == 10)
    for (report, message) in refusals {
      let script = Report.prepare(
        String(report.dropLast()),
        name: nil,
        catalog: catalog,
        context: ReportContext(today: 20_527)
      )
      #expect(!script.isRunnable, "\(report)")
      let rendered = DiagnosticRenderer().render(script.diagnostics, in: script.source)
      #expect(rendered + "\n" == message, "\(report)")
    }
  }

  @Test func everyReservedWordStandsOnTheLanguagePage() throws {
    let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "docs/report-language.md")
    let words = try String(contentsOf: page, encoding: .utf8).split { !$0.isLetter && $0 != "_" }
    for keyword in Keyword.allCases {
      #expect(words.contains { $0 == keyword.spelling }, "\(keyword.spelling)")
    }
  }

  @Test(arguments: ["(", "ABS(", "1 + (", "- (", "SHARE OF ("])
  func theDeepestTextIsBoundOnAnOrdinaryStack(_ piece: String) throws {
    let count = 180
    let closing = String(repeating: piece.contains("(") ? ")" : "", count: count)
    let text = "SELECT " + String(repeating: piece, count: count) + "revenue" + closing
    let script = Report.prepare(
      text,
      name: nil,
      catalog: try Catalog.commerce(),
      context: ReportContext(today: 20_500)
    )
    #expect(script.diagnostics.count <= 20)
  }

  @Test(arguments: [
    ("SELECT revenue BY month WHERE channel = \"blinkit\"", "write 'blinkit'"),
    ("SELECT revenue WHERE channel IN (\"zepto\", 'amazon')", "write 'zepto'"),
    ("SELECT revenue * 2026-10 BY month", "put spaces around the minus"),
    ("SELECT BY month", "a metric or an expression is needed"),
    ("SELECT revenue BY month WHERE channel == 'zepto'", "write ="),
  ])
  func oneMistakeOfWritingGetsOneMessage(_ text: String, _ label: String) throws {
    let script = Report.prepare(
      text,
      name: nil,
      catalog: try Catalog.commerce(),
      context: ReportContext(today: 20_500)
    )
    #expect(script.diagnostics.filter { $0.severity == .error }.map(\.label) == [label])
  }
}
