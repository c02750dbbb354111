/// Some rows of a batch in ascending order: all of a range, or chosen ones.
enum RowList: Sendable {
  case range(Range<Int>)
  case chosen([Int])

  /// The number of rows.
  var count: Int {
    switch self {
    case .range(let rows): rows.count
    case .chosen(let rows): rows.count
    }
  }

  /// Returns the rows at some positions of the list.
  func part(_ positions: Range<Int>) -> RowList {
    switch self {
    case .range(let rows):
      .range(rows.lowerBound + positions.lowerBound..<rows.lowerBound + positions.upperBound)
    case .chosen(let rows): .chosen(Array(rows[positions]))
    }
  }
}
