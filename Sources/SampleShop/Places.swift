/// A city that buys, with the first digits of its postal codes.
struct Place {
  var city: String
  var state: String
  var stateInCapitals: String
  /// Shopify's letters for the state.
  var stateCode: String
  /// The first three digits of the city's postal codes.
  var pincodePrefix: Int
  /// How much it buys, against the other cities.
  var weight: Int
  /// Another spelling that marketplaces deliver.
  var otherSpelling: String

  init(
    _ city: String,
    _ state: String,
    _ stateCode: String,
    _ pincodePrefix: Int,
    _ weight: Int,
    also otherSpelling: String
  ) {
    self.city = city
    self.state = state
    stateInCapitals = state.uppercased()
    self.stateCode = stateCode
    self.pincodePrefix = pincodePrefix
    self.weight = weight
    self.otherSpelling = otherSpelling
  }

  static let all = [
    Place("Mumbai", "Maharashtra", "MH", 400, 160, also: "MUMBAI"),
    Place("Bengaluru", "Karnataka", "KA", 560, 155, also: "BANGALORE"),
    Place("New Delhi", "Delhi", "DL", 110, 150, also: "NEW DELHI"),
    Place("Hyderabad", "Telangana", "TS", 500, 105, also: "HYDERABAD"),
    Place("Chennai", "Tamil Nadu", "TN", 600, 90, also: "CHENNAI"),
    Place("Pune", "Maharashtra", "MH", 411, 85, also: "Pune City"),
    Place("Kolkata", "West Bengal", "WB", 700, 75, also: "CALCUTTA"),
    Place("Gurugram", "Haryana", "HR", 122, 70, also: "GURGAON"),
    Place("Noida", "Uttar Pradesh", "UP", 201, 60, also: "NOIDA"),
    Place("Ahmedabad", "Gujarat", "GJ", 380, 58, also: "AHMEDABAD"),
    Place("Jaipur", "Rajasthan", "RJ", 302, 40, also: "JAIPUR"),
    Place("Lucknow", "Uttar Pradesh", "UP", 226, 38, also: "LUCKNOW"),
    Place("Kochi", "Kerala", "KL", 682, 34, also: "Cochin"),
    Place("Chandigarh", "Chandigarh", "CH", 160, 30, also: "CHANDIGARH"),
    Place("Indore", "Madhya Pradesh", "MP", 452, 28, also: "INDORE"),
    Place("Nagpur", "Maharashtra", "MH", 440, 24, also: "NAGPUR"),
    Place("Coimbatore", "Tamil Nadu", "TN", 641, 24, also: "COIMBATORE"),
    Place("Bhubaneswar", "Odisha", "OR", 751, 20, also: "BHUBANESHWAR"),
    Place("Guwahati", "Assam", "AS", 781, 18, also: "GUWAHATI"),
    Place("Patna", "Bihar", "BR", 800, 18, also: "PATNA"),
  ]

  /// Running totals of the weights of `all`.
  static let cumulativeWeights: [Int] = {
    var total = 0
    return all.map { place in
      total += place.weight
      return total
    }
  }()
}
