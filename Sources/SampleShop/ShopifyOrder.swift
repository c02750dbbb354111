/// One order in the brand's own shop with everything that happens to it; instants in seconds since 1970 UTC.
struct ShopifyOrder {
  struct Line {
    var product: Int
    var quantity: Int
    /// For one piece, tax included, paise.
    var price: Int
    /// For the whole line, paise.
    var discount: Int

    /// The selling value: what `gross_value` must become.
    var value: Int { price * quantity - discount }
  }

  enum Payment {
    case prepaid
    case onDelivery
  }

  enum Refund {
    case whole
    case partial
  }

  /// Counts from 1001.
  var number: Int
  var buyer: Int
  var createdAt: Int
  var payment: Payment
  var paidAt: Int
  var fulfilledAt: Int
  var cancelledAt: Int?
  var refund: (at: Int, kind: Refund)?
  /// Empty where none was used.
  var discountCode: String
  var note: String
  var lines: [Line]

  /// After discounts, without shipping.
  var subtotal: Int { lines.reduce(0) { $0 + $1.value } }

  /// Free from 499 rupees.
  var shipping: Int { subtotal >= 49_900 ? 0 : 4_900 }

  var lastChange: Int {
    if let cancelledAt { return cancelledAt }
    return max(paidAt, fulfilledAt, refund?.at ?? 0)
  }

  /// Whether anything happened after `earlier` and up to `later`.
  func changes(after earlier: Int, upTo later: Int) -> Bool {
    let instants = cancelledAt.map { [$0] } ?? [paidAt, fulfilledAt, refund?.at ?? 0]
    return instants.contains { instant in instant > earlier && instant <= later }
  }

  func isCancelled(at instant: Int) -> Bool {
    cancelledAt.map { cancelled in cancelled <= instant } ?? false
  }

  func isFulfilled(at instant: Int) -> Bool {
    !isCancelled(at: instant) && fulfilledAt <= instant
  }

  /// The refund that has been made by an instant.
  func refundKind(at instant: Int) -> Refund? {
    guard let refund, refund.at <= instant else { return nil }
    return refund.kind
  }

  /// Whether the order's lines still count as sold.
  func isSold(at instant: Int) -> Bool {
    switch refundKind(at: instant) {
    case .whole: false
    case .partial, nil: !isCancelled(at: instant)
    }
  }

  /// The word of the export's `Financial Status`.
  func financialStatus(at instant: Int) -> String {
    switch (isCancelled(at: instant), payment) {
    case (true, .prepaid): return "refunded"
    case (true, .onDelivery): return "voided"
    case (false, _): break
    }
    switch refundKind(at: instant) {
    case .whole: return "refunded"
    case .partial: return "partially_refunded"
    case nil: return paidAt <= instant ? "paid" : "pending"
    }
  }
}

/// Makes the orders of one day after the other; the days must come in order, since people come back.
struct ShopifyOrderMaker {
  let frame: SampleFrame
  private(set) var buyers: Buyers
  private var nextNumber = 1001

  init(frame: SampleFrame) {
    self.frame = frame
    buyers = Buyers(seed: frame.seed)
  }

  mutating func orders(on day: ShopDay) -> [ShopifyOrder] {
    var random = ShopRandom(seed: frame.seed, stream: SampleChannel.shopify.stream, day: day.number)
    buyers.beginDay()
    var rowsLeft = frame.rows(of: .shopify, on: day)
    var orders: [ShopifyOrder] = []
    while rowsLeft > 0 {
      let order = order(on: day, atMost: rowsLeft, using: &random)
      rowsLeft -= order.lines.count
      orders.append(order)
    }
    return orders
  }

  private mutating func order(
    on day: ShopDay,
    atMost limit: Int,
    using random: inout ShopRandom
  ) -> ShopifyOrder {
    let hour = 3600
    let createdAt = day.beginInIndia + random.number(below: 24 * hour)
    let percent = random.happens(300) ? random.element(of: [10, 15, 20]) : 0
    let payment: ShopifyOrder.Payment = random.happens(680) ? .prepaid : .onDelivery
    let fulfilledAt = createdAt + random.number(in: 10...70) * hour
    defer { nextNumber += 1 }
    var order = ShopifyOrder(
      number: nextNumber,
      buyer: buyers.next(dayCount: frame.lastDay.number - frame.firstDay.number, using: &random),
      createdAt: createdAt,
      payment: payment,
      paidAt: payment == .prepaid ? createdAt : fulfilledAt + random.number(in: 30...140) * hour,
      fulfilledAt: fulfilledAt,
      cancelledAt: random.happens(35) ? createdAt + random.number(in: 1...9) * hour : nil,
      refund: nil,
      discountCode: percent == 0 ? "" : "TULSI\(percent)",
      note: ShopifyOrderMaker.note(using: &random),
      lines: lines(atMost: limit, on: day, percent: percent, using: &random)
    )
    if order.cancelledAt == nil, random.happens(50) {
      order.refund = (
        at: max(order.paidAt, fulfilledAt) + random.number(in: 2...18) * 24 * hour,
        kind: random.happens(700) ? .whole : .partial
      )
    }
    return order
  }

  private func lines(
    atMost limit: Int,
    on day: ShopDay,
    percent: Int,
    using random: inout ShopRandom
  ) -> [ShopifyOrder.Line] {
    let sale = frame.productsOnSale(on: day)
    let wanted = random.happens(560) ? 1 : random.number(in: 2...5)
    return (0..<min(wanted, limit)).map { _ in
      let product = frame.product(on: sale, using: &random)
      let price = frame.assortment.products[product].price
      let quantity = random.happens(860) ? 1 : random.number(in: 2...3)
      return ShopifyOrder.Line(
        product: product,
        quantity: quantity,
        price: price,
        discount: price * quantity * percent / 100
      )
    }
  }

  private static func note(using random: inout ShopRandom) -> String {
    guard random.happens(60) else { return "" }
    return random.element(of: [
      "Please call before delivery",
      "Leave with the guard,\nTower B",
      "Gift for \"Amma\"\nNo invoice in the box, please",
      "Deliver after 6 pm;\r\ncard says \"Happy Diwali\", thanks",
    ])
  }
}
