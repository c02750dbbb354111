/// A line of a source as it is shown, with the marks below it in cells.
struct MarkedLine {
  /// A mark below a line.
  struct Mark {
    /// The first cell.
    let start: Int
    /// The number of cells, at least one.
    let width: Int
    let label: String?
    let isPrimary: Bool
  }

  let number: Int
  let text: String
  let marks: [Mark]

  /// The lines that a diagnostic marks, in order; a span over several lines is marked on its first.
  static func lines(of diagnostic: Diagnostic, in source: SourceText) -> [MarkedLine] {
    var spans = [(span: diagnostic.span, label: diagnostic.label, isPrimary: true)]
    spans += diagnostic.related.map { ($0.span, $0.label, false) }
    var byNumber: [Int: [(span: SourceSpan, label: String?, isPrimary: Bool)]] = [:]
    for entry in spans {
      byNumber[source.location(of: entry.span.start).line, default: []].append(entry)
    }
    var result: [MarkedLine] = []
    for (number, entries) in byNumber.sorted(by: { $0.key < $1.key }) {
      guard let first = entries.first else { continue }
      let line = source.lineSpan(containing: first.span.start)
      let cells = CellText(source.slice(line), around: first.span.start - line.start)
      let marks = entries.compactMap { entry -> Mark? in
        let start = entry.span.start - line.start
        let end = min(entry.span.end, line.end) - line.start
        guard let range = cells.cells(from: start, to: end) else { return nil }
        return Mark(
          start: range.lowerBound,
          width: max(1, range.count),
          label: entry.label,
          isPrimary: entry.isPrimary
        )
      }
      result.append(MarkedLine(number: number, text: cells.text, marks: marks))
    }
    return result
  }

  /// The marks as runs from left to right that don't overlap; the primary mark lies on top.
  func runs() -> [(start: Int, width: Int, isPrimary: Bool)] {
    let end = marks.map { $0.start + $0.width }.max() ?? 0
    var cells = [Bool?](repeating: nil, count: end)
    for mark in marks.sorted(by: { !$0.isPrimary && $1.isPrimary }) {
      for cell in mark.start..<mark.start + mark.width {
        cells[cell] = mark.isPrimary
      }
    }
    var result: [(start: Int, width: Int, isPrimary: Bool)] = []
    for (cell, isPrimary) in cells.enumerated() {
      guard let isPrimary else { continue }
      if let last = result.last, last.start + last.width == cell, last.isPrimary == isPrimary {
        result[result.count - 1].width += 1
      } else {
        result.append((cell, 1, isPrimary))
      }
    }
    return result
  }
}
