import ColumnStore
import QueryLang
import TestKit
import Testing

@testable import QueryLang

/// What holds for every report whatever the data: each rule over random reports and random rows, with
/// the seed of a failure beside it.
@Suite struct InvariantTests {
  private static let seeds = (0..<24).map { _ in UInt64.random(in: .min ... .max) }

  /// Runs a report; its rows may come in several transactions, and so lie in several segments.
  private func result(
    _ text: String,
    _ data: ReportData,
    parts: Int = 1,
    _ random: inout SeededRandom
  ) async throws -> ReportResult {
    let prepared = Report.prepare(
      text,
      name: nil,
      catalog: data.catalog,
      context: ReportContext(today: NaiveCalendar.number(2026, 4, 10))
    )
    try #require(prepared.isRunnable, "\(text): \(prepared.diagnostics.map(\.message))")
    let store = try Store.open(MemoryDirectory(), mode: .readWrite)
    for part in 0..<parts {
      try store.write { transaction in
        for schema in data.catalog.tables.values.sorted(by: { $0.name < $1.name }) {
          if part == 0 { try transaction.declare(schema) }
          let rows = data.rows[schema.name] ?? []
          let own = rows.indices.filter { $0 % parts == part }.map { rows[$0] }
          guard !own.isEmpty else { continue }
          _ = try transaction.upsert(RowBatch(rows: own, of: schema), into: schema.name)
        }
      }
    }
    let results = try await prepared.run(
      on: LocalBackend(snapshot: try store.snapshot(), pool: ScanPool(threads: 2)),
      policy: .unrestricted(reason: "test"),
      limits: .untimed
    )
    guard case .report(let result) = results.last else {
      throw ReportData.Unreadable(description: "\(text) has no result")
    }
    return result
  }

  private func areEqual(_ one: ResultCell, _ other: ResultCell) -> Bool {
    if case .double(let left) = one, case .double(let right) = other {
      return abs(left - right) <= 1e-12 * max(abs(left), abs(right))
    }
    return one == other
  }

  private func areEqual(_ one: ReportResult, _ other: ReportResult) -> Bool {
    one.columns == other.columns && one.rowKinds == other.rowKinds
      && one.rows.count == other.rows.count
      && zip(one.rows, other.rows).allSatisfy { zip($0, $1).allSatisfy { areEqual($0, $1) } }
  }

  private func amount(_ cell: ResultCell) -> Int128 {
    switch cell {
    case .integer(let number): Int128(number)
    case .decimal(let amount): amount
    case .double, .text, .blank: 0
    }
  }

  private func isBlank(_ cell: ResultCell) -> Bool {
    if case .blank = cell { return true }
    return false
  }

  // MARK: (a)

  @Test(arguments: seeds) func totalsAreSumsOfWhatAddsUp(_ seed: UInt64) async throws {
    var random = SeededRandom(seed: seed)
    let data = try await RandomShop.data(&random)
    let theme = RandomReport.themes.randomElement(using: &random) ?? RandomReport.themes[0]
    var report = RandomReport(theme, metrics: theme.additive, &random)
    if report.keys.isEmpty { report.keys = ["month"] }
    if let member = report.members.first, Bool.random(using: &random) {
      report.clauses.append("TOP 2 \(member) BY \(theme.additive[0]) WITH OTHERS")
    }
    report.clauses.append(report.keys.count > 1 ? "TOTALS BY \(report.keys[0])" : "TOTALS")
    let result = try await result(report.text, data, &random)
    let keyCount = report.keys.count
    let rows = Array(zip(result.rows, result.rowKinds))
    let details = rows.filter { $0.1 == .detail || $0.1 == .others }.map(\.0)
    for (row, kind) in rows where kind == .total || kind == .subtotal {
      let below = kind == .total ? details : details.filter { $0[0] == row[0] }
      for column in keyCount..<(keyCount + 2) {
        let sum = below.reduce(0) { $0 + amount($1[column]) }
        #expect(amount(row[column]) == sum, "seed \(seed): \(report.text)")
        let areBlank = !below.isEmpty && below.allSatisfy { isBlank($0[column]) }
        #expect(!areBlank || isBlank(row[column]), "seed \(seed): \(report.text)")
      }
    }
    #expect(rows.last?.1 == .total, "seed \(seed): \(report.text)")
  }

  // MARK: (b)

  @Test(arguments: seeds) func segmentsChangeNothing(_ seed: UInt64) async throws {
    var random = SeededRandom(seed: seed)
    let data = try await RandomShop.data(&random)
    let report = RandomReport.any(&random)
    let whole = try await result(report.text, data, &random)
    let parts = Int.random(in: 2...6, using: &random)
    let split = try await result(report.text, data, parts: parts, &random)
    #expect(areEqual(whole, split), "seed \(seed): \(report.text)")
  }

  // MARK: (c)

