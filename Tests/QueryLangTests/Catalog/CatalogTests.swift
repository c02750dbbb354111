import ColumnStore
import Commerce
import QueryLang
import Testing

@Suite struct CatalogTests {
  private func problems(_ yaml: String) -> [String] {
    do {
      _ = try Catalog.load(
        yaml: "mandi: 1\n" + yaml,
        name: "shop.yaml",
        extending: try Catalog.commerce(),
        schemas: CommerceTables.all
      )
      return []
    } catch {
      return error.description.split(separator: "\n").map { String($0) }
    }
  }

  @Test func theDefaultModelHasTheNamesThatScriptsRelyOn() throws {
    let catalog = try Catalog.commerce()
    for name in [
      "channel", "channel_type", "account", "product", "sku", "category", "brand", "city", "state",
      "customer", "order", "status", "fulfilment", "cohort_month", "cohort_week", "cohort_day",
    ] {
      #expect(catalog.dimension(name) != nil, "\(name)")
    }
    for name in [
      "revenue", "units", "orders", "customers", "lines", "discount", "tax", "net_revenue",
      "mrp_value", "cancelled_revenue", "order_revenue",
    ] {
      #expect(catalog.metric(name) != nil, "\(name)")
    }
    #expect(catalog.defaults.timezone == "Asia/Kolkata")
    #expect(catalog.calendar == ReportCalendar())
  }

  @Test func aModelExtendsTheDefaultOne() async throws {
    let catalog = try Catalog.load(
      yaml: """
        mandi: 1
        defaults: {currency: USD}
        metrics:
          aov: {expr: order_revenue / orders, label: Average order value}
          revenue: {expr: order_revenue}
        """,
      name: "shop.yaml",
      extending: try Catalog.commerce(),
      schemas: CommerceTables.all
    )
    let shop = SmallShop.usual
    #expect(try await shop.result("SELECT revenue, aov", catalog).rows[0][0] == .decimal(2_355_000))
    #expect(catalog.defaults.currency == "USD")
    #expect(catalog.dimension("channel") != nil)
  }

  @Test func aModelCanHaveTablesOfItsOwn() async throws {
    let catalog = try Catalog.load(
      yaml: """
        mandi: 1
        tables:
          visits:
            primary_key: [page, day]
            columns:
              page: {type: text}
              day: {type: date}
              views: {type: count}
        dimensions:
          page: {type: string}
        facts:
          visits:
            source: {table: visits}
            kind: aggregated
            grain: [page, day]
            date: {column: day}
            columns: {views: {type: count}}
            relations: {page: page}
        metrics:
          views: {fact: visits, agg: sum, column: views}
        """,
      name: "visits.yaml",
      extending: try Catalog.commerce(),
      schemas: CommerceTables.all
    )
    let schema = try #require(catalog.tables["visits"])
    #expect(schema.primaryKey == ["page", "day"])
    let rows: [NaiveBackend.Row] = [
      ["page": .string("home"), "day": .integer(20_000), "views": .integer(3)],
      ["page": .string("home"), "day": .integer(20_001), "views": .integer(4)],
    ]
    let backend = NaiveBackend(["visits": rows], schemas: [schema])
    let prepared = Report.prepare(
      "SELECT views BY page",
      name: nil,
      catalog: catalog,
      context: ReportContext(today: 20_100)
    )
    let results = try await prepared.run(
      on: backend,
      policy: .unrestricted(reason: "test"),
      limits: .untimed
    )
    guard case .report(let result) = results.first else {
      Issue.record("no report")
      return
    }
    #expect(result.rows == [[.text("home"), .integer(7)]])
  }

