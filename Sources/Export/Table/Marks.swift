/// Small drawings out of block characters.
enum Marks {
  private static let eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
  private static let heights: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

  /// Returns a bar of a share of the largest value, at most `width` cells long.
  ///
  /// What is not nothing is seen: a share above zero draws at least an eighth of a cell. A negative
  /// value is drawn light.
  static func bar(_ value: Double, largest: Double, width: Int) -> String {
    guard largest > 0, value != 0 else { return "" }
    let share = min(value.magnitude / largest, 1)
    let units = max(1, Int((share * Double(width) * 8).rounded()))
    guard value > 0 else { return String(repeating: "░", count: max(1, units / 8)) }
    return String(repeating: "█", count: units / 8) + eighths[units % 8]
  }

  /// Returns one character for each value, its height between the smallest (or zero) and the
  /// largest; a blank is a space.
  static func sparkline(_ values: [Double?]) -> String {
    let known = values.compactMap { $0 }
    let low = min(known.min() ?? 0, 0)
    let high = max(known.max() ?? 0, 0)
    let range = high - low
    return String(
      values.map { value -> Character in
        guard let value else { return " " }
        guard range > 0, range.isFinite else { return heights[0] }
        let step = Int(((value - low) / range * Double(heights.count - 1)).rounded())
        return heights[min(max(step, 0), heights.count - 1)]
      }
    )
  }

  /// Returns values averaged over neighbours until they fit a number of cells.
  static func condensed(_ values: [Double?], to width: Int) -> [Double?] {
    guard width > 0, values.count > width else { return values }
    return (0..<width).map { cell in
      let part = values[cell * values.count / width..<(cell + 1) * values.count / width]
      let known = part.compactMap { $0 }
      return known.isEmpty ? nil : known.reduce(0) { $0 + $1 / Double(known.count) }
    }
  }
}
