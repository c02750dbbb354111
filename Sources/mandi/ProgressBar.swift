import Synchronization

/// One line on standard error that shows how far a command is; silent unless that is a terminal.
final class ProgressBar: Sendable {
  private static let cells = 30

  private let label: String
  private let isVisible: Bool
  private let shownPercent = Mutex<Int>(-1)

  /// Makes a bar with a word for what is going on.
  init(label: String, isVisible: Bool = StandardStreams.isErrorTerminal) {
    self.label = label
    self.isVisible = isVisible
  }

  /// Shows a state; draws only when the percentage changed.
  func show(done: Int, of total: Int) {
    guard isVisible, total > 0 else { return }
    let share = min(1, max(0, Double(done) / Double(total)))
    let percent = Int(share * 100)
    let isNew = shownPercent.withLock { shown in
      guard shown != percent else { return false }
      shown = percent
      return true
    }
    guard isNew else { return }
    let filled = Int(share * Double(Self.cells))
    let bar =
      String(repeating: "█", count: filled) + String(repeating: "░", count: Self.cells - filled)
    StandardStreams.raw("\r\(label) \(bar) \(percent)%")
  }

  /// Clears the line.
  func end() {
    guard isVisible, shownPercent.withLock({ $0 }) >= 0 else { return }
    StandardStreams.raw("\r\u{1B}[K")
  }
}
