/// Adds up what the writer meant, by channel and business month, for `--truth`.
///
/// The definitions, which reports over the imported files must meet:
/// - **month**: the calendar month of the order (or of the sell-out day) in Asia/Kolkata.
/// - **units**: pieces of the lines whose final status is neither cancelled nor returned to the seller
///   (returned by the buyer, or undelivered).
/// - **revenue**: selling value of the same lines, tax included, after discounts; lines without a value
///   (pending ones, and sell-out files without selling value) add nothing. A month in which no line had
///   a value has an empty field.
struct SalesLedger {
  private struct Key: Hashable {
    var channel: SampleChannel
    var month: ShopMonth
  }

  private struct Sum {
    var paise: Int?
    var units = 0
  }

  private var sums: [Key: Sum] = [:]

  mutating func add(channel: SampleChannel, month: ShopMonth, paise: Int?, units: Int) {
    var sum = sums[Key(channel: channel, month: month)] ?? Sum()
    if let paise { sum.paise = (sum.paise ?? 0) + paise }
    sum.units += units
    sums[Key(channel: channel, month: month)] = sum
  }

  /// Writes `channel,month,revenue,units`, by channel and month.
  func write(to path: String) throws(SampleShopError) {
    var sink = try FileSink(path: path)
    sink.append("channel,month,revenue,units")
    try sink.endLine()
    let keys = sums.keys.sorted { left, right in
      (left.channel.rawValue, left.month) < (right.channel.rawValue, right.month)
    }
    for key in keys {
      guard let sum = sums[key] else { continue }
      sink.append("\(key.channel.rawValue),\(key.month),")
      if let paise = sum.paise { sink.append(paise: paise) }
      sink.append(",")
      sink.append(sum.units)
      try sink.endLine()
    }
    try sink.close()
  }
}
