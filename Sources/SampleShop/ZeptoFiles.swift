/// Writes Zepto's `Sales_F` report: one CSV file per month, one row per article, city and day.
///
/// The file's name carries its range of dates. Older months have no selling value, newer ones have
/// Selling Price, Gross Selling Value and Orders. Some files begin with a byte order mark, some EANs
/// arrive as 8.91E+12 (the row is good all the same), one file is CSV under the name of a workbook. One
/// more file restates a week: some rows have other figures and some are gone, but every day of the
/// week has rows.
///
/// Meaning, as the truth counts it: units are Sales (Qty), revenue is Gross Selling Value where the
/// file has it. A file speaks for all rows of the days in it; of two files that hold a day, the one
/// with the later last date in its name holds.
struct ZeptoFiles {
  let frame: SampleFrame
  let folder: String

  private static let firstMonthWithValue = 14
  private static let workbookMonth = 8
  private static let restatedMonth = 18
  /// How many days after the month's end the restating file was made.
  private static let restatedAfter = 10

  private static let columns = [
    "Date", "SKU Number", "SKU Name", "EAN", "SKU Category", "SKU Sub Category", "Brand Name",
    "Manufacturer Name", "Manufacturer ID", "City", "Pack Size", "Unit of Measure",
    "Sales (Qty) - Units", "MRP", "Gross Merchandise Value",
  ]
  private static let columnsWithValue =
    columns + ["Selling Price", "Gross Selling Value", "Orders"]

  /// One line of the report.
  private struct Row {
    var product: Int
    var place: Int
    var units: Int
    /// Paise for one piece.
    var price: Int
    var orders: Int
    var isEANDamaged: Bool
  }

  func write(ledger: inout SalesLedger, progress: (Int) -> Void) throws(SampleShopError) {
    for (position, month) in frame.months.enumerated() {
      let days = frame.days(of: month)
      let hasValue = position >= ZeptoFiles.firstMonthWithValue
      let restated =
        position == ZeptoFiles.restatedMonth ? Array(days.dropFirst(11).prefix(7)) : []
      var sink = try open(
        days,
        suffix: position == ZeptoFiles.workbookMonth ? ".xlsx" : ".csv",
        at: position
      )
      for day in days {
        let rows = rows(on: day)
        for row in rows { try write(row, on: day, hasValue: hasValue, to: &sink) }
        let final = restated.contains(day) ? restate(rows, on: day) : rows
        for row in final {
          ledger.add(
            channel: .zepto,
            month: month,
            paise: hasValue ? row.price * row.units : nil,
            units: row.units
          )
        }
        progress(rows.count)
      }
      try sink.close()
      if let last = days.last, !restated.isEmpty {
        let made = last.advanced(by: ZeptoFiles.restatedAfter)
        try writeRestated(restated, made: made, hasValue: hasValue, at: position)
      }
    }
  }

  private func writeRestated(
    _ days: [ShopDay],
    made: ShopDay,
    hasValue: Bool,
    at position: Int
  ) throws(SampleShopError) {
    var sink = try open(days, suffix: "_restated_\(made).csv", at: position)
    for day in days {
      for row in restate(rows(on: day), on: day) {
        try write(row, on: day, hasValue: hasValue, to: &sink)
      }
    }
    try sink.close()
  }

  private func open(
    _ days: [ShopDay],
    suffix: String,
    at position: Int
  ) throws(SampleShopError) -> FileSink {
    let range = "\(days.first ?? frame.firstDay)_\(days.last ?? frame.lastDay)"
    var sink = try FileSink(
      path: "\(folder)/Sales_F_\(range)\(suffix)",
      lineEnd: position % 4 == 1 ? "\r\n" : "\n",
      byteOrderMark: position % 3 == 2
    )
    let hasValue = position >= ZeptoFiles.firstMonthWithValue
    let columns = hasValue ? ZeptoFiles.columnsWithValue : ZeptoFiles.columns
    sink.append(columns.joined(separator: ","))
    try sink.endLine()
    return sink
  }

