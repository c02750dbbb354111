/// The finest place that a row names, and the stable key of it.
struct PlaceName: Sendable, Hashable {
  /// The country's code where it is known, else what the file says; empty for none.
  let country: String
  /// Parts in a common spelling; empty for none.
  let state: String
  let city: String
  let pincode: String

  /// The key of rows that name no place at all.
  static let unknownKey = "(unknown)"

  /// Puts the parts that a file writes into a common spelling.
  init(country: String, state: String, city: String, pincode: String) {
    self.country = PlaceName.countryCode(country)
    self.state = PlaceName.titled(state)
    self.city = PlaceName.titled(city)
    self.pincode = PlaceName.joinedDigits(pincode)
  }

  /// `IN|Maharashtra|Mumbai|400001`, parts that are not known empty.
  var key: String {
    if country.isEmpty, state.isEmpty, city.isEmpty, pincode.isEmpty {
      return PlaceName.unknownKey
    }
    return [country, state, city, pincode].joined(separator: "|")
  }

  private static func countryCode(_ text: String) -> String {
    let upper = text.uppercased()
    return upper == "INDIA" || upper == "IND" ? "IN" : upper
  }

  private static let smallWords: Set<String> = ["and", "of", "the"]

  /// One space between words, `&` as "and", a capital at each word's beginning.
  private static func titled(_ text: String) -> String {
    let clean = text.map { $0 == "|" ? " " : $0 }
    let words = clean.split { $0.isWhitespace }.enumerated().map { index, word -> String in
      let lower = String(word).lowercased()
      if lower == "&" { return "and" }
      if index > 0, smallWords.contains(lower) { return lower }
      return lower.prefix(1).uppercased() + lower.dropFirst()
    }
    return words.joined(separator: " ")
  }

  /// An Indian pincode is six digits, whatever blanks stand between them.
  private static func joinedDigits(_ text: String) -> String {
    let compact = text.filter { !$0.isWhitespace && $0 != "|" && $0 != "'" }
    return compact.utf8.allSatisfy { (0x30...0x39).contains($0) } ? compact : text
  }
}
