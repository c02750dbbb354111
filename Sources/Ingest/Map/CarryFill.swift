/// Fills fields that only the first line of several has, as long as one field stays the same.
///
/// A page may begin in the middle of such lines, so the last line of a page is remembered.
struct CarryFill: Sendable {
  private let by: Int
  private let columns: [Int]
  private var lastKey: [UInt8] = []
  private var lastValues: [[UInt8]] = []

  /// Binds a rule to a header; nil when the file lacks the column that keeps lines together.
  init?(_ rule: CarryRule, header: FileHeader) {
    guard let by = header.position(of: rule.by) else { return nil }
    self.by = by
    columns = rule.columns.compactMap { header.position(of: $0) }
  }

  /// Fills the blank fields of a page.
  mutating func apply(to page: inout DecodedPage) {
    guard page.rowCount > 0, !columns.isEmpty else { return }
    var ranges = lastValues.map { page.append($0) }
    var key = page.append(lastKey)
    if ranges.isEmpty { ranges = columns.map { _ in 0..<0 } }
    for row in 0..<page.rowCount {
      let own = page.field(row: row, column: by)
      let isSame = !own.isEmpty && page.bytes[own] == page.bytes[key]
      let count = page.fieldCount(row: row)
      for (index, column) in columns.enumerated() {
        guard column < count else {
          if !isSame { ranges[index] = 0..<0 }
          continue
        }
        let field = page.field(row: row, column: column)
        if isSame, field.isEmpty {
          page.setField(row: row, column: column, to: ranges[index])
        } else {
          ranges[index] = field
        }
      }
      key = own
    }
    lastKey = Array(page.bytes[key])
    lastValues = ranges.map { Array(page.bytes[$0]) }
  }
}
