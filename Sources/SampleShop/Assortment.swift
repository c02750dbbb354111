/// One article that the made-up brand sells.
struct Product {
  var sku: String
  var title: String
  var category: String
  var subcategory: String
  var packSize: String
  var unitOfMeasure: String
  /// Paise.
  var mrp: Int
  /// The usual selling price, paise.
  var price: Int
  var asin: String
  var ean: String
  /// Zepto's own number of the article, in the form of a UUID.
  var zeptoNumber: String
}

/// What the brand sells, the oldest articles first; later ones are launched while the sample runs.
struct Assortment {
  static let brand = "Tamarind & Tulsi"
  static let manufacturer = "Tamarind Tulsi Naturals Private Limited"

  let products: [Product]
  /// Running totals of the products' popularity; a prefix of it belongs to the products on sale.
  let popularity: [Int]
  /// The day of the sample, counted from its first, on which the product went on sale; ascending.
  let launches: [Int]

  /// Makes the articles for a sample of so many rows: 48 for small ones, 192 for large ones.
  init(rows: Int, dayCount: Int) {
    let count = min(Assortment.lines.count * Assortment.packs.count, max(48, 48 + rows / 8000))
    var products: [Product] = []
    var popularity: [Int] = []
    var launches: [Int] = []
    var total = 0
    let fromTheStart = count * 3 / 5
    for position in 0..<count {
      products.append(Assortment.product(at: position))
      total += 100_000 / ((position * 29) % count + 6)
      popularity.append(total)
      let late = max(0, position - fromTheStart + 1)
      launches.append(late * dayCount * 4 / 5 / (count - fromTheStart))
    }
    self.products = products
    self.popularity = popularity
    self.launches = launches
  }

  /// How many products are on sale on a day of the sample; they are the first ones.
  func onSale(on day: Int) -> Int {
    var count = launches.count
    while count > 1, launches[count - 1] > day { count -= 1 }
    return count
  }

  private static func product(at position: Int) -> Product {
    let line = lines[position % lines.count]
    let pack = packs[position / lines.count % packs.count]
    let rupees = line.rupees * pack.percent / 100 / 10 * 10 + 9
    let size = "\(line.size * pack.percent / 100) \(line.unit)"
    var numbers = ShopRandom(seed: 0x5EED, stream: 77, day: position)
    let ean = "890\(numbers.number(in: 1_000_000_000...9_999_999_999))"
    return Product(
      sku: "TT-\(line.code)-\(pack.code)",
      title: "\(brand) \(line.name), \(size)\(pack.suffix)",
      category: line.category,
      subcategory: line.subcategory,
      packSize: "\(line.size * pack.percent / 100)",
      unitOfMeasure: line.unit,
      mrp: rupees * 100,
      price: rupees * (78 + numbers.number(below: 15)),
      asin: "B0" + base36(numbers.next(), digits: 8),
      ean: ean,
      zeptoNumber: uuid(numbers.next(), numbers.next())
    )
  }

  private static func base36(_ number: UInt64, digits: Int) -> String {
    let alphabet = Array("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ")
    var rest = number
    var text = ""
    for _ in 0..<digits {
      text.append(alphabet[Int(rest % UInt64(alphabet.count))])
      rest /= UInt64(alphabet.count)
    }
    return text
  }

  private static func uuid(_ high: UInt64, _ low: UInt64) -> String {
    let alphabet = Array("0123456789abcdef")
    var text = ""
    for (part, start) in [(high, 0), (low, 16)] {
      for digit in 0..<16 {
        if [8, 12, 16, 20].contains(start + digit) { text += "-" }
        text.append(alphabet[Int(part >> UInt64(digit * 4) & 15)])
      }
    }
    return text
  }

  private struct Pack {
    var code: String
    var percent: Int
    var suffix: String
  }