  /// The rows of a day; every pair of article and city occurs at most once.
  private func rows(on day: ShopDay) -> [Row] {
    var random = ShopRandom(seed: frame.seed, stream: SampleChannel.zepto.stream, day: day.number)
    let count = frame.rows(of: .zepto, on: day)
    guard count > 0 else { return [] }
    let pairs = frame.productsOnSale(on: day) * Place.all.count
    let start = random.number(below: pairs)
    let step = ZeptoFiles.step(through: pairs, from: random.number(in: 1...pairs))
    return (0..<count).map { position in
      row(of: (start + position * step) % pairs, using: &random)
    }
  }

  private func row(of pair: Int, using random: inout ShopRandom) -> Row {
    let product = pair / Place.all.count
    let place = pair % Place.all.count
    let popularity = frame.assortment.popularity
    let share = popularity[product] - (product == 0 ? 0 : popularity[product - 1])
    let typical = 1 + share * Place.all[place].weight / 400_000
    let units = random.number(in: 1...(1 + typical * 2))
    let article = frame.assortment.products[product]
    return Row(
      product: product,
      place: place,
      units: units,
      price: article.price * random.number(in: 90...100) / 100,
      orders: max(1, units - random.number(in: 0...(units / 3))),
      isEANDamaged: random.happens(12)
    )
  }

  /// A later count of the same day: about one row in ten is gone, two in ten have other figures.
  private func restate(_ rows: [Row], on day: ShopDay) -> [Row] {
    var random = ShopRandom(
      seed: frame.seed,
      stream: 40 + SampleChannel.zepto.stream,
      day: day.number
    )
    var restated: [Row] = []
    for (position, original) in rows.enumerated() {
      var row = original
      let fate = random.number(below: 10)
      if fate == 0 && position > 0 { continue }
      if fate < 3 {
        row.units += random.number(in: 1...4)
        row.orders = max(1, row.units - 1)
      }
      restated.append(row)
    }
    return restated
  }

  /// The first number from `candidate` on without a common divisor with `count`, so that its steps meet all.
  private static func step(through count: Int, from candidate: Int) -> Int {
    var step = candidate
    while greatestCommonDivisor(step, count) != 1 { step += 1 }
    return step
  }

  private static func greatestCommonDivisor(_ left: Int, _ right: Int) -> Int {
    var (larger, smaller) = (left, right)
    while smaller != 0 { (larger, smaller) = (smaller, larger % smaller) }
    return larger
  }

  private func write(
    _ row: Row,
    on day: ShopDay,
    hasValue: Bool,
    to sink: inout FileSink
  ) throws(SampleShopError) {
    let product = frame.assortment.products[row.product]
    let date = day.parts
    sink.append(date.day, width: 2)
    sink.append("-")
    sink.append(date.month, width: 2)
    sink.append("-")
    sink.append(date.year)
    sink.append(",")
    sink.append(product.zeptoNumber)
    sink.append(",")
    sink.appendQuoted(product.title)
    sink.append(",")
    sink.append(row.isEANDamaged ? "8.91E+12" : product.ean)
    sink.append(",")
    sink.append(product.category)
    sink.append(",")
    sink.append(product.subcategory)
    sink.append(",")
    sink.append(Assortment.brand)
    sink.append(",")
    sink.append(Assortment.manufacturer)
    sink.append(",MFR-20417,")
    sink.append(Place.all[row.place].city)
    sink.append(",")
    sink.append(product.packSize)
    sink.append(",")
    sink.append(product.unitOfMeasure)
    sink.append(",")
    sink.append(row.units)
    sink.append(",")
    sink.append(paise: product.mrp)
    sink.append(",")
    sink.append(paise: product.mrp * row.units)
    if hasValue {
      sink.append(",")
      sink.append(paise: row.price)
      sink.append(",")
      sink.append(paise: row.price * row.units)
      sink.append(",")
      sink.append(row.orders)
    }
    try sink.endLine()
  }
}
