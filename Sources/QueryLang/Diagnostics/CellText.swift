/// A line of text laid out in the cells of a terminal.
///
/// A very long line is cut to the neighbourhood of what matters in it.
struct CellText {
  /// The text as it is shown.
  let text: String
  /// The first cell of each byte that begins a character, by offset; sorted.
  private let places: [(offset: Int, cell: Int)]

  /// A line with more cells than this is cut.
  private static let widest = 160
  /// The cells that a cut line keeps before what matters.
  private static let before = 60

  /// Lays out a line; `focus` is the byte offset that a cut line must show.
  init(_ line: String, around focus: Int) {
    var pieces: [(offset: Int, text: String, width: Int)] = []
    var offset = 0
    for scalar in line.unicodeScalars {
      let shown = CellText.shown(scalar)
      pieces.append((offset, shown.text, shown.width))
      offset += scalar.utf8.count
    }
    var first = 0
    var last = pieces.count
    if pieces.count > CellText.widest {
      let middle = pieces.firstIndex { $0.offset >= focus } ?? pieces.count
      first = max(0, middle - CellText.before)
      last = min(pieces.count, first + CellText.widest)
    }
    var text = first > 0 ? "…" : ""
    var cell = first > 0 ? 1 : 0
    var places: [(offset: Int, cell: Int)] = []
    for piece in pieces[first..<last] {
      places.append((piece.offset, cell))
      text += piece.text
      cell += piece.width
    }
    places.append((last < pieces.count ? pieces[last].offset : offset, cell))
    self.text = last < pieces.count ? text + "…" : text
    self.places = places
  }

  /// The cells of a range of bytes, cut to what is shown; nil when nothing of it is.
  func cells(from start: Int, to end: Int) -> Range<Int>? {
    guard let first = places.first, let last = places.last else { return nil }
    guard start <= last.offset, end >= first.offset else { return nil }
    let from = places.first { $0.offset >= start }?.cell ?? last.cell
    let through = places.first { $0.offset >= end }?.cell ?? last.cell
    return from..<max(from, through)
  }

  /// A text on one line, without characters that could upset a terminal.
  static func plain(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      result += isHidden(scalar) ? (scalar == "\n" ? " " : "�") : String(scalar)
    }
    return result
  }

  /// Whether a character cannot be seen, or steers the terminal.
  static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    let hidden: [Unicode.GeneralCategory] = [
      .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned,
    ]
    return hidden.contains(scalar.properties.generalCategory)
  }

  private static func shown(_ scalar: Unicode.Scalar) -> (text: String, width: Int) {
    if scalar == "\t" {
      return ("    ", 4)
    }
    if isHidden(scalar) {
      return ("�", 1)
    }
    return (String(scalar), width(scalar))
  }

  private static func width(_ scalar: Unicode.Scalar) -> Int {
    if scalar.value < 0x300 {
      return 1
    }
    let marks: [Unicode.GeneralCategory] = [.nonspacingMark, .enclosingMark, .spacingMark]
    if marks.contains(scalar.properties.generalCategory) {
      return 0
    }
    return scalar.properties.isEmojiPresentation || wide.contains { $0.contains(scalar.value) }
      ? 2 : 1
  }

  /// The blocks of wide and full-width characters (Unicode Standard Annex 11).
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
    0xA000...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
    0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD,
  ]
}
