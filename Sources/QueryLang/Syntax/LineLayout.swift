/// Fills lines with pieces of text up to a width; lines that go on begin with two spaces.
struct LineLayout {
  let longestLine: Int
  private(set) var text = ""
  private var line = ""
  /// What has to stay on one line with what was added last.
  private var chunk = ""
  private var chunkIsSpaced = false
  /// Whether the clause has a line already.
  private var goesOn = false

  private static let indent = "  "

  init(longestLine: Int) {
    self.longestLine = longestLine
  }

  /// Adds a piece to the current line.
  mutating func add(_ piece: String, spaced: Bool) {
    if chunk.isEmpty {
      chunk = piece
      chunkIsSpaced = spaced
    } else {
      chunk += (spaced ? " " : "") + piece
    }
  }

  /// Lets the line end here if what follows does not fit.
  mutating func allowBreak() {
    guard !chunk.isEmpty else { return }
    let space = chunkIsSpaced && !line.isEmpty ? " " : ""
    let width = line.unicodeScalars.count + space.count + chunk.unicodeScalars.count
    if !line.isEmpty, width > longestLine {
      breakLine()
      line = LineLayout.indent + chunk
    } else if line.isEmpty, goesOn {
      line = LineLayout.indent + chunk
    } else {
      line += space + chunk
    }
    chunk = ""
  }

  /// Puts a comment on a line inside a clause.
  mutating func innerLine(_ comment: String) {
    allowBreak()
    breakLine()
    line = LineLayout.indent + comment
    breakLine()
  }

  /// Puts a comment on a line between clauses.
  mutating func ownLine(_ comment: String) {
    endLine()
    text += comment + "\n"
  }

  /// Ends the clause.
  mutating func endLine() {
    allowBreak()
    breakLine()
    goesOn = false
  }

  /// Puts a semicolon behind what is there.
  mutating func endStatement() {
    endLine()
    if text.last == "\n" {
      text.removeLast()
    }
    text += ";\n"
  }

  /// Ends the text.
  mutating func finish() {
    endLine()
  }

  private mutating func breakLine() {
    guard !line.isEmpty else { return }
    text += line + "\n"
    line = ""
    goesOn = true
  }
}
