import ColumnStore
import QueryLang
import TestKit

/// Small random rows for the tables of the shop: missing keys and amounts, keys without a row, ties,
/// negative amounts, and the ends of months.
enum RandomShop {
  private static let days: [Int32] = {
    let first = NaiveCalendar.number(2025, 12, 1)
    let ends = [(2024, 2, 29), (2025, 12, 31), (2026, 1, 31), (2026, 2, 28), (2026, 3, 31)]
    return (0..<130).map { first + $0 } + ends.map { NaiveCalendar.number($0.0, $0.1, $0.2) }
  }()

  /// Returns data with the shop's own dimensions.
  static func data(_ random: inout SeededRandom) async throws -> ReportData {
    var data = try await ReportData.named("shop")
    data.rows["order_lines"] = lines(&random)
    data.rows["qc_daily"] = quick(&random)
    data.rows["returns"] = returns(&random)
    data.rows["ad_spend"] = spend(&random)
    data.rows["fees"] = []
    return data
  }

  private static func text(_ texts: [String?], _ random: inout SeededRandom) -> Scalar {
    let picked: String? = texts.randomElement(using: &random) ?? nil
    return picked.map { .string($0) } ?? .null
  }

  private static func day(_ random: inout SeededRandom) -> Scalar {
    .integer(Int64(days.randomElement(using: &random) ?? 0))
  }

  private static func number(_ range: ClosedRange<Int64>, _ random: inout SeededRandom) -> Int64 {
    Int64.random(in: range, using: &random)
  }

  private static func lines(_ random: inout SeededRandom) -> [NaiveBackend.Row] {
    (0..<Int.random(in: 0...120, using: &random)).map { index in
      let amount = number(-1...8, &random) * 50_0000
      let date = days.randomElement(using: &random) ?? 0
      return [
        "order_id": .string("o\(index / 2)"), "line_no": .integer(Int64(index)),
        "order_date": .integer(Int64(date)),
        "ordered_at": .integer(
          Int64(date) * 86_400_000_000 + number(0...60_000, &random) * 1_000_000
        ),
        "channel_id": text(["ch1", "ch2"], &random),
        "product_id": text(["p01", "p02", "p03", "p10", "p14", "p99"], &random),
        "city_id": text(["c1", "c2", "c3", "c9", nil], &random),
        "customer_id": text(["u00", "u01", "u02", "u03", nil], &random),
        "units": .integer(number(1...4, &random)),
        "net_amount": number(0...9, &random) == 0 ? .null : .integer(amount),
        "unit_price": .integer(number(1...5, &random) * 100_0000),
        "cost": .integer(number(1...5, &random) * 10_0000),
        "shipped_at": .null,
        "ship_hours": number(0...3, &random) == 0
          ? .null : .double(Double(number(1...8, &random)) / 2),
      ]
    }
  }

  private static func quick(_ random: inout SeededRandom) -> [NaiveBackend.Row] {
    var seen: Set<[Scalar]> = []
    return (0..<Int.random(in: 0...60, using: &random)).compactMap { _ in
      let key = [
        day(&random), text(["ch3", "ch4"], &random), text(["p01", "p02", "p10"], &random),
        text(["c1", "c2"], &random),
      ]
      let (units, amount) = (number(1...9, &random), number(1...9, &random) * 120_0000)
      guard seen.insert(key).inserted else { return nil }
      return [
        "sale_date": key[0], "channel_id": key[1], "product_id": key[2], "city_id": key[3],
        "units": .integer(units), "gmv": .integer(amount),
      ]
    }
  }

  private static func returns(_ random: inout SeededRandom) -> [NaiveBackend.Row] {
    (0..<Int.random(in: 0...20, using: &random)).map { index in
      [
        "return_id": .string("r\(index)"), "returned_on": day(&random),
        "channel_id": text(["ch1", "ch2"], &random),
        "product_id": text(["p01", "p03", "p99"], &random),
        "city_id": text(["c1", "c9", nil], &random),
        "customer_id": text(["u00", "u02", nil], &random),
        "units": .integer(1), "refund_amount": .integer(number(1...4, &random) * 75_0000),
      ]
    }
  }

  private static func spend(_ random: inout SeededRandom) -> [NaiveBackend.Row] {
    var seen: Set<[Scalar]> = []
    return (0..<Int.random(in: 0...25, using: &random)).compactMap { _ in
      let key = [day(&random), text(["ch1", "ch2", "ch5"], &random)]
      let amount = number(1...9, &random) * 33_3300
      guard seen.insert(key).inserted else { return nil }
      return [
        "spend_date": key[0], "channel_id": key[1], "campaign_id": .string("k"),
        "amount": .integer(amount), "clicks": .integer(3), "impressions": .integer(90),
      ]
    }
  }
}
