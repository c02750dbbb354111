import Foundation
import SampleShop
import Testing

/// Reads the written files back in the plainest way and adds up what they say.
@Suite struct TruthTests {
  private struct Total: Equatable {
    var paise: Int?
    var units = 0

    mutating func add(paise more: Int?, units count: Int) {
      if let more { paise = (paise ?? 0) + more }
      units += count
    }
  }

  @Test(arguments: [UInt64(1), 7, 20_261_031])
  func theFilesAddUpToTheTruth(seed: UInt64) throws {
    let sample = try SampleFolder(rows: 3000, seed: seed)
    var totals: [String: Total] = [:]
    try addAmazon(of: sample, to: &totals)
    try addShopify(of: sample, to: &totals)
    try addZepto(of: sample, to: &totals)
    let truth = try truth(of: sample)
    #expect(truth.count == 108)
    #expect(totals == truth, "seed \(seed)")
  }

  @Test func monthsFollowTheIndianCalendar() throws {
    let sample = try SampleFolder(rows: 3000, seed: 3)
    var aheadOfUTC = 0
    for name in try sample.names(of: "amazon") where !name.contains("again") {
      for row in try sample.rows(of: "amazon", name, separator: "\t") {
        let instant = row["purchase-date"] ?? ""
        if instant.hasSuffix("+00:00"), month(of: instant) != String(instant.prefix(7)) {
          aheadOfUTC += 1
        }
      }
    }
    #expect(aheadOfUTC > 0)
  }

  private func truth(of sample: SampleFolder) throws -> [String: Total] {
    var truth: [String: Total] = [:]
    let text = try String(contentsOfFile: sample.truthPath, encoding: .utf8)
    let lines = text.split(separator: "\n")
    #expect(lines.first == "channel,month,revenue,units")
    for line in lines.dropFirst() {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      truth[fields[0] + " " + fields[1]] = Total(
        paise: paise(fields[2]),
        units: try #require(Int(fields[3]))
      )
    }
    return truth
  }

  private func addAmazon(of sample: SampleFolder, to totals: inout [String: Total]) throws {
    var newest: [String: (version: Date, row: [String: String])] = [:]
    for name in try sample.names(of: "amazon") {
      var occurrences: [String: Int] = [:]
      for row in try sample.rows(of: "amazon", name, separator: "\t") {
        let line = row["amazon-order-id", default: ""] + " " + row["sku", default: ""]
        occurrences[line, default: 0] += 1
        let key = "\(line)#\(occurrences[line, default: 0])"
        let version = try date(row["last-updated-date", default: ""])
        if newest[key].map({ $0.version < version }) ?? true { newest[key] = (version, row) }
      }
    }
    for (_, row) in newest.values {
      let status = row["order-status", default: ""]
      if status == "Cancelled" || status.hasSuffix("Seller")
        || status.hasSuffix("Rejected by Buyer")
      {
        continue
      }
      let price = paise(row["item-price", default: ""])
      let discount = paise(row["item-promotion-discount", default: ""]) ?? 0
      totals["amazon " + month(of: row["purchase-date", default: ""]), default: Total()].add(
        paise: price.map { $0 - discount },
        units: try #require(Int(row["quantity", default: ""]))
      )
    }
  }

  private func addShopify(of sample: SampleFolder, to totals: inout [String: Total]) throws {
    var newest: [String: (order: [String: String], row: [String: String])] = [:]
    for name in try sample.names(of: "shopify") {
      var occurrences: [String: Int] = [:]
      var order: [String: String] = [:]
      for row in try sample.rows(of: "shopify", name, separator: ",") {
        if row["Financial Status"] != "" { order = row }
        #expect(order["Name"] == row["Name"])
        let line = row["Name", default: ""] + " " + row["Lineitem sku", default: ""]
        occurrences[line, default: 0] += 1
        newest["\(line)#\(occurrences[line, default: 0])"] = (order, row)
      }
    }
    for (order, row) in newest.values
    where order["Cancelled at"] == "" && order["Financial Status"] != "refunded" {
      let quantity = try #require(Int(row["Lineitem quantity", default: ""]))
      let price = try #require(paise(row["Lineitem price", default: ""]))
      let discount = try #require(paise(row["Lineitem discount", default: ""]))
      let month = order["Created at", default: ""].prefix(7)
      totals["shopify \(month)", default: Total()].add(
        paise: price * quantity - discount,
        units: quantity
      )
    }
  }

  private func addZepto(of sample: SampleFolder, to totals: inout [String: Total]) throws {
    var days: [String: [[String: String]]] = [:]
    for name in try sample.names(of: "zepto") {
      let rows = try sample.rows(of: "zepto", name, separator: ",")
      days.merge(Dictionary(grouping: rows) { $0["Date", default: ""] }) { _, later in later }
    }
    for (day, rows) in days {
      let month = day.suffix(4) + "-" + day.dropFirst(3).prefix(2)
      for row in rows {
        totals["zepto \(month)", default: Total()].add(
          paise: row["Gross Selling Value"].flatMap(paise),
          units: try #require(Int(row["Sales (Qty) - Units", default: ""]))
        )
      }
    }
  }

  private func paise(_ text: String) -> Int? {
    text.isEmpty ? nil : Int(text.replacingOccurrences(of: ".", with: ""))
  }

  private func date(_ text: String) throws -> Date {
    try Date(text, strategy: .iso8601)
  }

  private func month(of instant: String) -> String {
    guard let date = try? date(instant) else { return "unreadable: \(instant)" }
    let inIndia = date.addingTimeInterval(19_800)
    return String(inIndia.formatted(.iso8601).prefix(7))
  }
}
