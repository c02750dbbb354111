/// What metrics should come to: a table of the store with a row for each period and some members.
public struct MetricTarget: Sendable, Hashable {
  /// The name.
  public var name: String
  /// What people call it.
  public var label: String
  /// The periods that its rows are for.
  public var grain: ReportGrain
  /// The dimensions that its rows are for, by name.
  public var dimensions: [String]
  /// The columns of the metrics, by the metric's folded name.
  public var columns: [String: String]
  /// Its table as one more fact, which no report can name.
  var fact: Fact
  /// Where the model file defines it.
  var origin: CatalogOrigin

  /// The name of its fact, which no name of the language is equal to.
  static func factName(of name: String) -> String { "target \(name)" }

  /// What its rows are for, such as `month, channel`.
  var grainText: String { ([grain.rawValue] + dimensions).joined(separator: ", ") }
}

extension Catalog {
  /// Returns a fact or the table of a target by name.
  func anyFact(_ name: String) -> Fact? {
    fact(name) ?? targets.first { $0.fact.name == name }?.fact
  }

  /// Tells whether a fact is the table of a target.
  func isTarget(_ fact: String) -> Bool { targets.contains { $0.fact.name == fact } }
}

extension ReportCalendar {
  /// Tells whether every period of a grain lies in one period of another.
  func isPart(_ finer: ReportGrain, of coarser: ReportGrain) -> Bool {
    let (fine, coarse) = (civil(finer), civil(coarser))
    if fine == coarse { return true }
    let startsWithQuarter = table == nil && fiscalStartMonth % 3 == 1
    switch fine {
    case .hour: return true
    case .day: return coarse != .hour
    case .month:
      return [.quarter, .year].contains(coarse) || (table == nil && coarse.fiscalMonths != nil)
    case .quarter: return coarse == .year || (startsWithQuarter && coarse == .fiscalYear)
    case .fiscalWeek: return table != nil && coarse.fiscalMonths != nil
    case .fiscalMonth: return [.fiscalQuarter, .fiscalYear].contains(coarse)
    case .fiscalQuarter: return coarse == .fiscalYear
    case .week, .year, .fiscalYear: return false
    }
  }

  /// The same periods under their civil name, where they have one.
  private func civil(_ grain: ReportGrain) -> ReportGrain {
    guard table == nil else { return grain }
    switch grain {
    case .fiscalWeek: return .week
    case .fiscalMonth: return .month
    case .fiscalQuarter: return fiscalStartMonth % 3 == 1 ? .quarter : grain
    case .fiscalYear: return fiscalStartMonth == 1 ? .year : grain
    case .hour, .day, .week, .month, .quarter, .year: return grain
    }
  }
}
