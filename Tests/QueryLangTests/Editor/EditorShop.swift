import Commerce
import Testing

@testable import QueryLang

/// A model with advertising beside the canonical tables, and scripts with a mark for the cursor.
enum EditorShop {
  /// 15 March 2026, a Sunday.
  static let today = CivilDay(year: 2026, month: 3, day: 15).number

  static let yaml = """
    mandi: 1
    tables:
      ad_spend:
        primary_key: [day, channel]
        columns: {day: {type: date}, channel: {type: text}, amount: {type: count}}
    facts:
      ad_spend:
        source: {table: ad_spend}
        grain: [day, channel]
        date: {column: day}
        columns: {amount: {type: count}}
        relations: {channel: channel}
    metrics:
      ad_spend: {label: Spend on advertising, fact: ad_spend, agg: sum, column: amount}
      roas: {expr: orders / ad_spend, description: Orders for each unit of spend}
    periods:
      diwali_2025: {from: 2025-10-14, to: 2025-10-23, label: Diwali 2025}
    segments:
      big_city: {of: city, where: "city IN ('Mumbai', 'Delhi')"}
    parameters:
      floor: {type: money, default: 100}
    """

  /// Loaded once; every test asks about the same model.
  private static let loaded = Result {
    try Catalog.load(
      yaml: yaml,
      name: "ads.yaml",
      extending: try Catalog.commerce(),
      schemas: CommerceTables.all
    )
  }

  static func catalog() throws -> Catalog { try loaded.get() }

  static func script(_ text: String) throws -> EditedScript {
    EditedScript(
      SourceText(text),
      catalog: try catalog(),
      context: ReportContext(today: today)
    )
  }

  /// A script with the offset of the mark `|`, which is taken out.
  static func marked(_ text: String) throws -> (script: EditedScript, offset: Int) {
    let parts = text.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
    try #require(parts.count == 2)
    return (try script(parts.joined()), parts[0].utf8.count)
  }

  static func completions(_ text: String) throws -> CompletionList {
    let (script, offset) = try marked(text)
    return script.completions(at: offset)
  }
}
