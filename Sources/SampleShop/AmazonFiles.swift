/// Writes the `GET_FLAT_FILE_ALL_ORDERS…` reports: one tab-separated file per month.
///
/// A month's file holds the orders placed in the month (by Indian date) as they stand at its end, and again the
/// orders of the month before that changed since, with a newer `last-updated-date`. So files
/// imported in the order of their names, or in any other, end in the same state: the newest one of
/// each order. Quirks: the first months have 29 columns, later ones 32; some files give instants
/// with +00:00, others with +05:30; pending and cancelled lines have no money; trailing empty
/// fields are missing; one file is in Windows-1252; one more file repeats ten days unchanged.
///
/// Meaning, as the truth counts it: a line's selling value is item-price minus
/// item-promotion-discount; `Pending` is pending, `Shipped` shipped, `Shipped - Delivered to Buyer`
/// delivered, `Cancelled` cancelled, `Shipped - Returned to Seller` returned, `Shipped - Rejected
/// by Buyer` undelivered. Lines of one order keep their order in every file, so the n-th line of a
/// SKU is the same line everywhere.
struct AmazonFiles {
  let frame: SampleFrame
  let folder: String

  private static let windows1252Month = 5
  private static let firstMonthWith32Columns = 14
  private static let repeatedMonth = 19

  private static let columns29 = [
    "amazon-order-id", "merchant-order-id", "purchase-date", "last-updated-date", "order-status",
    "fulfillment-channel", "sales-channel", "order-channel", "url", "ship-service-level",
    "product-name", "sku", "asin", "item-status", "quantity", "currency", "item-price", "item-tax",
    "shipping-price", "shipping-tax", "gift-wrap-price", "gift-wrap-tax",
    "item-promotion-discount", "ship-promotion-discount", "ship-city", "ship-state",
    "ship-postal-code", "ship-country", "promotion-ids",
  ]
  private static let columns32 =
    columns29 + ["is-business-order", "purchase-order-number", "price-designation"]

  /// How one file is written.
  private struct Form {
    var has32Columns: Bool
    /// Seconds ahead of UTC.
    var offset: Int
  }

  func write(ledger: inout SalesLedger, progress: (Int) -> Void) throws(SampleShopError) {
    let maker = AmazonOrderMaker(frame: frame)
    let months = frame.months
    var changing: [AmazonOrder] = []
    for (position, month) in months.enumerated() {
      let form = Form(
        has32Columns: position >= AmazonFiles.firstMonthWith32Columns,
        offset: position % 3 == 2 ? ShopDay.indiaOffset : 0
      )
      let end = cutoff(of: month)
      var sink = try open("all_orders_\(month).txt", form: form, at: position)
      for order in changing where order.state(at: end).at > cutoff(of: months[position - 1]) {
        try write(order, at: end, form: form, to: &sink)
      }
      let finalInstant = position + 1 < months.count ? cutoff(of: months[position + 1]) : end
      changing.removeAll(keepingCapacity: true)
      for day in frame.days(of: month) {
        let orders = maker.orders(on: day)
        for order in orders {
          try write(order, at: end, form: form, to: &sink)
          count(order, at: finalInstant, month: month, in: &ledger)
          if let last = order.history.last, last.at > end { changing.append(order) }
        }
        progress(orders.reduce(0) { $0 + $1.lines.count })
      }
      try sink.close()
      if position == AmazonFiles.repeatedMonth {
        try writeRepeat(of: month, form: form, at: position, maker: maker)
      }
    }
  }

  /// The last second of a month in India, or of the sample.
  private func cutoff(of month: ShopMonth) -> Int {
    min(month.lastDay, frame.lastDay).advanced(by: 1).beginInIndia - 1
  }

  private func writeRepeat(
    of month: ShopMonth,
    form: Form,
    at position: Int,
    maker: AmazonOrderMaker
  ) throws(SampleShopError) {
    var sink = try open("all_orders_\(month)_again.txt", form: form, at: position)
    for day in frame.days(of: month).dropFirst(7).prefix(10) {
      for order in maker.orders(on: day) {
        try write(order, at: cutoff(of: month), form: form, to: &sink)
      }
    }
    try sink.close()
  }

  private func open(
    _ name: String,
    form: Form,
    at position: Int
  ) throws(SampleShopError) -> FileSink {
    var sink = try FileSink(
      path: folder + "/" + name,
      encoding: position == AmazonFiles.windows1252Month ? .windows1252 : .utf8,
      lineEnd: position % 2 == 0 ? "\r\n" : "\n"
    )
    let columns = form.has32Columns ? AmazonFiles.columns32 : AmazonFiles.columns29
    sink.append(columns.joined(separator: "\t"))
    try sink.endLine()
    return sink
  }

