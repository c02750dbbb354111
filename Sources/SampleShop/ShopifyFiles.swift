/// Writes Shopify's orders export: one CSV file per quarter, one row per line item.
///
/// A file is named by its last day and holds the orders created in the quarter as they stand at
/// its end, and again the earlier orders that changed since. Everything that belongs to the order
/// (money, statuses, instants, addresses) stands on its first row only; later rows have Name, Email, the
/// line item, Vendor and Lineitem discount. Notes hold line breaks and quotes; a postal code begins
/// with an apostrophe.
///
/// Meaning, as the truth counts it: a line's selling value is Lineitem price times Lineitem quantity
/// minus Lineitem discount, and the order's Discount Amount is the sum of its lines' discounts. An
/// order with Cancelled at is cancelled; Financial Status refunded is returned; partially_refunded
/// still counts whole. The newest state is the one in the file with the latest date in its name.
/// Lines of one order keep their order in every file, so the n-th line of a SKU is the same line everywhere.
struct ShopifyFiles {
  let frame: SampleFrame
  let folder: String

  private static let columns =
    [
      "Name", "Email", "Financial Status", "Paid at", "Fulfillment Status", "Fulfilled at",
      "Accepts Marketing", "Currency", "Subtotal", "Shipping", "Taxes", "Total", "Discount Code",
      "Discount Amount", "Shipping Method", "Created at", "Lineitem quantity", "Lineitem name",
      "Lineitem price", "Lineitem compare at price", "Lineitem sku", "Lineitem requires shipping",
      "Lineitem taxable", "Lineitem fulfillment status",
    ] + addressColumns("Billing") + addressColumns("Shipping") + [
      "Notes", "Note Attributes", "Cancelled at", "Payment Method", "Payment Reference",
      "Refunded Amount", "Vendor", "Outstanding Balance", "Employee", "Location", "Device ID", "Id",
      "Tags", "Risk Level", "Source", "Lineitem discount", "Tax 1 Name", "Tax 1 Value",
      "Tax 2 Name", "Tax 2 Value", "Tax 3 Name", "Tax 3 Value", "Tax 4 Name", "Tax 4 Value",
      "Tax 5 Name", "Tax 5 Value", "Phone", "Receipt Number", "Duties", "Billing Province Name",
      "Shipping Province Name", "Payment ID", "Payment Terms Name", "Next Payment Due At",
      "Payment References",
    ]

  private static func addressColumns(_ kind: String) -> [String] {
    [
      "Name", "Street", "Address1", "Address2", "Company", "City", "Zip", "Province", "Country",
      "Phone",
    ]
    .map { "\(kind) \($0)" }
  }

  func write(ledger: inout SalesLedger, progress: (Int) -> Void) throws(SampleShopError) {
    var maker = ShopifyOrderMaker(frame: frame)
    let quarters = quarters
    var changing: [ShopifyOrder] = []
    for (position, months) in quarters.enumerated() {
      let end = cutoff(of: months)
      var sink = try FileSink(path: "\(folder)/orders_export_\(lastDay(of: months)).csv")
      sink.append(ShopifyFiles.columns.joined(separator: ","))
      try sink.endLine()
      let finalInstant = position + 1 < quarters.count ? cutoff(of: quarters[position + 1]) : end
      if position > 0 {
        let before = cutoff(of: quarters[position - 1])
        for order in changing where order.changes(after: before, upTo: end) {
          try write(order, by: maker.buyers.person(order.buyer), at: end, to: &sink)
        }
      }
      changing.removeAll(keepingCapacity: true)
      for day in months.flatMap(frame.days(of:)) {
        let orders = maker.orders(on: day)
        for order in orders {
          try write(order, by: maker.buyers.person(order.buyer), at: end, to: &sink)
          count(order, at: finalInstant, month: day.month, in: &ledger)
          if order.lastChange > end { changing.append(order) }
        }
        progress(orders.reduce(0) { $0 + $1.lines.count })
      }
      try sink.close()
    }
  }

  /// The sample's months, by calendar quarter.
  private var quarters: [[ShopMonth]] {
    var quarters: [[ShopMonth]] = []
    for month in frame.months {
      if let last = quarters.last?.last, last.index / 3 == month.index / 3 {
        quarters[quarters.count - 1].append(month)
      } else {
        quarters.append([month])
      }
    }
    return quarters
  }

  private func lastDay(of months: [ShopMonth]) -> ShopDay {
    months.reduce(frame.firstDay) { latest, month in
      max(latest, min(month.lastDay, frame.lastDay))
    }
  }

  private func cutoff(of months: [ShopMonth]) -> Int {
    lastDay(of: months).advanced(by: 1).beginInIndia - 1
  }

  private func count(
    _ order: ShopifyOrder,
    at instant: Int,
    month: ShopMonth,
    in ledger: inout SalesLedger
  ) {
    guard order.isSold(at: instant) else { return }
    for line in order.lines {
      ledger.add(channel: .shopify, month: month, paise: line.value, units: line.quantity)
    }
  }

  private func write(
    _ order: ShopifyOrder,
    by buyer: Buyers.Person,
    at instant: Int,
    to sink: inout FileSink
  ) throws(SampleShopError) {
    for (position, line) in order.lines.enumerated() {
      let isFirst = position == 0
      sink.append("#")
      sink.append(order.number)
      sink.append(",")
      sink.append(buyer.email)
      sink.append(",")
      if isFirst {
        writeHead(of: order, at: instant, to: &sink)
      } else {
        sink.append(",,,,,,,,,,,,,,")
      }
      writeItem(line, isFulfilled: order.isFulfilled(at: instant), to: &sink)
      if isFirst {
        writeAddress(of: buyer, to: &sink)
        writeAddress(of: buyer, to: &sink)
        writeMiddle(of: order, at: instant, to: &sink)
      } else {
        sink.append(",,,,,,,,,,,,,,,,,,,,,,,,,,")
      }
      sink.appendQuoted(Assortment.brand)
      writeTail(of: order, line: line, isFirst: isFirst, buyer: buyer, to: &sink)
      try sink.endLine()
    }
  }

