import Export
import QueryLang
import Testing

@Suite struct SeriesExportTests {
  private let header = #"""
    "header":{"period":{"from":"2026-01-01","to":"2026-03-31","complete":true},\#
    "baselines":[],"timezone":"Asia/Kolkata","currency":"INR","asOf":"2026-04-01","snapshot":412,\#
    "groups":4,"hiddenGroups":0,"warnings":[]}
    """#

  @Test func seriesStandAlongTheDateGrain() throws {
    let result = ReportResult(
      header: Fixtures.header,
      columns: [Fixtures.channel, Fixtures.month, Fixtures.revenue],
      rows: [
        [.text("amazon"), .integer(20_485), .blank(.pending)],
        [.text("amazon"), .integer(20_454), .decimal(1_205_000)],
        [.text("amazon"), .integer(20_513), .decimal(980_000)],
        [.text("Others"), .integer(20_454), .decimal(90_000)],
        [.text("Others"), .integer(20_513), .decimal(70_000)],
        [.blank(.empty), .blank(.empty), .decimal(2_425_000)],
      ],
      rowKinds: [.detail, .detail, .detail, .others, .others, .total]
    )
    #expect(
      try SeriesExport.text(result, source: Fixtures.source) == "{" + header + #"""
        ,"chart":{"kind":"line","x":"month","series":"channel","y":"revenue"},\#
        "x":{"name":"month","type":"date","grain":"month",\#
        "values":["2026-01","2026-02","2026-03"]},\#
        "series":[{"name":"amazon","key":{"channel":"amazon"},"metric":"revenue","unit":"INR",\#
        "kind":"detail","values":[120.5,null,98],"reasons":{"1":"pending"}},\#
        {"name":"Others","key":{},"metric":"revenue","unit":"INR",\#
        "kind":"others","values":[9,null,7],"reasons":{"1":"empty"}}],\#
        "totals":[{"metric":"revenue","value":242.5}]}

        """#
    )
  }

  @Test func withoutADateTheFirstKeyIsTheAxis() throws {
    let units = ResultColumn(name: "units", label: "Units", type: .count, role: .metric)
    let result = ReportResult(
      header: Fixtures.header,
      columns: [Fixtures.channel, Fixtures.revenue, units],
      rows: [
        [.text("zepto"), .decimal(10_000), .integer(3)],
        [.text("amazon"), .decimal(20_000), .integer(4)],
      ],
      rowKinds: [.detail, .detail]
    )
    #expect(
      try SeriesExport.text(result, source: Fixtures.source) == "{" + header + #"""
        ,"chart":{"kind":"bar","x":"channel","series":null,"y":["revenue","units"]},\#
        "x":{"name":"channel","type":"string","values":["zepto","amazon"]},\#
        "series":[{"name":"Revenue","key":{},"metric":"revenue","unit":"INR","kind":"detail",\#
        "values":[1,2]},\#
        {"name":"Units","key":{},"metric":"units","unit":null,"kind":"detail","values":[3,4]}],\#
        "totals":[]}

        """#
    )
  }

  @Test func withoutKeysThereIsOneValueForEachMetric() throws {
    let result = Fixtures.column(Fixtures.revenue, [.decimal(10_000)])
    #expect(
      try SeriesExport.text(result, source: Fixtures.source) == "{" + header + #"""
        ,"chart":{"kind":"single_value","x":null,"series":null,"y":"revenue"},\#
        "x":{"name":"total","type":"string","values":["Total"]},\#
        "series":[{"name":"Revenue","key":{},"metric":"revenue","unit":"INR","kind":"detail",\#
        "values":[1]}],"totals":[]}

        """#
    )
  }
}
