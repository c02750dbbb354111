import Export
import Foundation
import QueryLang
import TestKit
import Testing

@Suite struct PivotExportTests {
  /// Two channels in two months with sums both ways; one group is missing, one cell is blank.
  private var result: ReportResult {
    let blank = ResultCell.blank(.empty)
    let (january, february) = (ResultCell.integer(20_454), ResultCell.integer(20_485))
    let (amazon, zepto) = (ResultCell.text("amazon"), ResultCell.text("zepto"))
    return ReportResult(
      header: Fixtures.header,
      columns: [Fixtures.channel, Fixtures.month, Fixtures.revenue],
      rows: [
        [amazon, january, .decimal(100_000)], [amazon, february, .blank(.pending)],
        [amazon, blank, .decimal(100_000)], [zepto, january, .decimal(25_000)],
        [zepto, blank, .decimal(25_000)], [blank, january, .decimal(125_000)],
        [blank, blank, .decimal(125_000)],
      ],
      rowKinds: [.detail, .detail, .subtotal, .detail, .subtotal, .subtotal, .total],
      pivot: PivotDescription(
        keys: ["month"],
        headers: [[january], [february]],
        rows: [
          .init(kind: .detail, cells: [amazon]), .init(kind: .detail, cells: [zepto]),
          .init(kind: .total, cells: [blank]),
        ],
        places: [
          .init(row: 0, header: 0), .init(row: 0, header: 1), .init(row: 0, header: nil),
          .init(row: 1, header: 0), .init(row: 1, header: nil), .init(row: 2, header: 0),
          .init(row: 2, header: nil),
        ]
      )
    )
  }

  /// The same with a second metric, which has the value 1 in every group.
  private var withUnits: ReportResult {
    var result = result
    let units = ResultColumn(
      name: "units",
      label: "Units",
      type: .count,
      role: .metric,
      isApproximate: true
    )
    result.columns.append(units)
    for index in result.rows.indices { result.rows[index].append(.integer(1)) }
    return result
  }

  @Test func columnsOfCSVAreNamedAfterMemberAndMetric() throws {
    #expect(
      try CSVExport.text(result) == """
        channel,2026-01.revenue,2026-02.revenue,total.revenue,row_kind
        amazon,10.00,,10.00,detail
        zepto,2.50,,2.50,detail
        ,12.50,,12.50,total

        """
    )
    #expect(
      try CSVExport.text(withUnits, reasons: .shown).split(separator: "\n").prefix(2) == [
        "channel,2026-01.revenue,2026-01.revenue.reason,2026-01.units,2026-01.units.reason,"
          + "2026-02.revenue,2026-02.revenue.reason,2026-02.units,2026-02.units.reason,"
          + "total.revenue,total.revenue.reason,total.units,total.units.reason,row_kind",
        "amazon,10.00,,1,,,pending,1,,10.00,,1,,detail",
      ]
    )
  }

  @Test func theTableHasAColumnForEachMember() throws {
    #expect(
      try TableExport.text(result) == """
        channel  2026-01 (₹)  2026-02 (₹)  total (₹)
        ───────  ───────────  ───────────  ─────────
        amazon         10.00           –¹      10.00
        zepto           2.50           –²       2.50
        ───────  ───────────  ───────────  ─────────
        Total          12.50           –²      12.50

        –¹ pending: the period is not over, or its numbers are still to come
        –² empty: no row has a value here
        2026-01-01 to 2026-03-31 · Asia/Kolkata · INR · as of 2026-04-01 · snapshot 412 · 3 rows

        """
    )
    let lines = try TableExport.text(withUnits, style: TableStyle(width: 140))
      .split(separator: "\n")
    #expect(
      lines[0].split(separator: "  ").map { $0.trimmingCharacters(in: .whitespaces) } == [
        "channel", "2026-01.revenue (₹)", "2026-01.units", "2026-02.revenue (₹)", "2026-02.units",
        "total.revenue (₹)", "total.units",
      ]
    )
    #expect(lines[2].contains("≈1"))
  }

  @Test func jsonHasTheTableAndItsKeys() throws {
    let text = try JSONExport.text(result, source: Fixtures.source)
    #expect(
      text.hasSuffix(
        #"""
        "rows":[["amazon",10,null,10],["zepto",2.5,null,2.5],[null,12.5,null,12.5]],\#
        "rowKinds":["detail","detail","total"],\#
        "reasons":[{"row":0,"column":"2026-02.revenue","reason":"pending"},\#
        {"row":1,"column":"2026-02.revenue","reason":"empty"},\#
        {"row":2,"column":"channel","reason":"empty"},\#
        {"row":2,"column":"2026-02.revenue","reason":"empty"}],"chart":null,\#
        "pivot":{"keys":["month"],"firstColumn":1,"headers":2}}

        """#
      )
    )
    #expect(text.contains(#""name":"total.revenue","label":"total""#))
    #expect(try JSONSerialization.jsonObject(with: Data(text.utf8)) is [String: Any])
    let lines = try NDJSONExport.text(withUnits, source: Fixtures.source).split(separator: "\n")
    #expect(lines[0].contains(#""additivity":null,"approximate":true}"#))
    #expect(lines[1] == #"["amazon",10,1,null,1,10,1]"#)
  }

  @Test func namesOfColumnsAreDifferent() throws {
    var result = result
    result.pivot?.headers = [[.text("x")], [.text("x")]]
    result.pivot?.keys = ["month"]
    let header = try CSVExport.text(result).split(separator: "\n")[0]
    #expect(header == "channel,x.revenue,x.revenue_2,total.revenue,row_kind")
  }

  @Test func seriesKeepTheLongForm() throws {
    let text = try SeriesExport.text(result, source: Fixtures.source)
    #expect(text.contains(#""x":{"name":"month","type":"date","grain":"month""#))
  }
}
