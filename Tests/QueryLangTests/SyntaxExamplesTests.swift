import Foundation
import TestKit
import Testing

@testable import QueryLang

/// The example reports of the language, each in a file.
enum ExampleReports {
  static let all: [(name: String, text: String)] = load()

  // A folder or file that cannot be read gives no examples; their count is tested.
  private static func load() -> [(name: String, text: String)] {
    let folder = Bundle.module.url(forResource: "Examples", withExtension: nil)
    guard let folder else { return [] }
    let files =
      (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil))
      ?? []
    return files.sorted { $0.lastPathComponent < $1.lastPathComponent }.compactMap { file in
      guard let text = try? String(contentsOf: file, encoding: .utf8) else { return nil }
      return (file.lastPathComponent, text)
    }
  }
}

func structureOf(_ text: String) -> String {
  ReportParser.parse(SourceText(text)).0.statements.map { TreeText.of($0) }.joined(separator: "\n")
}

func formatted(_ text: String) -> String {
  switch SyntaxPrinter.format(SourceText(text)) {
  case .formatted(let result): result
  case .refused(let diagnostics): "refused: " + diagnostics.map(\.message).joined(separator: "; ")
  }
}

@Suite struct SyntaxExamplesTests {
  @Test func allExamplesAreThere() {
    #expect(ExampleReports.all.count == 52)
  }

  @Test(arguments: ExampleReports.all.map(\.name))
  func theExampleReadsWithoutDiagnostics(_ name: String) throws {
    let text = try #require(ExampleReports.all.first { $0.name == name }).text
    let source = SourceText(text, name: name)
    let (script, diagnostics) = ReportParser.parse(source)
    #expect(DiagnosticRenderer().render(diagnostics, in: source) == "")
    #expect(!script.statements.isEmpty)
  }

  @Test(arguments: ExampleReports.all.map(\.name))
  func theFormattedExampleHasTheSameTree(_ name: String) throws {
    let text = try #require(ExampleReports.all.first { $0.name == name }).text
    let once = formatted(text)
    #expect(structureOf(once) == structureOf(text))
    #expect(formatted(once) == once)
    #expect(once.split(separator: "\n").allSatisfy { $0.count <= SyntaxPrinter.longestLine })
  }
}