  /// Writes Financial Status to Created at, with the comma after it.
  private func writeHead(of order: ShopifyOrder, at instant: Int, to sink: inout FileSink) {
    sink.append(order.financialStatus(at: instant))
    sink.append(",")
    if order.paidAt <= instant { append(order.paidAt, to: &sink) }
    sink.append(order.isFulfilled(at: instant) ? ",fulfilled," : ",unfulfilled,")
    if order.isFulfilled(at: instant) { append(order.fulfilledAt, to: &sink) }
    sink.append(order.buyer % 3 == 0 ? ",yes,INR," : ",no,INR,")
    sink.append(paise: order.subtotal)
    sink.append(",")
    sink.append(paise: order.shipping)
    sink.append(",")
    sink.append(paise: order.subtotal * 18 / 118)
    sink.append(",")
    sink.append(paise: order.subtotal + order.shipping)
    sink.append(",")
    sink.append(order.discountCode)
    sink.append(",")
    sink.append(paise: order.lines.reduce(0) { $0 + $1.discount })
    sink.append(order.shipping == 0 ? ",Free Shipping," : ",Standard,")
    append(order.createdAt, to: &sink)
    sink.append(",")
  }

  /// Writes Lineitem quantity to Lineitem fulfillment status, with the comma after it.
  private func writeItem(_ line: ShopifyOrder.Line, isFulfilled: Bool, to sink: inout FileSink) {
    let product = frame.assortment.products[line.product]
    sink.append(line.quantity)
    sink.append(",")
    sink.appendQuoted(product.title)
    sink.append(",")
    sink.append(paise: line.price)
    sink.append(",")
    sink.append(paise: product.mrp)
    sink.append(",")
    sink.append(product.sku)
    sink.append(isFulfilled ? ",true,true,fulfilled," : ",true,true,pending,")
  }

  /// Writes ten address fields, each with the comma after it.
  private func writeAddress(of buyer: Buyers.Person, to sink: inout FileSink) {
    let place = Place.all[buyer.place]
    sink.append(buyer.name)
    sink.append(",")
    sink.appendQuoted(buyer.street)
    sink.append(",")
    sink.appendQuoted(buyer.street)
    sink.append(",,,")
    sink.append(place.city)
    sink.append(",'")
    sink.append(buyer.pincode, width: 6)
    sink.append(",")
    sink.append(place.stateCode)
    sink.append(",IN,+91 ")
    sink.append(buyer.phone)
    sink.append(",")
  }

  /// Writes Notes to Refunded Amount, with the comma after it.
  private func writeMiddle(of order: ShopifyOrder, at instant: Int, to sink: inout FileSink) {
    sink.appendQuoted(order.note)
    sink.append(",,")
    if let cancelled = order.cancelledAt, cancelled <= instant { append(cancelled, to: &sink) }
    sink.append(order.payment == .prepaid ? ",Razorpay,c" : ",Cash on Delivery (COD),c")
    sink.append(order.number * 31)
    sink.append(".1,")
    sink.append(paise: refunded(of: order, at: instant))
    sink.append(",")
  }

  private func refunded(of order: ShopifyOrder, at instant: Int) -> Int {
    if order.isCancelled(at: instant) {
      return order.payment == .prepaid ? order.subtotal + order.shipping : 0
    }
    return switch order.refundKind(at: instant) {
    case .whole: order.subtotal + order.shipping
    case .partial: order.subtotal / 4
    case nil: 0
    }
  }

  /// Writes what follows Vendor, from the comma before Outstanding Balance.
  private func writeTail(
    of order: ShopifyOrder,
    line: ShopifyOrder.Line,
    isFirst: Bool,
    buyer: Buyers.Person,
    to sink: inout FileSink
  ) {
    if isFirst {
      sink.append(",0.00,,,,")
      sink.append(5_400_000_000_000 + order.number * 2_654_435)
      sink.append(order.discountCode.isEmpty ? ",,Low,web," : ",\"sale, campaign\",Low,web,")
    } else {
      sink.append(",,,,,,,,,")
    }
    sink.append(paise: line.discount)
    guard isFirst else { return sink.append(",,,,,,,,,,,,,,,,,,,") }
    sink.append(",IGST 18%,")
    sink.append(paise: order.subtotal * 18 / 118)
    sink.append(",,,,,,,,,+91 ")
    sink.append(buyer.phone)
    sink.append(",,,")
    sink.append(Place.all[buyer.place].state)
    sink.append(",")
    sink.append(Place.all[buyer.place].state)
    sink.append(",r")
    sink.append(order.number * 17)
    sink.append(",,,")
  }

  /// Appends `YYYY-MM-DD HH:MM:SS +0530`.
  private func append(_ instant: Int, to sink: inout FileSink) {
    let local = instant + ShopDay.indiaOffset
    let second = local % 86_400
    sink.append(ShopDay(number: local / 86_400).description)
    sink.append(" ")
    sink.append(second / 3600, width: 2)
    sink.append(":")
    sink.append(second / 60 % 60, width: 2)
    sink.append(":")
    sink.append(second % 60, width: 2)
    sink.append(" +0530")
  }
}