  @Test(arguments: seeds) func anotherMetricChangesNoValue(_ seed: UInt64) async throws {
    var random = SeededRandom(seed: seed)
    let data = try await RandomShop.data(&random)
    let theme = RandomReport.themes.randomElement(using: &random) ?? RandomReport.themes[0]
    let metrics = (theme.additive + theme.others).filter { !$0.contains("RANK OF") }
    let metric = metrics.randomElement(using: &random) ?? "units"
    var report = RandomReport(theme, metrics: [metric], &random)
    let alone = try await result(report.text, data, &random)
    let more = ["refunds AS m1", "orders AS m2", "units AS m3", "ad_spend AS m4"]
    // What a report has to be able to be grouped and filtered by in all its facts.
    let fitting: [String]
    if report.text.contains("order_lines.") {
      fitting = [more[1]]
    } else if theme.additive.contains("ad_spend") {
      fitting = more
    } else {
      fitting = Array(more.prefix(3))
    }
    report.metrics.append(fitting.randomElement(using: &random) ?? more[1])
    let beside = try await result(report.text, data, &random)
    let count = report.keys.count
    let values = Dictionary(beside.rows.map { (Array($0.prefix(count)), $0[count]) }) { $1 }
    for row in alone.rows {
      let other = try #require(values[Array(row.prefix(count))], "seed \(seed): \(report.text)")
      #expect(areEqual(row[count], other), "seed \(seed): \(report.text)")
    }
  }

  // MARK: (d)

  @Test(arguments: seeds) func orderOfClausesAndRowsChangesNothing(_ seed: UInt64) async throws {
    var random = SeededRandom(seed: seed)
    var data = try await RandomShop.data(&random)
    var report = RandomReport.any(&random)
    let first = try await result(report.text, data, &random)
    report.clauses.shuffle(using: &random)
    let second = try await result(report.text, data, &random)
    #expect(areEqual(first, second), "seed \(seed): \(report.text)")
    for table in data.rows.keys.sorted() { data.rows[table]?.shuffle(using: &random) }
    let third = try await result(report.text, data, &random)
    #expect(areEqual(first, third), "seed \(seed): \(report.text)")
  }

  // MARK: (f)

  @Test(arguments: seeds) func contextsThatChangeNothing(_ seed: UInt64) async throws {
    var random = SeededRandom(seed: seed)
    let data = try await RandomShop.data(&random)
    let theme = RandomReport.themes.randomElement(using: &random) ?? RandomReport.themes[0]
    let names = theme.additive + theme.others.filter { !$0.contains(" ") }
    let metric = names.randomElement(using: &random) ?? "units"
    var report = RandomReport(theme, metrics: ["\(metric) AS m"], &random)
    let plain = try await result(report.text, data, &random)
    for form in ["FILTER (TRUE)", "PREVIOUS 0 days", "FILTER (TRUE) PREVIOUS 0 days"] {
      report.metrics = ["\(metric) \(form) AS m"]
      let other = try await result(report.text, data, &random)
      #expect(plain.rows == other.rows, "seed \(seed): \(report.text)")
    }
  }

  @Test(arguments: seeds) func sharesOfPositiveSumsAddUpToOne(_ seed: UInt64) async throws {
    var random = SeededRandom(seed: seed)
    let data = try await RandomShop.data(&random)
    let theme = RandomReport.themes[1]
    var report = RandomReport(theme, metrics: ["SHARE OF units AS s", "units"], &random)
    if report.keys.isEmpty { report.keys = ["channel"] }
    let result = try await result(report.text, data, &random)
    let column = report.keys.count
    let total = result.rows.reduce(0) { $0 + amount($1[column + 1]) }
    let shares = result.rows.map { row -> Double in
      if case .double(let share) = row[column] { return share }
      return 0
    }
    let sum = shares.reduce(0, +)
    #expect(abs(sum - (total == 0 ? 0 : 1)) < 1e-9, "seed \(seed): \(report.text): \(sum)")
  }

  // MARK: (g)

  @Test(arguments: seeds) func theFormatterKeepsTheTree(_ seed: UInt64) throws {
    var texts = try TextSource(seed: seed)
    var random = SeededRandom(seed: seed)
    for _ in 0..<6 {
      for text in [texts.grammatical().joined(separator: " "), RandomReport.any(&random).text] {
        guard case .formatted(let once) = SyntaxPrinter.format(SourceText(text)) else { continue }
        #expect(tree(once) == tree(text), "seed \(seed): \(text)")
        #expect(
          SyntaxPrinter.format(SourceText(once)) == .formatted(once),
          "seed \(seed): \(text)"
        )
      }
    }
  }

  private func tree(_ text: String) -> String {
    ReportParser.parse(SourceText(text)).0.statements.map { TreeText.of($0) }
      .joined(separator: "\n")
  }
}
