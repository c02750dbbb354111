/// Ranges of days as people write them, such as `1–28 Feb 2026`.
enum DayRangeText {
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// The days of a range; a range that ends before it begins has none.
  static func text(from first: Int32, to last: Int32) -> String {
    guard first <= last else { return "no complete day yet" }
    let (from, to) = (CivilDay(number: first), CivilDay(number: last))
    if first == last {
      return whole(to)
    }
    if (from.year, from.month) == (to.year, to.month) {
      return "\(from.day)–\(whole(to))"
    }
    if from.year == to.year {
      return "\(from.day) \(months[from.month - 1]) – \(whole(to))"
    }
    return "\(whole(from)) – \(whole(to))"
  }

  /// The days of a bound range.
  static func text(_ range: BoundRange) -> String {
    switch range {
    case .allTime: "from the first to the last day with rows"
    case .days(let from, let to): text(from: from, to: to)
    }
  }

  private static func whole(_ day: CivilDay) -> String {
    "\(day.day) \(months[day.month - 1]) \(day.year)"
  }
}
