import TestKit

/// A report of the language that can run over the shop, in parts that can be put together anew.
struct RandomReport {
  var metrics: [String]
  var keys: [String]
  var clauses: [String]

  /// What can be asked of some facts, and by what.
  struct Theme {
    let additive: [String]
    let others: [String]
    let keys: [String]
    let filters: [String]
  }

  static let themes = [
    Theme(
      additive: ["order_revenue", "order_units"],
      others: [
        "orders", "customers", "order_revenue / orders AS ratio",
        "AVG(order_lines.ship_hours) AS hours", "MEDIAN(order_lines.net_amount) AS middle",
        "orders FILTER (channel = 'D2C') AS own", "order_units PREVIOUS month AS before",
        "AVERAGE OF order_units PER customer AS each", "RANK OF orders AS place",
      ],
      keys: ["channel", "product", "category", "city", "state", "customer", "cohort_month"],
      filters: [
        "channel = 'D2C'", "product CONTAINS 'tea'", "city IS NONE OR city = 'Pune'",
        "NOT order_lines.net_amount > 100 INR", "customer IS NOT NULL", "brand != 'Leaf'",
      ]
    ),
    Theme(
      additive: ["revenue", "units"],
      others: ["revenue / orders AS ratio", "units PREVIOUS 7 days AS before", "customers"],
      keys: ["channel", "channel_type", "product", "category", "city", "state"],
      filters: ["channel_type = 'quick'", "category IN ('Tea', 'Ware')", "city != 'Mumbai'"]
    ),
    Theme(
      additive: ["revenue", "ad_spend"],
      others: ["revenue / ad_spend AS roas", "orders"],
      keys: ["channel", "channel_type", "campaign_group"],
      filters: ["channel != 'Blinkit'", "campaign_group = 'festive'"]
    ),
    Theme(
      additive: ["refunds", "order_units"],
      others: ["refunds / order_revenue AS rate"],
      keys: ["channel", "product", "city", "customer", "category"],
      filters: ["category = 'Tea'", "NOT city = 'Delhi'"]
    ),
  ]

  static let ranges = [
    "DURING 2026-01 TO 2026-03", "DURING last 60 days", "DURING 2026-02",
    "SINCE 2025-12-20 UNTIL 2026-02-10", "DURING last 3 months",
  ]

  static let grains = ["day", "week", "month", "quarter", "day_of_week", "month_of_year"]

  /// Makes a report with a range of days and perhaps a condition.
  init(_ theme: Theme, metrics: [String], _ random: inout SeededRandom) {
    self.metrics = metrics
    let count = Int.random(in: 0...2, using: &random)
    keys = Array(theme.keys.shuffled(using: &random).prefix(count))
    if Bool.random(using: &random) {
      keys.insert(RandomReport.grains.randomElement(using: &random) ?? "month", at: 0)
    }
    clauses = [RandomReport.ranges.randomElement(using: &random) ?? ""]
    if Bool.random(using: &random), let filter = theme.filters.randomElement(using: &random) {
      clauses.append("WHERE \(filter)")
    }
  }

  /// The keys that are no dates.
  var members: [String] { keys.filter { !RandomReport.grains.contains($0) } }

  var text: String {
    let by = keys.isEmpty ? "" : " BY \(keys.joined(separator: ", "))"
    return "SELECT \(metrics.joined(separator: ", "))\(by) \(clauses.joined(separator: " "))"
  }

  /// A report with any of the clauses that run.
  static func any(_ random: inout SeededRandom) -> RandomReport {
    let theme = themes.randomElement(using: &random) ?? themes[0]
    let all = theme.additive + theme.others
    let metrics = all.shuffled(using: &random).prefix(Int.random(in: 1...3, using: &random))
    var report = RandomReport(theme, metrics: Array(metrics), &random)
    let additive = theme.additive[0]
    var more = ["CURRENCY INR", "AS OF 2026-04-10", "LIMIT 7", "HAVING orders > 1", "TOTALS"]
    if let member = report.members.first {
      more.append("TOP 2 \(member) BY \(additive) WITH OTHERS")
    }
    if let key = report.keys.first {
      more += ["ORDER BY \(key) DESC", "ORDER BY \(theme.additive[1]) NULLS FIRST"]
    }
    let isShifted = report.text.contains("PREVIOUS")
    if !isShifted, ["day", "week", "month", "quarter"].contains(report.keys.first) {
      more += ["FILL ZERO", "FILL NONE", "FILL PREVIOUS"]
    }
    var words: Set<Substring> = []
    for clause in more.shuffled(using: &random).prefix(Int.random(in: 0...4, using: &random)) {
      let word = clause.split(separator: " ")[0]
      if words.insert(word).inserted { report.clauses.append(clause) }
    }
    return report
  }
}
