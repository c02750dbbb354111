import Export
import Foundation
import QueryLang
import TestKit
import Testing

@Suite struct JSONExportTests {
  private let head = #"""
    {"header":{"period":{"from":"2026-01-01","to":"2026-03-31","complete":true},\#
    "baselines":[],"timezone":"Asia/Kolkata","currency":"INR","asOf":"2026-04-01","snapshot":412,\#
    "groups":4,"hiddenGroups":0,"warnings":[]},\#
    "columns":[{"name":"channel","label":"Channel","role":"key","type":"string","unit":null,\#
    "format":null,"additivity":null},\#
    {"name":"month","label":"Month","role":"key","type":"date","grain":"month","unit":null,\#
    "format":null,"additivity":null},\#
    {"name":"revenue","label":"Revenue","role":"metric","type":"money","unit":"INR",\#
    "format":null,"additivity":"additive"}]
    """#

  @Test func aResultIsOneObject() throws {
    let text = try JSONExport.text(Fixtures.byChannelAndMonth, source: Fixtures.source)
    #expect(
      text == head + #"""
        ,"rows":[["amazon","2026-01",1234567.89],["amazon","2026-02",null],\#
        ["कपड़े, \"थोक\"","2026-01",-0.5],["कपड़े, \"थोक\"","2026-02",123.4567]],\#
        "rowKinds":["detail","detail","detail","detail"],\#
        "reasons":[{"row":1,"column":"revenue","reason":"pending"}],"chart":null}

        """#
    )
    #expect(try JSONSerialization.jsonObject(with: Data(text.utf8)) is [String: Any])
  }

  @Test func linesEndWithTheWordThatTheyAreComplete() throws {
    let text = try NDJSONExport.text(Fixtures.byChannelAndMonth, source: Fixtures.source)
    #expect(
      text == head + #"""
        }
        ["amazon","2026-01",1234567.89]
        ["amazon","2026-02",null]
        ["कपड़े, \"थोक\"","2026-01",-0.5]
        ["कपड़े, \"थोक\"","2026-02",123.4567]
        {"complete":true,"rows":4}

        """#
    )
  }

  @Test func theLastLineListsReasonsWhenAsked() throws {
    let text = try NDJSONExport.text(
      Fixtures.byChannelAndMonth,
      source: Fixtures.source,
      reasons: .shown
    )
    #expect(
      text.hasSuffix(
        #"""

        {"complete":true,"rows":4,"reasons":[{"row":1,"column":"revenue","reason":"pending"}]}

        """#
      )
    )
  }

  @Test func diagnosticsCarryTheirPlaceAndTheirFixes() {
    let source = SourceText("SELECT\n  revenu")
    let span = SourceSpan(start: 9, end: 15)
    let diagnostic = Diagnostic(
      DiagnosticID(.error, 2101),
      "there is no metric called \"revenu\"",
      at: span,
      label: "did you mean \"revenue\"?"
    )
    .relating(SourceSpan(start: 0, end: 6), "in this clause")
    .noting("why: names are exact")
    .fixing(Fix("write revenue", edits: [TextEdit(span, "revenue")], .safe))
    #expect(
      DiagnosticExport.json([diagnostic], source: source) == #"""
        [{"code":"E2101","severity":"error",\#
        "message":"there is no metric called \"revenu\"",\#
        "label":"did you mean \"revenue\"?",\#
        "span":{"start":9,"end":15,"line":2,"column":3},\#
        "related":[{"span":{"start":0,"end":6,"line":1,"column":1},"label":"in this clause"}],\#
        "notes":["why: names are exact"],\#
        "fixes":[{"title":"write revenue","safe":true,\#
        "edits":[{"start":9,"end":15,"text":"revenue"}]}]}]
        """#
    )
  }

  @Test func arbitraryTextsAndNumbersComeBackFromTheText() throws {
    let seed = UInt64.random(in: .min ... .max)
    var random = SeededRandom(seed: seed)
    for _ in 0..<300 {
      var scalars = String.UnicodeScalarView()
      for _ in 0..<8 {
        let bound: UInt32 = Bool.random(using: &random) ? 0x80 : 0x1_0FFFF
        if let scalar = Unicode.Scalar(UInt32.random(in: 0...bound, using: &random)) {
          scalars.append(scalar)
        }
      }
      let text = String(scalars)
      let number = Double(bitPattern: random.next())
      let integer = Int64(bitPattern: random.next())
      var writer = JSONWriter()
      writer.object { writer in
        writer.key(text)
        writer.array { writer in
          writer.string(text)
          writer.bool(true)
          writer.integer(integer)
        }
      }
      let parsed = try JSONSerialization.jsonObject(with: Data(writer.bytes)) as? [String: [Any]]
      let values = try #require(parsed?.values.first, "seed \(seed)")
      #expect(values[0] as? String == text, "seed \(seed)")
      #expect(Double(NumberText.double(number)) == number || number.isNaN, "seed \(seed)")
      #expect((values[2] as? NSNumber)?.int64Value == integer, "seed \(seed)")
    }
  }

  @Test func controlCharactersAreEscaped() {
    var writer = JSONWriter()
    writer.string("\u{0}\u{1F}\u{8}\u{C}\t\r\n\"\\/\u{7F}")
    #expect(writer.text == #""\u0000\u001f\b\f\t\r\n\"\\/"# + "\u{7F}\"")
  }

  @Test func nothingThatIsNotANumberIsWrittenAsOne() {
    var writer = JSONWriter()
    writer.array { writer in
      writer.double(.nan)
      writer.double(.infinity)
      writer.double(1e300)
      writer.decimal(-1)
      writer.decimal(Int128(UInt64.max) * 10_000)
    }
    #expect(writer.text == "[null,null,1e+300,-0.0001,18446744073709551615]")
  }
}
