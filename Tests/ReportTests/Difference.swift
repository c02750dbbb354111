/// Two texts, line by line, where they are not the same.
enum Difference {
  /// Returns nil for texts with the same lines, else the lines that differ and two around them.
  static func between(expected: String, found: String, isTable: Bool) -> String? {
    let wanted = lines(expected)
    let got = lines(found)
    func same(_ pair: (Substring, Substring)) -> Bool {
      pair.0 == pair.1 || isTable && areSameRow(pair.0, pair.1)
    }
    let start = zip(wanted, got).prefix(while: same).count
    if start == wanted.count && start == got.count { return nil }
    let rest = min(wanted.count, got.count) - start
    let end = zip(wanted.reversed(), got.reversed()).prefix(rest).prefix(while: same).count
    var text = wanted[max(0, start - 2)..<start].map { "    \($0)" }
    text += wanted[start..<(wanted.count - end)].map { "  - \($0)" }
    text += got[start..<(got.count - end)].map { "  + \($0)" }
    text += got[(got.count - end)..<min(got.count, got.count - end + 2)].map { "    \($0)" }
    return "line \(start + 1), expected (-) and found (+):\n" + text.joined(separator: "\n")
  }

  private static func lines(_ text: String) -> [Substring] {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    while lines.last?.isEmpty == true { lines.removeLast() }
    return lines
  }

  /// The largest relative difference of two ratios that count as the same.
  private static let tolerance = 1e-12

  /// Tells whether the fields of two lines are the same, numbers by their value.
  ///
  /// Sums of these tables are small enough that a difference of a ten-thousandth is far larger than
  /// the tolerance for ratios.
  private static func areSameRow(_ one: Substring, _ other: Substring) -> Bool {
    let wanted = CSVRows.read(String(one)).first ?? []
    let got = CSVRows.read(String(other)).first ?? []
    guard wanted.count == got.count else { return false }
    return zip(wanted, got).allSatisfy { left, right in
      if left == right { return true }
      let numbers = [left, right].map { text in text.flatMap { Double($0) } }
      guard let left = numbers[0], let right = numbers[1] else { return false }
      return abs(left - right) <= tolerance * max(abs(left), abs(right))
    }
  }
}
