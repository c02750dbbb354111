/// How a table is printed: how wide the terminal is, and whether it knows colours.
public struct TableStyle: Sendable, Hashable {
  /// Whether control sequences for bold and dim text are written.
  public enum Emphasis: Sendable, Hashable {
    case none
    case terminal
  }

  /// The number of cells of a line.
  public var width: Int
  /// Whether headings stand out.
  public var emphasis: Emphasis

  /// Makes a style; the default is what a file gets.
  public init(width: Int = 100, emphasis: Emphasis = .none) {
    self.width = max(width, 20)
    self.emphasis = emphasis
  }

  func strong(_ text: String) -> String {
    switch emphasis {
    case .none: text
    case .terminal: "\u{1B}[1m\(text)\u{1B}[0m"
    }
  }

  func quiet(_ text: String) -> String {
    switch emphasis {
    case .none: text
    case .terminal: "\u{1B}[2m\(text)\u{1B}[0m"
    }
  }
}