  @Test func everyProblemIsReportedAtItsPlace() throws {
    #expect(
      problems(
        """
        metrcs: {}
        metrics:
          a: {fact: order_lin, agg: sum, column: qty}
          b: {fact: order_line, agg: summ, column: qty}
          c: {fact: order_line, agg: sum, column: quantity}
          d: {fact: order_line, agg: sum, colum: qty}
        """
      ) == [
        "shop.yaml:2:1: the model has no key called \"metrcs\" (did you mean \"metrics\"?)",
        "shop.yaml:4:13: there is no fact called \"order_lin\" (did you mean \"order_line\"?)",
        "shop.yaml:5:30: there is no aggregate called \"summ\" (did you mean \"sum\"?)",
        "shop.yaml:6:43: the fact order_line declares no column \"quantity\"",
        "shop.yaml:7:6: the metric \"d\" needs \"column\"",
        "shop.yaml:7:35: the metric \"d\" has no key called \"colum\" (did you mean \"column\"?)",
      ]
    )
  }

  @Test(arguments: [
    ("metrics: {a: {expr: revenue + orders}}", "shop.yaml:2:21: money and count cannot be added"),
    (
      "metrics: {a: {expr: b}, b: {expr: a}}",
      "shop.yaml:2:21: \"a\" is defined by itself: a → b → a"
    ),
    (
      "metrics: {a: {expr: revenu}}",
      "shop.yaml:2:21: there is no metric or dimension called \"revenu\""
    ),
    (
      "metrics: {channel: {expr: revenue}}",
      "shop.yaml:1:1: \"channel\" is a dimension and a metric at once (defined in commerce.yaml)"
    ),
    ("metrics: {month: {expr: revenue}}", "\"month\" has a meaning in the language already"),
    ("metrics: {select: {expr: revenue}}", "\"select\" is a reserved word of the language"),
    (
      "metrics: {a: {expr: revenue, aka: [sales]}}",
      "\"sales\" is another word for revenue and a"
    ),
    (
      "metrics: {a: {fact: sellout_daily, agg: count_distinct, column: order_count}}",
      "sellout_daily is already summed, so different values of order_count cannot be counted in it"
    ),
    (
      "metrics: {a: {fact: sellout_daily, agg: count_distinct, key: customer}}",
      "the fact sellout_daily has no customer to count"
    ),
    (
      "metrics: {a: {fact: order_line, agg: sum, column: status}}",
      "status is string, which cannot be added up"
    ),
    (
      "dimensions: {area: {of: place, column: areas}}",
      "the table place has no column \"areas\", which area needs"
    ),
    (
      "dimensions: {area: {of: account, column: x}}",
      "account has no table, so area cannot be looked up in it"
    ),
    (
      "dimensions: {line: {table: order_line, key: order_id}}",
      "there is no table called \"order_lin\""
    ),
    ("bridges: {}", "\"bridges\" is not available yet"),
    ("defaults: {week_start: mon}", "there is no day \"mon\""),
    ("defaults: {timezone: Mars/Base}", "reports cannot be cut in the time zone Mars/Base yet"),
    ("metrics: [", "the model file is no valid YAML"),
    ("metrics: {a: {expr: revenue}, a: {expr: orders}}", "a key stands twice"),
    ("periods: {sale: {from: 2026-02-30, to: 2026-03-01}}", "\"from\" must be a date"),
    ("limits: {max_rows: none}", "\"max_rows\" must be a whole number above 0"),
  ])
  func mistakesAreSaid(_ yaml: String, _ message: String) throws {
    let found = problems(yaml)
    if message.contains("order_lin\"") {
      #expect(found.contains { $0.contains("needs one row for each key") }, "\(found)")
    } else {
      #expect(found.contains { $0.contains(message) }, "\(found)")
    }
  }

  @Test func deepAndLongFilesAreRefused() throws {
    let deep = "metrics: " + String(repeating: "[", count: 100_000)
    #expect(problems(deep).first?.contains("nests more than") == true)
    let dashes = "metrics:\n" + String(repeating: "- ", count: 50_000) + "x"
    #expect(problems(dashes).first?.contains("nests more than") == true)
    let long = "metrics: {a: {label: \(String(repeating: "x", count: 2_000_000))}}"
    #expect(problems(long).first?.contains("longer than") == true)
  }

  @Test func periodsOfTheModelHaveNames() throws {
    let catalog = try Catalog.load(
      yaml: """
        mandi: 1
        periods:
          diwali_2025: {from: 2025-10-14, to: 2025-10-23, label: Diwali 2025}
        """,
      name: nil,
      extending: try Catalog.commerce(),
      schemas: CommerceTables.all
    )
    let prepared = Report.prepare(
      "SELECT revenue DURING diwali_2025; SELECT revenue DURING diwali_2024",
      name: nil,
      catalog: catalog,
      context: ReportContext(today: 20_527)
    )
    #expect(prepared.diagnostics.map(\.message) == ["there is no period called \"diwali_2024\""])
    #expect(prepared.diagnostics.first?.label == "did you mean \"diwali_2025\"?")
  }
}