  private func count(
    _ order: AmazonOrder,
    at instant: Int,
    month: ShopMonth,
    in ledger: inout SalesLedger
  ) {
    let status = order.state(at: instant).status
    guard status.isSold else { return }
    for line in order.lines {
      ledger.add(
        channel: .amazon,
        month: month,
        paise: status.hasMoney ? line.value : nil,
        units: line.quantity
      )
    }
  }

  private func write(
    _ order: AmazonOrder,
    at instant: Int,
    form: Form,
    to sink: inout FileSink
  ) throws(SampleShopError) {
    let state = order.state(at: instant)
    for line in order.lines {
      writeHead(of: order, state: state, form: form, to: &sink)
      writeArticle(line, status: state.status, to: &sink)
      writeMoney(of: line, order: order, status: state.status, to: &sink)
      writeAddress(of: order, line: line, form: form, to: &sink)
      try sink.endLine()
    }
  }

  private func writeHead(
    of order: AmazonOrder,
    state: AmazonOrder.Change,
    form: Form,
    to sink: inout FileSink
  ) {
    sink.append(order.id)
    sink.append("\t")
    sink.append(order.id)
    sink.append("\t")
    appendInstant(order.placedAt, offset: form.offset, to: &sink)
    sink.append("\t")
    appendInstant(state.at, offset: form.offset, to: &sink)
    sink.append("\t")
    sink.append(state.status.rawValue)
    sink.append(order.isFulfilledByAmazon ? "\tAmazon" : "\tMerchant")
    sink.append("\tAmazon.in\t\t\t")
    sink.append(order.isFulfilledByAmazon ? "Expedited\t" : "Standard\t")
  }

  private func writeArticle(
    _ line: AmazonOrder.Line,
    status: AmazonOrder.Status,
    to sink: inout FileSink
  ) {
    let product = frame.assortment.products[line.product]
    sink.append(product.title)
    sink.append("\t")
    sink.append(product.sku)
    sink.append("\t")
    sink.append(product.asin)
    switch status {
    case .pending: sink.append("\tUnshipped\t")
    case .cancelled: sink.append("\tCancelled\t")
    case .shipped, .delivered, .returned, .rejected: sink.append("\tShipped\t")
    }
    sink.append(line.quantity)
    sink.append("\t")
  }

  /// Writes currency to ship-promotion-discount.
  private func writeMoney(
    of line: AmazonOrder.Line,
    order: AmazonOrder,
    status: AmazonOrder.Status,
    to sink: inout FileSink
  ) {
    guard status.hasMoney else { return sink.append("\t\t\t\t\t\t\t\t\t") }
    sink.append("INR\t")
    sink.append(paise: line.price)
    sink.append("\t")
    sink.append(paise: line.value * 18 / 118)
    sink.append("\t")
    if order.shipping > 0 { sink.append(paise: order.shipping) }
    sink.append("\t")
    if order.shipping > 0 { sink.append(paise: order.shipping * 18 / 118) }
    sink.append("\t\t\t")
    if line.discount > 0 { sink.append(paise: line.discount) }
    sink.append("\t\t")
  }

  /// Writes ship-city to the last field that is not empty.
  private func writeAddress(
    of order: AmazonOrder,
    line: AmazonOrder.Line,
    form: Form,
    to sink: inout FileSink
  ) {
    let place = Place.all[order.place]
    sink.append(order.pincode % 4 == 0 ? place.otherSpelling : place.city)
    sink.append("\t")
    sink.append(order.pincode % 5 == 0 ? place.stateInCapitals : place.state)
    sink.append("\t")
    sink.append(order.pincode, width: 6)
    sink.append("\tIN")
    if line.discount > 0 {
      sink.append("\tPLM-")
      sink.append(line.product * 7 + 100_003)
    }
    guard form.has32Columns else { return }
    if line.discount == 0 { sink.append("\t") }
    sink.append(order.isBusiness ? "\ttrue" : "\tfalse")
    if order.isBusiness { sink.append("\t\tBusiness Price") }
  }

  private func appendInstant(_ instant: Int, offset: Int, to sink: inout FileSink) {
    let local = instant + offset
    let second = local % 86_400
    let parts = ShopDay(number: local / 86_400).parts
    sink.append(parts.year)
    sink.append("-")
    sink.append(parts.month, width: 2)
    sink.append("-")
    sink.append(parts.day, width: 2)
    sink.append("T")
    sink.append(second / 3600, width: 2)
    sink.append(":")
    sink.append(second / 60 % 60, width: 2)
    sink.append(":")
    sink.append(second % 60, width: 2)
    sink.append(offset == 0 ? "+00:00" : "+05:30")
  }
}
