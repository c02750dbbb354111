import Export
import QueryLang
import Testing

@Suite struct TableExportTests {
  @Test func severalKeysOverTimeGetSparklinesOnlyWhereTheyHelp() throws {
    #expect(
      try TableExport.text(Fixtures.byChannelAndMonth) == """
        channel     month     revenue (₹)
        ──────────  ───────  ────────────
        amazon      2026-01  12,34,567.89
        amazon      2026-02             –
        कपड़े, "थोक"  2026-01         -0.50
        कपड़े, "थोक"  2026-02        123.46

        – pending: the period is not over, or its numbers are still to come
        2026-01-01 to 2026-03-31 · Asia/Kolkata · INR · as of 2026-04-01 · snapshot 412 · 4 rows

        """
    )
  }

  @Test func oneMetricByOneKeyGetsBars() throws {
    let result = ReportResult(
      header: Fixtures.header,
      columns: [Fixtures.channel, Fixtures.revenue],
      rows: [
        [.text("amazon"), .decimal(80_000_000_0000)],
        [.text("漢字店"), .decimal(20_000_000_0000)],
        [.text("zepto"), .decimal(1)],
        [.text("returns"), .decimal(-10_000_000_0000)],
        [.blank(.empty), .decimal(90_000_000_0000)],
      ],
      rowKinds: [.detail, .detail, .detail, .detail, .total]
    )
    #expect(
      try TableExport.text(result, style: TableStyle(width: 45)) == """
        channel      revenue (₹)
        ───────  ───────────────
        amazon    8,00,00,000.00  ███████████████████
        漢字店    2,00,00,000.00  ████▊
        zepto               0.00  ▏
        returns  -1,00,00,000.00  ░░
        ───────  ───────────────
        Total     9,00,00,000.00

        2026-01-01 to 2026-03-31 · Asia/Kolkata · INR · as of 2026-04-01 · snapshot 412 · 5 rows

        """
    )
  }

  @Test func seriesOverTimeGetSparklines() throws {
    let rows: [[ResultCell]] = ["amazon", "zepto"].enumerated().flatMap { place, name in
      (0..<4).map { index in
        [.text(name), .integer(20_454 + Int64(index)), .integer(Int64(index * (place + 1)))]
      }
    }
    let units = ResultColumn(name: "units", label: "Units", type: .count, role: .metric)
    let day = ResultColumn(name: "day", label: "Day", type: .grain(.day), role: .key)
    let text = try TableExport.text(
      ReportResult(
        header: Fixtures.header,
        columns: [Fixtures.channel, day, units],
        rows: rows,
        rowKinds: rows.map { _ in .detail }
      )
    )
    #expect(text.contains("\n\namazon  ▁▃▆█\nzepto   ▁▃▆█\n\n"))
  }

  @Test func westernCurrenciesAreGroupedByThousands() throws {
    var result = Fixtures.column(
      ResultColumn(name: "sales", label: "Sales", type: .money(currency: "USD"), role: .metric),
      [.decimal(25_003_156_300)]
    )
    result.header.currency = "USD"
    #expect(try TableExport.text(result).hasPrefix("   sales ($)\n"))
    #expect(try TableExport.text(result).contains("2,500,315.63\n"))
  }

  @Test func percentAndFormatsDecideTheDigits() throws {
    func shown(_ type: ResultType, _ cell: ResultCell, format: String? = nil) throws -> String {
      let column = ResultColumn(
        name: "x",
        label: "X",
        type: type,
        format: format,
        role: .metric
      )
      let text = try TableExport.text(Fixtures.column(column, [cell]))
      return String(text.split(separator: "\n")[2].drop { $0 == " " })
    }
    #expect(try shown(.percent, .double(0.12345)) == "12.3%")
    #expect(try shown(.percent, .double(0.12346), format: "0.00%") == "12.35%")
    #expect(try shown(.count, .integer(12_345_678)) == "1,23,45,678")
    #expect(try shown(.number, .double(1e25)) == "1e+25")
    #expect(try shown(.number, .double(1234.5), format: "#,##0") == "1,234")
    #expect(try shown(.money(currency: "INR"), .decimal(50)) == "0.00")
    #expect(try shown(.money(currency: "INR"), .decimal(150)) == "0.02")
    #expect(try shown(.money(currency: "INR"), .decimal(-1)) == "0.00")
  }

  @Test func dataCannotSteerTheTerminal() throws {
    let result = Fixtures.column(Fixtures.channel, [.text("a\u{1B}[2Jb\u{9B}c\u{202E}d\n")])
    #expect(try TableExport.text(result).contains("\na␛[2Jb\u{FFFD}c\u{FFFD}d␊\n"))
  }

  @Test func longTextsGiveWayAndNumbersDoNot() throws {
    let result = ReportResult(
      header: Fixtures.header,
      columns: [Fixtures.channel, Fixtures.revenue],
      rows: [
        [.text(String(repeating: "long ", count: 20)), .decimal(12_345_678_900)],
        [.text("b"), .blank(.undefined)],
      ],
      rowKinds: [.detail, .detail]
    )
    let lines = try TableExport.text(result, style: TableStyle(width: 30)).split(separator: "\n")
    #expect(
      lines.prefix(4) == [
        "channel            revenue (₹)", "────────────────  ────────────",
        "long long long …  12,34,567.89", "b                            –",
      ]
    )
  }

  @Test func severalReasonsGetMarks() throws {
    let result = Fixtures.column(Fixtures.revenue, [.blank(.pending), .blank(.masked)])
    let text = try TableExport.text(result)
    #expect(text.contains("–¹\n"))
    #expect(text.contains("–² masked: access does not cover it\n"))
  }

  @Test func anEmptyResultSaysSo() throws {
    let text = try TableExport.text(Fixtures.column(Fixtures.revenue, []))
    #expect(text.hasPrefix("revenue (₹)\n───────────\n(no rows)\n"))
  }

  @Test func headingsStandOutOnTerminalsOnly() throws {
    let result = Fixtures.column(Fixtures.revenue, [.decimal(0)])
    let style = TableStyle(emphasis: .terminal)
    #expect(!(try TableExport.text(result)).contains("\u{1B}"))
    #expect(try TableExport.text(result, style: style).hasPrefix("\u{1B}[1mrevenue (₹)\u{1B}[0m\n"))
  }
}
