/// One order on Amazon with everything that happens to it.
struct AmazonOrder {
  /// The words of the report's `order-status`, in the meaning that the writer gives them.
  enum Status: String {
    case pending = "Pending"
    case shipped = "Shipped"
    case delivered = "Shipped - Delivered to Buyer"
    case cancelled = "Cancelled"
    case returned = "Shipped - Returned to Seller"
    case rejected = "Shipped - Rejected by Buyer"

    /// Whether the order's lines still count as sold.
    var isSold: Bool {
      switch self {
      case .pending, .shipped, .delivered: true
      case .cancelled, .returned, .rejected: false
      }
    }

    /// Whether the report carries money for such an order.
    var hasMoney: Bool {
      switch self {
      case .shipped, .delivered, .returned, .rejected: true
      case .pending, .cancelled: false
      }
    }
  }

  struct Line {
    var product: Int
    var quantity: Int
    /// For all pieces, tax included, paise.
    var price: Int
    /// Paise; at most `price`.
    var discount: Int

    /// The selling value: what `gross_value` must become.
    var value: Int { price - discount }
  }

  struct Change {
    /// Seconds since 1970 UTC.
    var at: Int
    var status: Status
  }

  var id: String
  /// Seconds since 1970 UTC.
  var placedAt: Int
  var isFulfilledByAmazon: Bool
  var isBusiness: Bool
  var place: Int
  var pincode: Int
  var shipping: Int
  var lines: [Line]
  /// Ascending; the first one is the order itself, pending.
  var history: [Change]

  /// The newest change up to an instant that is not before the order.
  func state(at instant: Int) -> Change {
    history.last { change in change.at <= instant } ?? history[0]
  }
}

/// Makes the orders of one day; the same day always gives the same orders.
struct AmazonOrderMaker {
  let frame: SampleFrame

  func orders(on day: ShopDay) -> [AmazonOrder] {
    var random = ShopRandom(seed: frame.seed, stream: SampleChannel.amazon.stream, day: day.number)
    let sale = frame.productsOnSale(on: day)
    var rowsLeft = frame.rows(of: .amazon, on: day)
    var orders: [AmazonOrder] = []
    while rowsLeft > 0 {
      let lines = lines(atMost: rowsLeft, onSale: sale, using: &random)
      rowsLeft -= lines.count
      let number = frame.position(of: day) * 1_000_000 + orders.count
      orders.append(order(number: number, on: day, lines: lines, using: &random))
    }
    return orders
  }

  private func lines(
    atMost limit: Int,
    onSale sale: Int,
    using random: inout ShopRandom
  ) -> [AmazonOrder.Line] {
    let wanted = random.happens(720) ? 1 : random.number(in: 2...4)
    var lines: [AmazonOrder.Line] = []
    for _ in 0..<min(wanted, limit) {
      var line = AmazonOrder.Line(
        product: frame.product(on: sale, using: &random),
        quantity: quantity(using: &random),
        price: 0,
        discount: 0
      )
      if let last = lines.last, random.happens(60) {
        // The report has no line number, so two lines of one article are told apart by position only.
        line = last
        if !random.happens(150) { line.quantity += 1 }
      }
      let unit = frame.assortment.products[line.product].price
      line.price = unit * line.quantity
      line.discount = random.happens(180) ? line.price * random.number(in: 3...20) / 100 : 0
      if let last = lines.last, last.product == line.product, last.quantity == line.quantity {
        line = last
      }
      lines.append(line)
    }
    return lines
  }

  private func quantity(using random: inout ShopRandom) -> Int {
    random.happens(830) ? 1 : random.number(in: 2...4)
  }

  private func order(
    number: Int,
    on day: ShopDay,
    lines: [AmazonOrder.Line],
    using random: inout ShopRandom
  ) -> AmazonOrder {
    let place = random.position(in: Place.cumulativeWeights[...])
    // People buy in the evening; 00:00 to 05:30 in India is still the day before in UTC.
    let hour = random.happens(700) ? random.number(in: 9...23) : random.number(in: 0...23)
    let placedAt =
      day.beginInIndia + hour * 3600 + random.number(below: 60) * 60 + random.number(below: 60)
    let byAmazon = random.happens(680)
    return AmazonOrder(
      id: AmazonOrderMaker.orderID(number),
      placedAt: placedAt,
      isFulfilledByAmazon: byAmazon,
      isBusiness: random.happens(35),
      place: place,
      pincode: Place.all[place].pincodePrefix * 1000 + random.number(in: 1...99),
      shipping: random.happens(250) ? 4000 : 0,
      lines: lines,
      history: AmazonOrderMaker.history(from: placedAt, byAmazon: byAmazon, using: &random)
    )
  }

  /// Fates: most orders arrive; some are cancelled, rejected at the door, or sent back later.
  private static func history(
    from placedAt: Int,
    byAmazon: Bool,
    using random: inout ShopRandom
  ) -> [AmazonOrder.Change] {
    let hour = 3600
    let day = 86_400
    var history = [AmazonOrder.Change(at: placedAt, status: .pending)]
    let fate = random.number(below: 1000)
    if fate < 45 {
      history.append(.init(at: placedAt + random.number(in: 1...40) * hour, status: .cancelled))
      return history
    }
    let shippedAt = placedAt + random.number(in: 2...38) * hour + random.number(below: hour)
    history.append(.init(at: shippedAt, status: .shipped))
    if fate < 70 {
      history.append(.init(at: shippedAt + random.number(in: 4...10) * day, status: .rejected))
      return history
    }
    let deliveredAt = shippedAt + random.number(in: 1...6) * day
    if !byAmazon {
      history.append(.init(at: deliveredAt, status: .delivered))
    }
    if fate < 125 {
      history.append(.init(at: deliveredAt + random.number(in: 3...18) * day, status: .returned))
    }
    return history
  }

  /// Turns a running number into the form `NNN-NNNNNNN-NNNNNNN`; different numbers give different ids.
  private static func orderID(_ number: Int) -> String {
    // A factor without a common divisor with 10 permutes the numbers below 10^14.
    let mixed = (UInt64(number) &* 9_000_000_007 &+ 31_415_926_535_897) % 100_000_000_000_000
    func padded(_ part: UInt64) -> String {
      let digits = String(part)
      return String(repeating: "0", count: 7 - digits.utf8.count) + digits
    }
    return "40\(number % 8)-\(padded(mixed / 10_000_000))-\(padded(mixed % 10_000_000))"
  }
}
