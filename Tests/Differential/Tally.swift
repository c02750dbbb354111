import QueryLang

/// What a run has seen.
struct Tally {
  var compared = 0
  var empty = 0
  var worlds = 0
  /// Reports with long statements that were not asked.
  var leftOut = 0
  /// Reports that the binder refused, by the code of the first problem.
  var refusals: [String: Int] = [:]
  /// Reports that the data does not allow, or that are too large, by code.
  var dataRefusals: [String: Int] = [:]
  /// Reports that have no statement, by the reason.
  var unlowered: [String: Int] = [:]
  var features: [Feature: Int] = [:]
  var reasons: [BlankReason: Int] = [:]
  var kinds: [RowKind: Int] = [:]

  var refused: Int { refusals.values.reduce(0, +) }
  private var refusedForData: Int { dataRefusals.values.reduce(0, +) }

  mutating func add(_ sketch: ReportSketch, _ result: ReportResult) {
    compared += 1
    for feature in sketch.features { features[feature, default: 0] += 1 }
    for kind in Set(result.rowKinds) { kinds[kind, default: 0] += 1 }
    var found: Set<BlankReason> = []
    var isEmpty = true
    let firstMetric = result.columns.count { $0.role == .key }
    for row in result.rows {
      for cell in row[firstMetric...] {
        switch cell {
        case .blank(let reason): found.insert(reason)
        case .integer(0), .decimal(0), .double(0): break
        case .integer, .decimal, .double, .text: isEmpty = false
        }
      }
    }
    for reason in found { reasons[reason, default: 0] += 1 }
    if isEmpty { empty += 1 }
  }

  mutating func add(_ other: Tally) {
    compared += other.compared
    empty += other.empty
    worlds += other.worlds
    leftOut += other.leftOut
    refusals.merge(other.refusals, uniquingKeysWith: +)
    dataRefusals.merge(other.dataRefusals, uniquingKeysWith: +)
    unlowered.merge(other.unlowered, uniquingKeysWith: +)
    features.merge(other.features, uniquingKeysWith: +)
    reasons.merge(other.reasons, uniquingKeysWith: +)
    kinds.merge(other.kinds, uniquingKeysWith: +)
  }

  // MARK: Words

  private func share(_ count: Int, of whole: Int) -> String {
    let tenths = whole == 0 ? 0 : (count * 1_000 + whole / 2) / whole
    return "\(tenths / 10).\(tenths % 10)%"
  }

  /// The blank reasons that a report can have at present.
  private static let supportedReasons: [BlankReason] = [.empty, .undefined, .notRecorded]
  private static let supportedKinds: [RowKind] = [.detail, .others, .subtotal, .total]

  /// How often each thing occurred, in the order of the language.
  private var counts: [(String, Int)] {
    Feature.allCases.map { ($0.rawValue, features[$0, default: 0]) }
      + Tally.supportedReasons.map { ("blank \($0.rawValue)", reasons[$0, default: 0]) }
      + Tally.supportedKinds.map { ("row \($0.rawValue)", kinds[$0, default: 0]) }
  }

  /// What occurred in fewer than one report of a hundred.
  var rare: [String] {
    counts.filter { $0.1 * 100 < compared }.map { "\($0.0) \(share($0.1, of: compared))" }
  }

  var lines: [String] {
    let all =
      compared + refused + refusedForData
      + unlowered.values.reduce(0, +)
    var lines = [
      "reports compared: \(compared), over \(worlds) models with data",
      "results that are not empty: \(share(compared - empty, of: compared))",
      "refused by the binder: \(share(refused, of: all)) (\(Self.list(refusals)))",
      "left out for long statements: \(leftOut)",
      "refused for the data: \(share(refusedForData, of: all)) (\(Self.list(dataRefusals)))",
    ]
    if !unlowered.isEmpty { lines.append("without a statement: \(Self.list(unlowered))") }
    lines.append("in how many reports each part of the language occurred:")
    var line = " "
    for (name, count) in counts {
      let entry = " \(name) \(share(count, of: compared)),"
      if line.count + entry.count > 110 {
        lines.append(line)
        line = " "
      }
      line += entry
    }
    lines.append(String(line.dropLast()))
    return lines
  }

  private static func list(_ counts: [String: Int]) -> String {
    counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .map { "\($0.key) \($0.value)" }.joined(separator: ", ")
  }
}
