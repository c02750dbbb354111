/// The people who buy in the brand's own shop, numbered in the order in which they came.
///
/// Nothing is kept per person: name, address and habits follow from the number. How many people
/// came on each day is kept, so that somebody who came some days ago can be found again.
struct Buyers {
  struct Person {
    var firstName: String
    var lastName: String
    var email: String
    /// Ten digits, made up.
    var phone: String
    var place: Int
    var pincode: Int
    var street: String

    var name: String { firstName + " " + lastName }
  }

  private let seed: UInt64
  /// How many people had come by the end of each day of the sample so far.
  private var countByDay: [Int] = []
  private var count = 0

  init(seed: UInt64) {
    self.seed = seed
  }

  /// Starts the next day; `number(on:)` calls until the next start belong to it.
  mutating func beginDay() {
    countByDay.append(count)
  }

  /// Draws who buys: somebody new, or somebody who came before; most come back within ten weeks,
  /// and every twelfth person is a regular.
  mutating func next(dayCount: Int, using random: inout ShopRandom) -> Int {
    let today = countByDay.count - 1
    let remaining = max(0, 1000 - today * 1000 / max(1, dayCount))
    let newPermille = 400 + 500 * remaining / 1000 * remaining / 1000
    guard count > 0, !random.happens(newPermille) else {
      count += 1
      countByDay[today] = count
      return count - 1
    }
    let age: Int
    switch random.number(below: 100) {
    case 0..<52: age = random.number(in: 8...75)
    case 52..<82: age = random.number(in: 76...210)
    default: age = random.number(in: 211...900)
    }
    let found = someone(from: today - age, using: &random)
    return random.happens(300) ? found - found % 12 : found
  }

  private func someone(from day: Int, using random: inout ShopRandom) -> Int {
    guard day >= 0 else { return random.number(below: count) }
    let before = day == 0 ? 0 : countByDay[day - 1]
    let came = countByDay[day] - before
    return came > 0 ? before + random.number(below: came) : random.number(below: count)
  }

  func person(_ number: Int) -> Person {
    var random = ShopRandom(seed: seed, stream: 90, day: number)
    let first = random.element(of: Buyers.firstNames)
    let last = random.element(of: Buyers.lastNames)
    let place = random.position(in: Place.cumulativeWeights[...])
    return Person(
      firstName: first,
      lastName: last,
      email: "\(first).\(last)\(number)@example.com".lowercased(),
      phone: "9\(random.number(in: 100_000_000...999_999_999))",
      place: place,
      pincode: Place.all[place].pincodePrefix * 1000 + random.number(in: 1...99),
      street: "\(random.number(in: 1...240)), \(random.element(of: Buyers.streets))"
    )
  }

  private static let firstNames = [
    "Aarav", "Aditi", "Ananya", "Arjun", "Bhavna", "Chitra", "Deepak", "Divya", "Farah", "Gaurav",
    "Harini", "Ishaan", "Jaya", "Kabir", "Kavya", "Lakshmi", "Manish", "Meera", "Nikhil", "Nisha",
    "Omkar", "Pooja", "Priya", "Rahul", "Ravi", "Ritu", "Rohan", "Sanjana", "Shreya", "Simran",
    "Sneha", "Suresh", "Tanvi", "Uma", "Varun", "Vidya", "Vikram", "Yash", "Zara", "Zubin",
  ]
  private static let lastNames = [
    "Agarwal", "Banerjee", "Bhat", "Chauhan", "Das", "Deshmukh", "Dsouza", "Fernandes", "Ghosh",
    "Gill", "Gupta", "Hegde", "Iyer", "Jain", "Joshi", "Kapoor", "Khan", "Kulkarni", "Kumar",
    "Mehta", "Menon", "Mishra", "Nair", "Patel", "Patil", "Pillai", "Rao", "Reddy", "Sharma",
    "Shetty", "Singh", "Sinha", "Thomas", "Trivedi", "Varma", "Yadav",
  ]
  private static let streets = [
    "MG Road", "Park Street", "2nd Cross, Indiranagar", "Lake View Apartments", "Sector 14",
    "Gandhi Nagar", "Hill Road", "Green Park Extension", "Temple Street", "Jubilee Enclave",
  ]
}
