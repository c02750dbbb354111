import ColumnStore
import Testing

@testable import Ingest

/// Files that feed a table which a semantic model declares.
@Suite struct DeclaredTableTests {
  private let visits = TableSchema(
    name: "visits",
    fields: [
      Field("channel", .string),
      Field("day", .date),
      Field("page", .string),
      Field("visitors", .int64),
      Field("status", .string, nullable: true),
      Field("value", .decimal, nullable: true),
      Field("seen_at", .timestamp, nullable: true),
      Field("source_line", .int64, nullable: true),
    ],
    primaryKey: ["channel", "day", "page"],
    sortOrder: ["day"]
  )

  private func definition(_ columns: String) throws(IngestError) -> ChannelDefinition {
    try ChannelLibrary.parse(
      """
      mandi: 1
      channel: web
      kind: d2c
      datasets:
        visits:
          table: visits
          recognise: {headers: [day, page, visitors]}
          key: [channel, day, page]
          columns:
      \(columns)
      """,
      file: "d.yaml",
      tables: [visits]
    )
  }

  private func request() throws -> ImportRequest {
    var request = ImportRequest()
    request.definition = try definition(
      """
            day: {from: day, type: date}
            page: {from: page}
            visitors: {from: visitors, type: int}
            status: {from: status}
            value: {from: value, type: money}
            seen_at: {from: day, type: date}
      """
    )
    return request
  }

  @Test func rowsHaveWhatTheDefinitionGivesAndWhatTheImportKnows() throws {
    let harness = try ImportHarness()
    let file = try harness.file(
      "visits.csv",
      "day,page,visitors,status,value\n2026-01-02,/a,3,Odd word,1.25\n2026-01-01,/b,4,,\n"
    )
    let report = try harness.load(file, request())
    #expect(harness.counts(report) == [2, 2, 0, 0, 0])
    let columns = ["channel", "day", "page", "visitors", "status", "value", "source_line"]
    #expect(
      try harness.rows("visits", columns) == [
        "web 2026-01-01 /b 4 - - 3", "web 2026-01-02 /a 3 Odd word 1.25 2",
      ]
    )
    let tables = try harness.store.snapshot().tableNames
    #expect(tables == ["visits"], "no listing, place or customer comes of such a file")
  }

  @Test func aLaterFileReplacesTheRowsOfItsKeys() throws {
    let harness = try ImportHarness()
    let header = "day,page,visitors,status,value\n"
    let request = try request()
    try harness.load(
      try harness.file("1.csv", header + "2026-01-01,/a,3,,\n2026-01-01,/b,1,,\n"),
      request
    )
    let report = try harness.load(
      try harness.file("2.csv", header + "2026-01-01,/a,5,,\n2026-01-01,/b,1,,\n"),
      request
    )
    #expect(harness.counts(report) == [2, 0, 1, 1, 0])
    #expect(
      try harness.rows("visits", ["page", "visitors"]) == ["/a 5", "/b 1"]
    )
  }

  @Test func aDateGivenForAnInstantIsItsFirstMoment() throws {
    let harness = try ImportHarness()
    let file = try harness.file("v.csv", "day,page,visitors\n1970-01-02,/a,3\n")
    try harness.load(file, request())
    // Asia/Kolkata is five and a half hours ahead.
    #expect(try harness.rows("visits", ["seen_at"]) == ["66600000000"])
  }

  @Test func aRowWithoutANeededValueIsSetAside() throws {
    let harness = try ImportHarness()
    let file = try harness.file("v.csv", "day,page,visitors\n2026-01-01,/a,\n2026-01-01,/b,1\n")
    let report = try harness.load(file, request())
    #expect(harness.counts(report) == [2, 1, 0, 0, 1])
    #expect(report.issues.map(\.line) == [2])
    #expect(report.issues.map(\.column) == ["visitors"])
  }

  @Test func aDefinitionGivesEveryColumnThatAlwaysHasAValue() {
    #expect(throws: IngestError.self) { try definition("      day: {from: day, type: date}") }
    do throws(IngestError) {
      _ = try definition("      day: {from: day, type: date}\n      page: {from: page}")
    } catch {
      #expect("\(error)".contains("the table visits needs a column visitors"))
    }
  }

  @Test func aTableThatNobodyDeclaresIsRefusedWithAHint() {
    do throws(IngestError) {
      _ = try ChannelLibrary.parse(
        "mandi: 1\nchannel: web\nkind: d2c\ndatasets:\n  a: {table: visits, recognise: "
          + "{headers: [x]}, key: [x], columns: {x: {from: x}}}\n",
        file: "d.yaml"
      )
      Issue.record("the definition was taken")
    } catch {
      #expect("\(error)".contains("order_line and sellout_daily, not 'visits'; a table of a model"))
    }
  }
}
