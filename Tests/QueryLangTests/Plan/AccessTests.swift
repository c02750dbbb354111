import ColumnStore
import Commerce
import QueryLang
import Synchronization
import Testing

@Suite struct AccessTests {
  private let shop = SmallShop.usual

  private func run(_ text: String, _ policy: AccessPolicy) async throws -> ReportResult {
    let prepared = try shop.prepare(text)
    let results = try await prepared.run(on: shop.backend, policy: policy, limits: .untimed)
    guard case .report(let result) = results.last else { throw ReportError.notRunnable }
    return result
  }

  private func grants(
    rows: Predicate = .constant(true),
    hidden: Set<String> = []
  ) -> [String: AccessPolicy.Grant] {
    [
      "order_line": AccessPolicy.Grant(rows: rows, hiddenColumns: hidden),
      "channel": AccessPolicy.Grant(rows: .constant(true)),
    ]
  }

  @Test func rowsOutsideTheGrantTakeNoPart() async throws {
    let own = Predicate.compare(
      .column("channel"),
      .equal,
      .literal(.string("shopify"), .string)
    )
    let policy = AccessPolicy.restricted(to: grants(rows: own))
    let result = try await run("SELECT order_revenue, SHARE OF order_revenue BY channel", policy)
    #expect(result.rows == [[.text("shopify"), .decimal(600_000), .double(1)]])
    #expect(try await run("SHOW VALUES OF status", policy).rows == [[.text("delivered")]])
  }

  @Test func aTableWithoutAGrantIsDenied() async throws {
    let policy = AccessPolicy.restricted(to: grants())
    await #expect(throws: ReportError.denied("sellout_daily")) {
      try await run("SELECT revenue", policy)
    }
    await #expect(throws: ReportError.denied("product")) {
      try await run("SELECT order_revenue BY category", policy)
    }
  }

  @Test func aHiddenColumnIsFoundInsideAMetric() async throws {
    let policy = AccessPolicy.restricted(to: grants(hidden: ["gross_value"]))
    await #expect(throws: ReportError.denied("order_line.gross_value")) {
      try await run("DEFINE METRIC x = order_revenue / orders; SELECT x", policy)
    }
    #expect(try await run("SELECT orders", policy).rows == [[.integer(6)]])
    await #expect(throws: ReportError.denied("order_line.gross_value")) {
      try await run("SELECT orders WHERE order_line.gross_value > 5 INR", policy)
    }
  }

  @Test func everyScanCarriesThePolicysCondition() async throws {
    let own = Predicate.oneOf(.column("channel"), [.string("shopify"), .string("amazon")])
    let backend = RecordingBackend(shop.backend)
    let text =
      "SELECT order_revenue, SHARE OF order_revenue WITHIN month BY channel, month "
      + "WHERE fulfilment IS NONE OR qty_test = 'x'"
    let prepared = try shop.prepare(
      "DEFINE DIMENSION qty_test = CASE WHEN order_line.qty > 1 THEN 'x' END;" + text
    )
    #expect(prepared.diagnostics.isEmpty)
    _ = try await prepared.run(
      on: backend,
      policy: .restricted(to: grants(rows: own)),
      limits: .untimed
    )
    // Days, currencies, and two levels of groups.
    #expect(backend.plans.count == 4)
    for plan in backend.plans {
      guard case .and(let parts) = plan.filter else {
        #expect(plan.filter == own)
        continue
      }
      #expect(parts.first == own)
    }
  }

  @Test func theOrderOfClausesChangesNoScan() async throws {
    let texts = [
      "SELECT revenue, orders BY channel, month DURING 2026-Q1 WHERE channel = 'amazon' LIMIT 3",
      "SELECT revenue, orders BY channel, month LIMIT 3 WHERE channel = 'amazon' DURING 2026-Q1",
    ]
    var plans: [[ScanPlan]] = []
    for text in texts {
      let backend = RecordingBackend(shop.backend)
      _ = try await shop.prepare(text).run(
        on: backend,
        policy: .unrestricted(reason: "test"),
        limits: .untimed
      )
      plans.append(backend.plans)
    }
    #expect(plans[0] == plans[1])
  }

  @Test func equalAggregatesAreScannedOnce() async throws {
    let backend = RecordingBackend(shop.backend)
    _ = try await shop.prepare(
      "SELECT order_revenue, order_revenue / orders AS aov, order_revenue * 2 AS twice "
        + "BY channel DURING 2026 HAVING order_revenue > 1 INR ORDER BY orders"
    ).run(on: backend, policy: .unrestricted(reason: "test"), limits: .untimed)
    let plan = try #require(backend.plans.last)
    #expect(backend.plans.count == 2)
    #expect(plan.aggregates.count == 3)
  }

  @Test func plansArePrintedAsATree() async throws {
    let prepared = try shop.prepare(
      "EXPLAIN PLAN SELECT revenue BY channel, month WHERE city = 'Pune' DURING 2026-Q1"
    )
    let results = try await prepared.run(
      on: shop.backend,
      policy: .unrestricted(reason: "the operator asks"),
      limits: .untimed
    )
    #expect(
      results == [
        .plan(
          """
          output channel, month, revenue: money
            sort channel, month
              compute revenue = order_line.a0 + sellout_daily.a0
                fill every month of 2026-01-01 to 2026-03-31
                  stitch by channel, month
                    aggregate order_line: a0 = sum(gross_value) where \
          not status in ('cancelled', 'rto', 'returned'), \
          a1 = count where not status in ('cancelled', 'rto', 'returned') \
          by channel, month(order_date)
                      filter place[place].city = 'Pune'
                        secure: unrestricted (the operator asks)
                          scan order_line, order_date in 2026-01-01 to 2026-03-31
                    aggregate sellout_daily: a0 = sum(gross_value), a1 = count \
          by channel, month(date_from)
                      filter place[place].city = 'Pune'
                        secure: unrestricted (the operator asks)
                          scan sellout_daily, date_from in 2026-01-01 to 2026-03-31
          """
        )
      ]
    )
  }

  @Test func aMemberThatDoesNotExistIsSaid() async throws {
    let result = try await run(
      "SELECT revenue WHERE channel = 'shopfy'",
      .unrestricted(reason: "test")
    )
    #expect(result.header.diagnostics.map(\.message) == ["no channel is called \"shopfy\""])
    let found = try await run(
      "SELECT revenue WHERE channel = 'Our shop'",
      .unrestricted(reason: "test")
    )
    #expect(found.header.diagnostics.isEmpty)
    let prepared = try shop.prepare("SELECT orders WHERE status = 'canceled'")
    #expect(prepared.diagnostics.map(\.id.code) == ["W4402"])
    #expect(prepared.isRunnable)
  }
}

/// Keeps the plans that it is asked, and lets another backend answer them.
final class RecordingBackend: ScanBackend {
  private let inner: NaiveBackend
  private let recorded = Mutex<[ScanPlan]>([])

  init(_ inner: NaiveBackend) {
    self.inner = inner
  }

  var plans: [ScanPlan] { recorded.withLock { $0 } }
  var snapshotVersion: UInt64 { inner.snapshotVersion }

  func schema(of table: String) -> TableSchema? { inner.schema(of: table) }

  func execute(_ plan: ScanPlan, limits: ScanLimits) async throws -> ResultTable {
    recorded.withLock { $0.append(plan) }
    return try await inner.execute(plan, limits: limits)
  }
}
