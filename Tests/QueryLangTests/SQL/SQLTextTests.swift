import ColumnStore
import QueryLang
import Testing

/// What the text of a statement looks like; that its answers are right is for the differential test.
@Suite struct SQLTextTests {
  private func statement(_ text: String, _ dialect: SQLDialect) throws -> SQLStatement {
    let prepared = try SmallShop.usual.prepare(text)
    #expect(prepared.isRunnable, "\(prepared.diagnostics.map(\.message))")
    return try #require(
      try prepared.sql(dialect, policy: .unrestricted(reason: "test")).last
    )
  }

  @Test(arguments: SQLDialect.allCases)
  func valuesTravelBesideTheText(_ dialect: SQLDialect) throws {
    let text = "x'; DROP TABLE order_line; --\\"
    let written = "'x''; DROP TABLE order_line; --\\'"
    let report = """
      SELECT revenue FILTER (channel = \(written)) AS r
      BY month WHERE product CONTAINS \(written) OR channel IN (\(written), 'b') DURING 2026-01
      HAVING r > 12.5 INR
      """
    let statement = try statement(report, dialect)
    #expect(!statement.text.contains("DROP"))
    #expect(!statement.text.contains("2026"))
    let values = statement.parameters.map(\.value)
    #expect(values.contains(.text(text)))
    #expect(
      values.contains { if case .texts(let list) = $0 { list.contains(text) } else { false } }
    )
    #expect(values.contains(.text("125000")))
    for parameter in statement.parameters {
      let mark = dialect == .duckdb ? "$\(parameter.name) " : "{\(parameter.name):"
      #expect(statement.text.contains(mark), "\(parameter.name) is not in the text")
    }
  }

  @Test(arguments: SQLDialect.allCases)
  func namesStandBetweenQuotes(_ dialect: SQLDialect) throws {
    let statement = try statement("SELECT revenue AS \"my \"\"r\\\" BY channel", dialect)
    let name = dialect == .duckdb ? "\"my \"\"r\\\"" : "\"my \"\"r\\\\\""
    #expect(statement.text.contains("AS \(name)"))
  }

  @Test func patternsAndFunctionsHaveTheirWords() throws {
    let report =
      "SELECT SQRT(lines) AS root, SUM(LN(order_line.qty)) AS logs "
      + "BY CONCAT(channel, status) AS pair, BAND(order_line.qty, 2) AS size "
      + "WHERE sku MATCHES '^a.b' ORDER BY size"
    let duck = try statement(report, .duckdb)
    for part in [
      "regexp_matches(", ">= 0 THEN sqrt(", "> 0 THEN ln(", " || ", "ORDER BY\n  (t.k1_0 IS NULL)",
      "t.k1_1 ASC NULLS LAST",
    ] {
      #expect(duck.text.contains(part), "\(part)")
    }
    #expect(duck.parameters.contains { $0.value == .text("^a.b") })
    let click = try statement(report, .clickhouse)
    #expect(click.text.contains("match("))
    #expect(click.parameters.contains { $0.value == .text("(?-s)^a.b") })
  }

  @Test(arguments: SQLDialect.allCases)
  func theLimitOfAPivotCountsRowsOfTheTable(_ dialect: SQLDialect) throws {
    let report = "SELECT lines BY channel, status, month PIVOT month LIMIT 3 OFFSET 1"
    let text = try statement(report, dialect).text
    #expect(text.contains("min(n.place) OVER (PARTITION BY n.k0_0, n.k1_0)"))
    #expect(text.contains("WHERE table_row > 1 AND table_row <= 4"))
    #expect(!text.contains("LIMIT"))
    let whole = try statement("SELECT lines BY channel, month PIVOT month", dialect).text
    #expect(!whole.contains("table_row"))
  }

  @Test func daysOfAnotherZoneAreCutFromInstants() throws {
    let report = "SELECT lines, order_revenue BY day DURING 2026-01 TIMEZONE 'Asia/Dubai'"
    let duck = try statement(report, .duckdb).text
    let day =
      "coalesce(CAST((f.\"ordered_at\" + INTERVAL (14400) SECOND) AS DATE), f.\"order_date\")"
    #expect(duck.contains("\(day) AS k0_0"))
    #expect(duck.contains("\(day) >= "))
    let click = try statement(report, .clickhouse).text
    #expect(
      click.contains(
        "coalesce(toDate32((f.\"ordered_at\" + toIntervalSecond(14400))), f.\"order_date\")"
      )
    )
    let always = try statement("SELECT lines BY month TIMEZONE 'UTC'", .duckdb).text
    #expect(always.contains("min(coalesce(CAST((f.\"ordered_at\" + INTERVAL (0) SECOND) AS DATE)"))
  }

  @Test func equalValuesShareAParameter() throws {
    let statement = try statement(
      "SELECT revenue FILTER (channel = 'a') AS x, orders FILTER (channel = 'a') AS y",
      .duckdb
    )
    #expect(statement.parameters.count { $0.value == .text("a") } == 1)
  }

  @Test func theDescriptionShowsTheValuesBelow() throws {
    let statement = try statement("SELECT revenue WHERE channel = 'it''s' DURING 2026-01", .duckdb)
    let lines = statement.description.split(separator: "\n").suffix(3)
    #expect(lines == ["-- p2 = 2026-01-01", "-- p3 = 2026-01-31", "-- p4 = 'it''s'"])
  }

  @Test func explainSQLIsForClickHouse() async throws {
    let shop = SmallShop.usual
    let results = try await shop.prepare("EXPLAIN SQL SELECT revenue BY channel").run(
      on: shop.backend,
      policy: .unrestricted(reason: "test"),
      limits: .untimed
    )
    guard case .plan(let text) = results.last else {
      Issue.record("no text")
      return
    }
    #expect(text.contains("FROM \"order_line\" AS f"))
    #expect(text.contains("SETTINGS join_use_nulls = 1"))
  }

  @Test func aPolicyStandsInTheStatement() throws {
    let prepared = try SmallShop.usual.prepare("SELECT orders")
    let policy = AccessPolicy.restricted(to: [
      "order_line": AccessPolicy.Grant(
        rows: .compare(.column("channel"), .equal, .literal(.string("amazon"), .string))
      )
    ])
    let statement = try #require(try prepared.sql(.duckdb, policy: policy).last)
    #expect(statement.parameters.map(\.value).contains(.text("amazon")))
    #expect(throws: ReportError.self) {
      try prepared.sql(.duckdb, policy: .restricted(to: [:]))
    }
  }

  @Test func whoIsRestrictedSeesNoConditionOfThePolicy() async throws {
    let shop = SmallShop.usual
    let policy = AccessPolicy.restricted(to: [
      "order_line": AccessPolicy.Grant(
        rows: .compare(.column("channel"), .equal, .literal(.string("amazon"), .string))
      )
    ])
    let plan = try await shop.prepare("EXPLAIN PLAN SELECT orders").run(
      on: shop.backend,
      policy: policy,
      limits: .untimed
    )
    guard case .plan(let text) = plan.last else {
      Issue.record("no text")
      return
    }
    #expect(text.contains("secure: rows by policy"))
    #expect(!text.contains("amazon"))
    let error = await #expect(throws: ReportError.self) {
      _ = try await shop.prepare("EXPLAIN SQL SELECT orders").run(
        on: shop.backend,
        policy: policy,
        limits: .untimed
      )
    }
    guard case .refused(let diagnostic)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(diagnostic.id.code == "E7003")
  }

  @Test func namesOfOurOwnAreDifferentFromThoseOfTheReport() throws {
    let text = "SELECT revenue AS row_kind, orders AS a, lines AS \"a.reason\" BY channel"
    let statement = try statement(text, .clickhouse)
    #expect(statement.text.contains("AS \"row_kind_2\""))
    #expect(statement.text.contains("AS \"a.reason_2\""))
  }

  @Test func tablesAreDeclaredWithTheirTypes() {
    let schema = TableSchema(
      name: "t",
      fields: [
        Field("k", .string), Field("amount", .decimal, nullable: true),
        Field("at", .timestamp, nullable: true), Field("d", .date),
      ],
      primaryKey: ["k"]
    )
    #expect(
      SQLTable.definition(of: schema, in: .duckdb) == """
        CREATE TABLE "t" (
          "k" VARCHAR NOT NULL,
          "amount" DECIMAL(18, 4),
          "at" TIMESTAMP,
          "d" DATE NOT NULL
        )
        """
    )
    #expect(
      SQLTable.definition(of: schema, in: .clickhouse) == """
        CREATE TABLE "t" (
          "k" String,
          "amount" Nullable(Decimal(18, 4)),
          "at" Nullable(DateTime64(6, 'UTC')),
          "d" Date32
        )
        ENGINE = MergeTree ORDER BY ("k")
        """
    )
  }
}
