internal import ColumnStore

/// The order of groups.
extension FinishPlan {
  /// Sorts groups by the report's order, then by its keys.
  ///
  /// A word of each group tells most of them apart; only groups whose words are equal are compared.
  func sort(_ groups: inout [ReportGroup], _ keys: KeyReader) throws(ReportError) {
    let words = leadingWords(groups, keys)
    let order = report.effectiveOrder
    var places = Array(groups.indices)
    var comparisons = 0
    do {
      try places.sort { left, right in
        comparisons += 1
        try budget.check(at: comparisons)
        if words[left] != words[right] { return words[left] < words[right] }
        return precedes(groups[left], groups[right], order, keys)
      }
    } catch let error as ReportError {
      throw error
    } catch {
      throw .engine("\(error)")
    }
    groups = places.map { groups[$0] }
  }

  /// Returns words that ascend where the first step of the order does; all the same where they
  /// cannot tell.
  private func leadingWords(_ groups: [ReportGroup], _ keys: KeyReader) -> [UInt128] {
    let entry = report.effectiveOrder.first
    let isDescending = entry?.isDescending ?? false
    guard groups.allSatisfy({ $0.others == 0 }) else {
      return Array(repeating: 0, count: groups.count)
    }
    let putsBlanksFirst = entry?.putsBlanksFirst ?? false
    var kind: OrderWord.Kind?
    var words: [UInt128] = []
    words.reserveCapacity(groups.count)
    for group in groups {
      var cell: ResultCell?
      switch entry?.target {
      case .metric: cell = group.orderValues[0]
      case .key(let key): cell = keys.leadingCell(key, group)
      case nil: cell = report.keys.isEmpty ? nil : keys.leadingCell(0, group)
      }
      guard let cell else { return Array(repeating: 0, count: groups.count) }
      guard let word = OrderWord(cell) else {
        words.append(putsBlanksFirst ? 0 : .max)
        continue
      }
      // Values of several kinds are compared in another way.
      guard word.kind == kind ?? word.kind else { return Array(repeating: 0, count: groups.count) }
      kind = word.kind
      words.append(isDescending ? OrderWord.limit - word.bits : word.bits)
    }
    return words
  }

  private func precedes(
    _ left: ReportGroup,
    _ right: ReportGroup,
    _ order: [BoundOrder],
    _ keys: KeyReader
  ) -> Bool {
    for (index, entry) in order.enumerated() {
      let compared: Int
      switch entry.target {
      case .key(let key):
        if left.isOthers(key) != right.isOthers(key) { return right.isOthers(key) }
        compared = keys.order(
          key,
          left,
          right,
          isDescending: entry.isDescending,
          putsBlanksFirst: entry.putsBlanksFirst
        )
      case .metric:
        // The rest comes after its siblings, however large it is.
        let counts = (left.others.nonzeroBitCount, right.others.nonzeroBitCount)
        if counts.0 != counts.1 { return counts.0 < counts.1 }
        compared = FinishPlan.order(left.orderValues[index], right.orderValues[index], entry)
      }
      if compared != 0 { return compared < 0 }
    }
    for key in report.keys.indices {
      if left.isOthers(key) != right.isOthers(key) { return right.isOthers(key) }
      let compared = keys.order(key, left, right)
      if compared != 0 { return compared < 0 }
    }
    return false
  }

  private static func order(_ left: ResultCell, _ right: ResultCell, _ entry: BoundOrder) -> Int {
    if let order = CellArithmetic.order(left, right) {
      return entry.isDescending ? -order : order
    }
    switch (left, right) {
    case (.blank, .blank): return 0
    case (.blank, _): return entry.putsBlanksFirst ? -1 : 1
    default: return entry.putsBlanksFirst ? 1 : -1
    }
  }
}

/// A number that orders like a value as far as it goes: of two values the first has no larger one.
struct OrderWord {
  /// Values that are compared with each other by their words.
  enum Kind {
    case integer
    case decimal
    case double
    case text
  }

  /// No word is 0 or as large.
  static let limit = UInt128(1) << 127

  let kind: Kind
  let bits: UInt128

  /// Reads a value; nil for a blank.
  init?(_ cell: ResultCell) {
    let half = Int128(1) << 125
    switch cell {
    case .blank: return nil
    case .integer(let value):
      kind = .integer
      bits = UInt128(Int128(value) + half)
    case .decimal(let value):
      kind = .decimal
      bits = UInt128(min(max(value, 1 - half), half) + half)
    case .double(let value):
      kind = .double
      // The smaller of two negative numbers has the larger pattern. Both zeros are the same.
      let pattern = (value == 0 ? 0.0 : value).bitPattern
      bits = UInt128(value < 0 ? ~pattern : pattern | 1 << 63) + 1
    case .text(let text):
      kind = .text
      var bytes: UInt128 = 0
      var count: UInt128 = 0
      for byte in text.utf8 {
        bytes = bytes << 8 | UInt128(byte)
        count += 1
        if count == 15 { break }
      }
      bits = bytes << ((15 - count) * 8) + 1
    }
  }
}
