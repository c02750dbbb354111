import Foundation

/// The grammar on the page of the language, with words of the small shop for its tokens.
public enum ReportGrammar {
  /// The grammar as it stands on the page.
  public static func text() throws -> String {
    let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "docs/report-language.md")
    let parts = try String(contentsOf: page, encoding: .utf8).components(separatedBy: "```ebnf\n")
    return parts.dropFirst().first?.components(separatedBy: "```").first ?? ""
  }

  /// A walker over the grammar.
  public static func walker() throws -> GrammarWalker {
    try GrammarWalker(grammar: text(), tokens: tokens, unrepeated: ["report_clause"])
  }

  private static let tokens: [String: [String]] = [
    "NAME": [
      "revenue", "orders", "customers", "units", "order_revenue", "ad_spend", "refunds", "channel",
      "product", "city", "state", "customer", "cohort_month", "order_lines", "net_amount", "SUM",
      "COUNT", "ROUND", "COALESCE", "IF", "month", "day", "week", "first_order", "line", "loyal",
      "diwali_2025", "x", "aov", "total", "share",
    ],
    "QNAME": ["\"sales channel\"", "\"Net revenue\"", "\"a \"\"b\"\"\"", "\"order\""],
    "NUMBER": ["0", "1", "2", "10", "0.5", "1_000", "12.25", "99"],
    "PERCENT": ["5%", "12.5%", "0%"],
    "STRING": ["'D2C'", "'Green tea'", "''", "'it''s'", "'%a_'", "'Tea'"],
    "DATE": ["2026-03-15", "2025-12-31", "2024-02-29"],
    "FISCAL_LIT": ["FY2026", "FY2026-Q2"],
    "QUARTER_LIT": ["2026-Q1", "2025-Q4"],
    "WEEK_LIT": ["2026-W12", "2025-W01"],
    "MONTH_LIT": ["2026-03", "2025-11"],
    "YEAR_LIT": ["2026", "1999"],
    "UNIT": ["day", "days", "weeks", "month", "quarters", "years", "hours"],
    "GRAIN": [
      "day", "week", "month", "quarter", "year", "hour", "fiscal_week", "fiscal_month",
      "fiscal_quarter", "fiscal_year",
    ],
    "CCY": ["INR", "USD"],
    "PARAM": ["$x", "$channels", "$n"],
  ]

  /// Words and signs that texts are made of, and some that are none.
  static func vocabulary() throws -> [String] {
    let grammar = try text().split { !$0.isLetter && $0 != "_" }.filter { word in
      word.allSatisfy { $0.isUppercase }
    }
    return Set(grammar.map(String.init)).sorted()
      + tokens.keys.sorted().flatMap { tokens[$0] ?? [] } + [
        "(", ")", ",", ";", ".", "=", "!=", "<>", "<", "<=", ">", ">=", "+", "-", "*", "/", "[]",
        "==", "&&", "||", "FROM", "GROUP", "YoY", "MTD", "now()", "--", "/*", "*/", "'", "\"", "§",
        "$", "%", "1e5", "007", "99999999999999999999", "2026-13-45", "₹", "é", "\u{0}", "\n",
        "\u{FEFF}", "日本",
      ]
  }
}
