import QueryLang
import Testing

/// Texts whose definitions multiply, go round or go back without an end are answered, not followed.
@Suite struct ExpansionTests {
  private func codes(_ text: String) throws -> [String] {
    try SmallShop.usual.prepare(text).diagnostics.map(\.id.code)
  }

  @Test func segmentsThatDoubleAreRefused() throws {
    var text = "DEFINE SEGMENT s0 OF channel = channel = 'amazon';"
    for number in 1...40 {
      let before = "channel IN SEGMENT s\(number - 1)"
      text += "DEFINE SEGMENT s\(number) OF channel = \(before) OR \(before);"
    }
    #expect(try codes(text).contains("E5113"))
  }

  @Test func largeDimensionsCannotBeUsedWithoutEnd() throws {
    let branches = (1...1_200).map { "WHEN channel = 'c\($0)' THEN 'x\($0)'" }
    let tests = Array(repeating: "d = 'x'", count: 60).joined(separator: " OR ")
    let definition = "DEFINE DIMENSION d = CASE \(branches.joined(separator: " ")) END;"
    #expect(try codes(definition + "SELECT revenue WHERE d = 'x'") == [])
    #expect(try codes(definition + "SELECT revenue WHERE \(tests)").contains("E5113"))
  }

  /// A statement may use as much as another one did before it.
  @Test func everyStatementHasItsOwnLimit() throws {
    let members = (1...5_000).map { "'c\($0)'" }.joined(separator: ", ")
    var text = "DEFINE SEGMENT s OF channel = channel IN (\(members));"
    text += String(repeating: "SELECT revenue WHERE channel IN SEGMENT s;", count: 50)
    #expect(try codes(text).filter { $0.hasPrefix("E") } == [])
  }

  @Test func definitionsThatWereReplacedDoNotGoRound() throws {
    let found = try codes(
      "DEFINE METRIC a = revenue; DEFINE METRIC b = a; DEFINE OR REPLACE METRIC a = b; "
        + "SELECT a DURING last month COMPARE TO TARGET"
    )
    #expect(found == ["E4606"])
  }

  @Test func goingBackHasAnEnd() throws {
    let step = String(repeating: " PREVIOUS 10000 years", count: 150)
    let found = try codes("SELECT revenue\(step) DURING 2026-01")
    #expect(found == ["E4504"])
    // The days are at the end of what can be counted.
    #expect(try codes("SELECT revenue PREVIOUS 10000 years BY month DURING 2026-01").isEmpty)
  }
}
