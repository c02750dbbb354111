/// How a channel's sales are spread over the days of the sample.
enum Season {
  /// Splits `total` rows over the days so that they follow growth, weekdays and festivals.
  ///
  /// Only additions, multiplications and divisions are used, which every machine rounds alike.
  static func quota(
    total: Int,
    from first: ShopDay,
    dayCount: Int,
    channel: SampleChannel,
    seed: UInt64
  ) -> [Int] {
    var running: [Double] = []
    running.reserveCapacity(dayCount)
    var sum = 0.0
    for day in 0..<dayCount {
      sum += weight(
        of: first.advanced(by: day),
        at: day,
        of: dayCount,
        channel: channel,
        seed: seed
      )
      running.append(sum)
    }
    var given = 0
    return running.map { reached in
      let due = reached == sum ? total : min(total, Int(Double(total) * reached / sum))
      defer { given = due }
      return due - given
    }
  }

  private static func weight(
    of day: ShopDay,
    at position: Int,
    of dayCount: Int,
    channel: SampleChannel,
    seed: UInt64
  ) -> Double {
    let progress = Double(position) / Double(dayCount)
    let growth =
      switch channel {
      case .amazon: 1 + 1.9 * progress
      case .shopify: 1 + 1.4 * progress
      case .zepto: 0.45 + 2.9 * progress * progress + 0.6 * progress
      }
    var noise = ShopRandom(seed: seed, stream: 500 + channel.stream, day: day.number)
    let jitter = 0.9 + Double(noise.number(below: 2001)) / 10_000
    return growth * weekdays[day.weekday] * festival(on: day, channel: channel) * jitter
  }

  private static let weekdays = [0.95, 0.93, 0.94, 0.97, 1.02, 1.11, 1.08]

  private static func festival(on day: ShopDay, channel: SampleChannel) -> Double {
    let parts = day.parts
    var factor = 1.0
    let untilDiwali = diwali(of: parts.year).number - day.number
    if (1...24).contains(untilDiwali) { factor += 1.3 - 0.035 * Double(untilDiwali) }
    if (-6...0).contains(untilDiwali) { factor -= 0.25 }
    switch (parts.month, parts.day) {
    case (1, 23...27), (8, 12...16): factor += 0.45
    case (7, 19...21): factor += channel == .amazon ? 1.1 : 0.1
    case (11, 25...29): factor += channel == .shopify ? 0.9 : 0.1
    case (12, 29...31): factor += channel == .zepto ? 0.5 : 0.05
    default: break
    }
    return factor
  }

  /// The festival of lights follows the moon; years outside the table use the first of November.
  private static func diwali(of year: Int) -> ShopDay {
    let known = [
      2020: (11, 14), 2021: (11, 4), 2022: (10, 24), 2023: (11, 12), 2024: (10, 31), 2025: (10, 20),
      2026: (11, 8), 2027: (10, 29), 2028: (10, 17), 2029: (11, 5), 2030: (10, 26),
    ]
    let (month, day) = known[year] ?? (11, 1)
    return ShopDay(year: year, month: month, day: day)
  }
}
