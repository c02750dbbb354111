import QueryLang
import TestKit
import Testing

/// Whatever is sent as a report is answered with diagnostics.
///
/// `make fuzz` sends a million texts.
@Suite struct FuzzTests {
  @Test(arguments: TextSource.Kind.allCases)
  func anyTextIsAnswered(_ kind: TextSource.Kind) async throws {
    let catalog = try await ReportData.named("shop").catalog
    let seed = UInt64.random(in: .min ... .max)
    print("fuzz \(kind): seed \(seed)")
    var texts = try TextSource(seed: seed)
    for index in 0..<1_000 {
      let text = texts.text(kind)
      let prepared = Report.prepare(
        text,
        name: nil,
        catalog: catalog,
        context: ReportContext(today: 20_553)
      )
      #expect(prepared.diagnostics.count <= 20, "seed \(seed), \(index): \(text)")
    }
  }

  @Test func theWalkReachesTheWholeGrammar() throws {
    var walker = try ReportGrammar.walker()
    var random = SeededRandom(seed: 1)
    for _ in 0..<3_000 { _ = walker.words(of: "script", levels: 24, using: &random) }
    #expect(walker.alternatives.subtracting(walker.visited).sorted() == [])
    #expect(walker.alternatives.count > 150)
  }
}
