/// What all channels' writers share: the days, the articles and how many rows each day gets.
struct SampleFrame {
  let seed: UInt64
  let firstDay: ShopDay
  let lastDay: ShopDay
  let assortment: Assortment
  private let quotas: [SampleChannel: [Int]]

  /// Plans three years that end on `lastDay` and hold `rows` rows in all.
  ///
  /// A sell-out file has one row per article, city and day. What does not fit in there because
  /// the sample is very large is sold on Amazon instead.
  init(rows: Int, seed: UInt64, lastDay: ShopDay) {
    let end = lastDay.advanced(by: 1).parts
    let firstDay = ShopDay(year: end.year - 3, month: end.month, day: min(end.day, 28))
    let dayCount = lastDay.number - firstDay.number + 1
    let assortment = Assortment(rows: rows, dayCount: dayCount)
    let shopifyRows = rows * 35 / 100
    let zepto = Season.quota(
      total: rows / 5,
      from: firstDay,
      dayCount: dayCount,
      channel: .zepto,
      seed: seed
    ).enumerated().map { day, due in
      min(due, assortment.onSale(on: day) * Place.all.count * 4 / 5)
    }
    let amazonRows = rows - shopifyRows - zepto.reduce(0, +)
    self.seed = seed
    self.firstDay = firstDay
    self.lastDay = lastDay
    self.assortment = assortment
    quotas = [
      .amazon: Season.quota(
        total: amazonRows,
        from: firstDay,
        dayCount: dayCount,
        channel: .amazon,
        seed: seed
      ),
      .shopify: Season.quota(
        total: shopifyRows,
        from: firstDay,
        dayCount: dayCount,
        channel: .shopify,
        seed: seed
      ),
      .zepto: zepto,
    ]
  }

  var months: [ShopMonth] {
    (firstDay.month.index...lastDay.month.index).map(ShopMonth.init(index:))
  }

  /// The days of a month that belong to the sample, ascending.
  func days(of month: ShopMonth) -> [ShopDay] {
    let first = max(month.firstDay, firstDay)
    let last = min(month.lastDay, lastDay)
    return (first.number...last.number).map(ShopDay.init(number:))
  }

  /// The day's position in the sample; the first day is 0.
  func position(of day: ShopDay) -> Int { day.number - firstDay.number }

  func rows(of channel: SampleChannel, on day: ShopDay) -> Int {
    quotas[channel]?[position(of: day)] ?? 0
  }

  func productsOnSale(on day: ShopDay) -> Int { assortment.onSale(on: position(of: day)) }

  /// Draws an article on sale by its popularity.
  func product(on sale: Int, using random: inout ShopRandom) -> Int {
    random.position(in: assortment.popularity[0..<sale])
  }
}
