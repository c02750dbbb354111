import Export
import QueryLang
import TestKit
import Testing

@Suite struct CSVExportTests {
  @Test func aResultIsWrittenWhole() throws {
    #expect(
      try CSVExport.text(Fixtures.byChannelAndMonth) == #"""
        channel,month,revenue
        amazon,2026-01,1234567.89
        amazon,2026-02,
        "कपड़े, ""थोक""",2026-01,-0.50
        "कपड़े, ""थोक""",2026-02,123.4567

        """#
    )
  }

  @Test func reasonsStandBesideTheirColumns() throws {
    let text = try CSVExport.text(Fixtures.byChannelAndMonth, reasons: .shown)
    #expect(
      text.split(separator: "\n").prefix(3) == [
        "channel,month,revenue,revenue.reason",
        "amazon,2026-01,1234567.89,",
        "amazon,2026-02,,pending",
      ]
    )
  }

  @Test func kindsOfRowsAppearOnlyWithTotalsOrOthers() throws {
    var result = Fixtures.column(Fixtures.revenue, [.decimal(10_000), .decimal(20_000)])
    #expect(try CSVExport.text(result) == "revenue\n1.00\n2.00\n")
    result.rowKinds = [.detail, .total]
    #expect(try CSVExport.text(result) == "revenue,row_kind\n1.00,detail\n2.00,total\n")
  }

  @Test(
    arguments: [
      (ReportGrain.day, 20_779, "2026-11-22"), (.week, 20_773, "2026-W47"),
      (.month, 20_758, "2026-11"), (.quarter, 20_727, "2026-Q4"), (.year, 20_454, "2026"),
      (.fiscalYear, 20_544, "FY2027"), (.fiscalQuarter, 20_727, "FY2027-Q3"),
      (.fiscalQuarter, 20_454, "FY2026-Q4"), (.week, 20_451, "2026-W01"),
      (.week, 18_624, "2020-W53"), (.fiscalMonth, 20_544, "FY2027-M01"), (.day, -1, "1969-12-31"),
      (.day, 11_016, "2000-02-29"),
    ]
  )
  func grainsPrintAsPeriods(grain: ReportGrain, day: Int64, expected: String) throws {
    let column = ResultColumn(name: "period", label: "Period", type: .grain(grain), role: .key)
    #expect(
      try CSVExport.text(Fixtures.column(column, [.integer(day)])) == "period\n\(expected)\n"
    )
  }

  @Test func valuesOfEveryTypeArePlain() throws {
    func line(_ type: ResultType, _ cell: ResultCell) throws -> String {
      let column = ResultColumn(name: "x", label: "X", type: type, role: .metric)
      return String(try CSVExport.text(Fixtures.column(column, [cell])).dropFirst(2).dropLast())
    }
    #expect(try line(.count, .integer(1_234_567)) == "1234567")
    #expect(try line(.percent, .double(0.125)) == "0.125")
    #expect(try line(.number, .double(3)) == "3")
    #expect(try line(.number, .double(0.1)) == "0.1")
    #expect(try line(.number, .double(-0.0)) == "0")
    #expect(try line(.number, .decimal(25_000)) == "2.5")
    #expect(try line(.money(currency: "INR"), .double(2.5)) == "2.50")
    #expect(try line(.money(currency: "INR"), .double(1.0 / 3.0)) == "0.3333333333333333")
    #expect(try line(.money(currency: nil), .integer(7)) == "7.00")
    #expect(
      try line(.money(currency: "INR"), .decimal(Int128(Int64.max) * 4)) == "3689348814741910.3228"
    )
    #expect(try line(.date, .integer(20_779)) == "2026-11-22")
    #expect(try line(.timestamp, .integer(0)) == "1970-01-01T00:00:00Z")
    #expect(try line(.timestamp, .integer(-1)) == "1969-12-31T23:59:59.999999Z")
    #expect(try line(.bool, .integer(1)) == "true")
    #expect(try line(.string, .text("(none)")) == "(none)")
    #expect(try line(.string, .text("")) == "\"\"")
    #expect(try line(.date, .integer(.max)) == "\(Int64.max)")
    #expect(try line(.timestamp, .integer(.min)).hasSuffix("Z"))
  }

  @Test func arbitraryTextsComeBackFromTheFile() throws {
    let seed = UInt64.random(in: .min ... .max)
    var random = SeededRandom(seed: seed)
    let alphabet: [Character] = ["a", ",", "\"", "\n", "\r", "\r\n", "ड़", " ", ";", "👩‍👩‍👧"]
    let column = Fixtures.channel
    for _ in 0..<200 {
      let texts = (0..<5).map { _ in
        String(
          (0..<Int.random(in: 0...6, using: &random)).map { _ in
            alphabet.randomElement(using: &random) ?? "a"
          }
        )
      }
      let text = try CSVExport.text(Fixtures.column(column, texts.map { .text($0) }))
      #expect(fields(of: text) == ["channel"] + texts, "seed \(seed)")
    }
  }

  @Test func aResultThatIsTooLongIsRefusedAndNotCut() {
    let count = ExportLimits.maximumRows + 1
    let result = Fixtures.column(
      Fixtures.revenue,
      Array(repeating: .decimal(0), count: count)
    )
    #expect(throws: ExportError.tooManyRows(count: count, limit: ExportLimits.maximumRows)) {
      try CSVExport.text(result)
    }
  }

  /// Reads a file of one column back, after RFC 4180.
  private func fields(of text: String) -> [String] {
    var fields: [String] = []
    var field = String.UnicodeScalarView()
    var isQuoted = false
    var scalars = Array(text.unicodeScalars)[...]
    while let scalar = scalars.popFirst() {
      switch (scalar, isQuoted) {
      case ("\"", true) where scalars.first == "\"":
        field.append("\"")
        scalars.removeFirst()
      case ("\"", _): isQuoted.toggle()
      case ("\n", false):
        fields.append(String(field))
        field.removeAll()
      default: field.append(scalar)
      }
    }
    return fields
  }
}
