import ColumnStore
import Commerce
import QueryLang
import TestKit

/// The naive engine and its calendar, as the tests of this target name them.
typealias NaiveBackend = TestKit.NaiveBackend
typealias NaiveCalendar = TestKit.NaiveCalendar

/// A small shop over the canonical tables, and reports on it as text.
struct SmallShop {
  var lines: [NaiveBackend.Row] = []
  var sellout: [NaiveBackend.Row] = []
  var channels: [NaiveBackend.Row] = []
  var products: [NaiveBackend.Row] = []
  var places: [NaiveBackend.Row] = []
  var customers: [NaiveBackend.Row] = []

  /// 2026-03-15.
  static let today = NaiveCalendar.number(2026, 3, 15)

  static func day(_ text: String) -> Int64 {
    let parts = text.split(separator: "-").compactMap { Int($0) }
    return Int64(NaiveCalendar.number(parts[0], parts[1], parts[2]))
  }

  mutating func line(
    _ channel: String,
    _ order: String,
    _ date: String,
    _ amount: Double?,
    qty: Int64 = 1,
    status: String = "delivered",
    customer: String? = nil,
    product: String? = nil,
    place: String = "IN/-",
    currency: String = "INR"
  ) {
    lines.append([
      "channel": .string(channel), "account": .string("main"), "order_id": .string(order),
      "line_key": .string("\(lines.count)"), "order_date": .integer(SmallShop.day(date)),
      "status": .string(status), "qty": .integer(qty), "currency": .string(currency),
      "gross_value": amount.map { .integer(Int64(($0 * 10_000).rounded())) } ?? .null,
      "customer": customer.map { .string($0) } ?? .null,
      "product": product.map { .string($0) } ?? .null, "place": .string(place),
      "sku": product.map { .string($0) } ?? .null,
    ])
  }

  mutating func sold(
    _ channel: String,
    _ date: String,
    _ amount: Double?,
    qty: Int64 = 1,
    place: String = "IN/-"
  ) {
    sellout.append([
      "channel": .string(channel), "account": .string("main"),
      "date_from": .integer(SmallShop.day(date)), "date_to": .integer(SmallShop.day(date)),
      "place": .string(place), "sku": .string("s"), "occurrence": .integer(Int64(sellout.count)),
      "qty": .integer(qty), "currency": .string("INR"),
      "gross_value": amount.map { .integer(Int64(($0 * 10_000).rounded())) } ?? .null,
    ])
  }

  mutating func channel(_ slug: String, _ label: String, _ kind: String) {
    channels.append([
      "channel": .string(slug), "label": .string(label), "kind": .string(kind),
    ])
  }

  mutating func customer(_ key: String, first: String) {
    customers.append([
      "customer": .string(key), "customer_id": .string(key),
      "first_order_date": .integer(SmallShop.day(first)),
    ])
  }

  /// Two order channels and one of daily sell-out.
  static var usual: SmallShop {
    var shop = SmallShop()
    shop.channel("amazon", "Amazon", "marketplace")
    shop.channel("shopify", "Our shop", "d2c")
    shop.channel("zepto", "Zepto", "quick")
    shop.customer("c1", first: "2026-01-05")
    shop.customer("c2", first: "2026-02-01")
    shop.line("amazon", "a1", "2026-01-05", 100, customer: nil)
    shop.line("amazon", "a1", "2026-01-05", 50)
    shop.line("amazon", "a2", "2026-03-01", 25.5, qty: 2)
    shop.line("amazon", "a3", "2026-03-02", 999, status: "cancelled")
    shop.line("shopify", "o1", "2026-01-05", 10, customer: "c1")
    shop.line("shopify", "o2", "2026-02-01", 20, customer: "c2")
    shop.line("shopify", "o3", "2026-02-09", 30, customer: "c1")
    shop.sold("zepto", "2026-01-20", 7.25, qty: 3)
    shop.sold("zepto", "2026-03-03", 8, qty: 1)
    return shop
  }

  var backend: NaiveBackend { backend([]) }

  func backend(_ more: [(schema: TableSchema, rows: [NaiveBackend.Row])]) -> NaiveBackend {
    var tables = [
      "order_line": lines, "sellout_daily": sellout, "channel": channels, "product": products,
      "place": places, "customer": customers,
    ]
    for (schema, rows) in more { tables[schema.name] = rows }
    return NaiveBackend(tables, schemas: CommerceTables.all + more.map(\.schema))
  }

  func prepare(_ text: String, _ catalog: Catalog? = nil) throws -> PreparedScript {
    Report.prepare(
      text,
      name: nil,
      catalog: try catalog ?? Catalog.commerce(),
      context: ReportContext(today: SmallShop.today)
    )
  }

  /// Runs a script and returns the last statement's result.
  func result(_ text: String, _ catalog: Catalog? = nil) async throws -> ReportResult {
    let prepared = try prepare(text, catalog)
    guard prepared.isRunnable else { throw Refusal(messages: prepared.diagnostics.map(\.message)) }
    let results = try await prepared.run(
      on: backend,
      policy: .unrestricted(reason: "test"),
      limits: .untimed
    )
    guard case .report(let result) = results.last else { throw Refusal(messages: ["no report"]) }
    return result
  }

  /// Runs a script and returns the last result as lines of cells.
  func rows(_ text: String, _ catalog: Catalog? = nil) async throws -> [String] {
    SmallShop.lines(of: try await result(text, catalog))
  }

  /// The rows of a result as lines of cells.
  static func lines(of result: ReportResult) -> [String] {
    result.rows.map { row in
      zip(row, result.columns).map { text($0, $1) }.joined(separator: " | ")
    }
  }

  struct Refusal: Error {
    let messages: [String]
  }

  static func text(_ cell: ResultCell, _ column: ResultColumn) -> String {
    switch cell {
    case .integer(let number):
      if case .grain(let grain) = column.type {
        return (column.calendar ?? ReportCalendar()).label(of: grain, start: Int32(number))
      }
      if column.type == .date { return CivilDay(number: Int32(number)).text }
      return "\(number)"
    case .decimal(let amount): return "\(Double(amount) / 10_000)"
    case .double(let number): return "\((number * 1_000_000).rounded() / 1_000_000)"
    case .text(let text): return text
    case .blank(let reason): return "<\(reason.rawValue)>"
    }
  }
}

extension ScanLimits {
  /// As much time as there is: other tests may hold the processors for long.
  static let untimed = ScanLimits(time: .seconds(86_400))
}
