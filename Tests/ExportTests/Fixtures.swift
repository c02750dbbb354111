import QueryLang

/// Results of made-up reports that several suites write.
enum Fixtures {
  static let source = SourceText("SELECT revenue BY channel, month")

  static let header = ResultHeader(
    period: .init(from: 20_454, to: 20_543, isComplete: true),
    timezone: "Asia/Kolkata",
    currency: "INR",
    asOf: 20_544,
    snapshot: 412,
    groupCount: 4
  )

  static let revenue = ResultColumn(
    name: "revenue",
    label: "Revenue",
    type: .money(currency: "INR"),
    additivity: .additive,
    role: .metric
  )

  static let channel = ResultColumn(
    name: "channel",
    label: "Channel",
    type: .string,
    role: .key
  )

  static let month = ResultColumn(
    name: "month",
    label: "Month",
    type: .grain(.month),
    role: .key
  )

  /// Revenue by channel and month with a blank and a fraction of four digits.
  static let byChannelAndMonth = ReportResult(
    header: header,
    columns: [channel, month, revenue],
    rows: [
      [.text("amazon"), .integer(20_454), .decimal(12_345_678_900)],
      [.text("amazon"), .integer(20_485), .blank(.pending)],
      [.text("कपड़े, \"थोक\""), .integer(20_454), .decimal(-5_000)],
      [.text("कपड़े, \"थोक\""), .integer(20_485), .decimal(1_234_567)],
    ],
    rowKinds: [.detail, .detail, .detail, .detail]
  )

  /// Makes a result of one row for each cell, with the column given.
  static func column(_ column: ResultColumn, _ cells: [ResultCell]) -> ReportResult {
    ReportResult(
      header: header,
      columns: [column],
      rows: cells.map { [$0] },
      rowKinds: cells.map { _ in .detail }
    )
  }
}
