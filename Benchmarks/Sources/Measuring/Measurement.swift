/// The times of pieces of work, taken in turns so that a busy machine disturbs all of them alike.
public struct Measurement {
  private let clock = ContinuousClock()
  private let rounds: Int

  /// Makes a measurement in which each piece runs a number of times.
  public init(rounds: Int = 400) {
    self.rounds = rounds
  }

  /// Returns the shortest time of each piece of work, in nanoseconds a row.
  public func shortest(rows: Int, of works: [() -> Void]) -> [Double] {
    var best = works.map { _ in Duration.seconds(1_000) }
    for _ in 0..<rounds {
      for (place, work) in works.enumerated() {
        best[place] = min(best[place], clock.measure(work))
      }
    }
    return best.map { Double($0.components.attoseconds) / 1e9 / Double(rows) }
  }
}

/// Text for the columns of a table.
public enum Cell {
  /// Fills a text up with blanks to a width.
  public static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
  }

  /// Writes a number with as many steps to a unit as `steps` says.
  public static func rounded(_ number: Double, _ steps: Double) -> String {
    "\((number * steps).rounded() / steps)"
  }
}
