import Foundation
import QueryLang
import TestKit
import Testing

@testable import QueryLang

/// Writes a sample of texts with the parser's verdicts for `scripts/check-grammar.sh`, which compares
/// them with another parser of the same grammar.
@Suite struct GrammarSampleTests {
  private struct Verdict: Codable {
    let text: String
    /// The numbers of the errors; none for a text that is read.
    let errors: [Int]
  }

  private static let path = ProcessInfo.processInfo.environment["MANDI_GRAMMAR_SAMPLE"]

  @Test(.enabled(if: path != nil)) func theSampleIsWritten() throws {
    let path = try #require(GrammarSampleTests.path)
    let seed = UInt64.random(in: .min ... .max)
    print("grammar sample: seed \(seed)")
    var texts = try TextSource(seed: seed)
    var lines: [String] = []
    for index in 0..<6_000 {
      let words = texts.grammatical(levels: 20)
      let text = index % 2 == 0 ? words.joined(separator: " ") : texts.mutated(words)
      let errors = ReportParser.parse(SourceText(text)).1.map(\.id.number)
      let data = try JSONEncoder().encode(Verdict(text: text, errors: errors))
      lines.append(String(decoding: data, as: UTF8.self))
    }
    try (lines.joined(separator: "\n") + "\n")
      .write(toFile: path, atomically: true, encoding: .utf8)
  }
}