  private static let packs = [
    Pack(code: "S", percent: 100, suffix: ""),
    Pack(code: "M", percent: 200, suffix: ""),
    Pack(code: "T", percent: 50, suffix: " (Trial)"),
    Pack(code: "L", percent: 400, suffix: " \u{2013} Value Pack"),
    Pack(code: "G", percent: 150, suffix: " Gift Box"),
    Pack(code: "R", percent: 300, suffix: " Refill"),
    Pack(code: "D", percent: 250, suffix: " \"Diwali\" Edition"),
    Pack(code: "X", percent: 500, suffix: " Family Pack"),
  ]

  private struct Line {
    var code: String
    var name: String
    var category: String
    var subcategory: String
    var size: Int
    var unit: String
    var rupees: Int

    init(
      _ code: String,
      _ name: String,
      _ category: String,
      _ subcategory: String,
      _ pack: (size: Int, unit: String, rupees: Int)
    ) {
      self.code = code
      self.name = name
      self.category = category
      self.subcategory = subcategory
      size = pack.size
      unit = pack.unit
      rupees = pack.rupees
    }
  }

  private static let lines = [
    Line("BHRO", "Bhringraj Hair Oil", "Hair Care", "Hair Oil", (100, "ml", 349)),
    Line("ONSH", "Onion Shampoo", "Hair Care", "Shampoo", (200, "ml", 399)),
    Line("HICO", "Hibiscus Conditioner", "Hair Care", "Conditioner", (200, "ml", 429)),
    Line("ROHS", "Rosemary Hair Serum", "Hair Care", "Serum", (30, "ml", 549)),
    Line("HEND", "Natural Henna Powder", "Hair Care", "Hair Colour", (150, "g", 199)),
    Line("UBTN", "Ubtan Face Wash", "Skin Care", "Face Wash", (100, "ml", 279)),
    Line("VITC", "Vitamin C Serum", "Skin Care", "Serum", (30, "ml", 599)),
    Line("ALOE", "Aloe Vera Gel", "Skin Care", "Gel", (150, "ml", 225)),
    Line("SUNS", "SPF 50 Sunscreen", "Skin Care", "Sunscreen", (50, "g", 449)),
    Line("CREM", "Cr\u{E8}me Body Butter", "Skin Care", "Body Butter", (100, "g", 385)),
    Line("ROSE", "Ros\u{E9} Lip Balm", "Skin Care", "Lip Care", (10, "g", 175)),
    Line("KUMK", "Kumkumadi Face Oil", "Skin Care", "Face Oil", (12, "ml", 699)),
    Line("NEEM", "Neem & Tulsi Soap", "Bath & Body", "Soap", (75, "g", 99)),
    Line("SAND", "Sandalwood Body Wash", "Bath & Body", "Body Wash", (250, "ml", 329)),
    Line("COFF", "Coffee Body Scrub", "Bath & Body", "Scrub", (100, "g", 345)),
    Line("LOTN", "Cocoa Body Lotion", "Bath & Body", "Lotion", (200, "ml", 299)),
    Line("TULT", "Tulsi Green Tea", "Tea & Coffee", "Green Tea", (100, "g", 245)),
    Line("MASC", "Masala Chai", "Tea & Coffee", "Black Tea", (250, "g", 285)),
    Line("KASH", "Kashmiri Kahwa", "Tea & Coffee", "Green Tea", (50, "g", 399)),
    Line("FILT", "Filter Coffee", "Tea & Coffee", "Coffee", (200, "g", 325)),
    Line("TURM", "Lakadong Turmeric", "Pantry", "Spices", (100, "g", 189)),
    Line("HONE", "Forest Honey", "Pantry", "Honey", (250, "g", 375)),
    Line("MAKH", "Peri Peri Makhana", "Pantry", "Snacks", (80, "g", 149)),
    Line("GHEE", "A2 Cow Ghee", "Pantry", "Ghee", (500, "ml", 949)),
  ]
}
