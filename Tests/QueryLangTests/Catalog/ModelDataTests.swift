import ColumnStore
import Commerce
import QueryLang
import Testing

/// Checks of a model that need data.
@Suite struct ModelDataTests {
  private static let tables = """
    tables:
      plan:
        primary_key: [day, seller]
        columns: {day: {type: date}, seller: {type: text}, goal: {type: count}}
    targets:
      plan: {source: plan, date: day, grain: [month, channel], columns: {channel: seller},
        metrics: {units: goal}}
    """

  /// The problems of a model on the usual shop, as code and message.
  private func problems(
    _ yaml: String,
    _ more: [(schema: TableSchema, rows: [NaiveBackend.Row])] = []
  ) async throws -> [String] {
    let source = SourceText("mandi: 1\n" + yaml, name: "shop.yaml")
    let catalog = try Catalog.load(
      yaml: source.text,
      name: source.name,
      extending: try Catalog.commerce(),
      schemas: CommerceTables.all
    )
    let found = try await catalog.problems(
      on: try SmallShop.usual.stored(more),
      source: source,
      limits: .untimed
    )
    return found.map { "\($0.id.code) \($0.message)" }
  }

  /// A fact over the canonical order lines with some more keys.
  private func orders(_ keys: String) -> String {
    """
    facts:
      sold:
        source: {table: order_line}
        date: {column: order_date}
        columns: {qty: {type: count}}
        relations: {channel: channel}
        \(keys)
    """
  }

  @Test func theDefaultModelIsRight() async throws {
    #expect(try await problems("model: shop") == [])
  }

  @Test func whatAFactCoversExistsAndHolds() async throws {
    #expect(try await problems(orders("covers: {channel: [amazon, Our shop]}")) == [])
    #expect(
      try await problems(orders("covers: {channel: [amazn, shopify]}")) == [
        "E8605 no channel is called \"amazn\", which sold covers",
        "W8606 sold has 4 rows of members that it does not cover",
      ]
    )
  }

  @Test func rowsBeforeTheFirstDayAreSaid() async throws {
    #expect(
      try await problems(orders("recorded_from: 2026-02-01"))
        == ["W8607 sold has 3 rows before 2026-02-01, since which it is recorded"]
    )
    #expect(try await problems(orders("recorded_from: 2026-01-05")) == [])
  }

  @Test func rowsOutsideTheCalendarAreSaid() async throws {
    let found = try await problems(
      """
      defaults: {calendar: retail}
      calendars: {retail: {pattern: 4-4-5, starts: [2026-02-01, 2027-01-31]}}
      """
    )
    #expect(
      found == [
        "W8608 order_line has 3 rows outside of the calendar \"retail\", which runs from "
          + "2026-02-01 to 2027-01-30 (defined in commerce.yaml)",
        "W8608 sellout_daily has 1 row outside of the calendar \"retail\", which runs from "
          + "2026-02-01 to 2027-01-30 (defined in commerce.yaml)",
      ]
    )
  }

  @Test func aTargetStandsOnce() async throws {
    let catalog = try Catalog.load(
      yaml: "mandi: 1\n" + Self.tables,
      name: nil,
      extending: try Catalog.commerce(),
      schemas: CommerceTables.all
    )
    let schema = try #require(catalog.tables["plan"])
    func row(_ day: String, _ channel: String) -> NaiveBackend.Row {
      ["day": .integer(SmallShop.day(day)), "seller": .string(channel), "goal": .integer(3)]
    }
    let once = [row("2026-01-01", "amazon"), row("2026-02-01", "amazon")]
    #expect(try await problems(Self.tables, [(schema, once)]) == [])
    let twice = once + [row("2026-01-31", "amazon"), row("2026-01-31", "zepto")]
    #expect(
      try await problems(Self.tables, [(schema, twice)])
        == ["E8604 plan has 2 rows for 2026-01, amazon"]
    )
  }

  @Test func aTableThatIsAnotherIsSaid() async throws {
    let other = TableSchema(
      name: "plan",
      fields: [Field("day", .date), Field("seller", .string), Field("goal", .decimal)],
      primaryKey: ["day", "seller"],
      sortOrder: []
    )
    #expect(
      try await problems(Self.tables, [(other, [])])
        == ["E8601 plan.goal is stored as decimal, not as int64"]
    )
    // A table that is not there yet is no mistake.
    #expect(try await problems(Self.tables) == [])
  }

  @Test func aKeyThatTwoRowsHaveIsSaid() async throws {
    let other = TableSchema(
      name: "shelf",
      fields: [Field("line", .string), Field("shelf", .string)],
      primaryKey: ["line"],
      sortOrder: []
    )
    let yaml = """
      tables:
        shelf: {primary_key: [shelf], columns: {shelf: {type: text}, line: {type: text}}}
      dimensions:
        shelf: {table: shelf, key: shelf}
      """
    let rows: [NaiveBackend.Row] = [
      ["line": .string("1"), "shelf": .string("a")], ["line": .string("2"), "shelf": .string("a")],
    ]
    #expect(
      try await problems(yaml, [(other, rows)])
        == ["E8602 shelf has 2 rows for 1 values of shelf, so shelf is not found by it"]
    )
  }

  @Test func problemsStandAtTheirPlace() async throws {
    let source = SourceText("mandi: 1\n" + orders("recorded_from: 2026-02-01"), name: "shop.yaml")
    let catalog = try Catalog.load(
      yaml: source.text,
      name: source.name,
      extending: try Catalog.commerce(),
      schemas: CommerceTables.all
    )
    let found = try await catalog.problems(
      on: SmallShop.usual.backend,
      source: source,
      limits: .untimed
    )
    #expect(found.map { source.slice($0.span) } == ["sold"])
  }

  @Test(arguments: [
    ("product: {type: string, table: product, key: product, parents: [category]}", nil),
    (
      "product: {type: string, table: product, key: product, parents: [categry]}",
      "E8207 there is no dimension called \"categry\""
    ),
    (
      "product: {type: string, table: product, key: product, parents: [city]}",
      "E8216 city is no attribute of product, so it is not coarser"
    ),
  ])
  func whatIsCoarserIsAnAttribute(_ dimension: String, _ message: String?) throws {
    do {
      _ = try Catalog.load(
        yaml: "mandi: 1\ndimensions: {\(dimension)}",
        name: nil,
        extending: try Catalog.commerce(),
        schemas: CommerceTables.all
      )
      #expect(message == nil)
    } catch {
      #expect(error.diagnostics.map { "\($0.id.code) \($0.message)" } == [message])
    }
  }
}
