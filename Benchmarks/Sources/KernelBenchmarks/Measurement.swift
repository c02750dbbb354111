/// The times of a piece of work at several levels, taken in turns so that a busy machine disturbs all
/// of them alike.
struct Measurement {
  /// Rounds in which each level runs once.
  static let rounds = 400

  let clock = ContinuousClock()

  /// Returns the shortest time of each piece of work, in nanoseconds a row.
  func shortest(rows: Int, of works: [() -> Void]) -> [Double] {
    var best = works.map { _ in Duration.seconds(1_000) }
    for _ in 0..<Measurement.rounds {
      for (place, work) in works.enumerated() {
        best[place] = min(best[place], clock.measure(work))
      }
    }
    return best.map { Double($0.components.attoseconds) / 1e9 / Double(rows) }
  }
}
