/// A set of Unicode scalars, as a class of a pattern names it.
struct ScalarSet: Sendable {
  /// Some scalars, or all others.
  struct Part: Sendable {
    enum Content: Sendable {
      case ranges([ClosedRange<UInt32>])
      /// General categories by their names of two letters.
      case categories(Set<String>)
    }
    var content: Content
    var isNegated = false
  }

  var parts: [Part] = []
  var isNegated = false
  /// Whether a scalar belongs to it where its other case does.
  var isFolded = false

  /// The ASCII letters and digits, and `_`.
  static let word: [ClosedRange<UInt32>] = [48...57, 65...90, 95...95, 97...122]
  static let digits: [ClosedRange<UInt32>] = [48...57]
  static let spaces: [ClosedRange<UInt32>] = [9...10, 12...13, 32...32]

  /// The named classes, all of them ASCII.
  static let named: [String: [ClosedRange<UInt32>]] = [
    "alnum": [48...57, 65...90, 97...122], "alpha": [65...90, 97...122], "ascii": [0...127],
    "blank": [9...9, 32...32], "cntrl": [0...31, 127...127], "digit": digits,
    "graph": [33...126], "lower": [97...122], "print": [32...126],
    "punct": [33...47, 58...64, 91...96, 123...126], "space": [9...13, 32...32],
    "upper": [65...90], "word": word, "xdigit": [48...57, 65...70, 97...102],
  ]

  /// Tells whether a scalar belongs to the set.
  func contains(_ value: UInt32) -> Bool {
    var forms = [value]
    if isFolded, let scalar = Unicode.Scalar(value) {
      let lower = TextMatcher.simple(scalar, \.lowercaseMapping)
      let upper = TextMatcher.simple(scalar, \.uppercaseMapping)
      let upperAgain = TextMatcher.simple(lower, \.uppercaseMapping)
      forms += [lower.value, upper.value, TextMatcher.folded(scalar).value, upperAgain.value]
    }
    let isInside = parts.contains { part in
      forms.contains { part.content.holds($0) } != part.isNegated
    }
    return isInside != isNegated
  }
}

extension ScalarSet.Part.Content {
  fileprivate func holds(_ value: UInt32) -> Bool {
    switch self {
    case .ranges(let ranges): return ranges.contains { $0.contains(value) }
    case .categories(let names):
      return Unicode.Scalar(value).map { names.contains($0.properties.generalCategory.code) }
        ?? false
    }
  }
}

extension Unicode.GeneralCategory {
  /// The category's name of two letters, such as `Lu`.
  var code: String {
    switch self {
    case .uppercaseLetter: "Lu"
    case .lowercaseLetter: "Ll"
    case .titlecaseLetter: "Lt"
    case .modifierLetter: "Lm"
    case .otherLetter: "Lo"
    case .nonspacingMark: "Mn"
    case .spacingMark: "Mc"
    case .enclosingMark: "Me"
    case .decimalNumber: "Nd"
    case .letterNumber: "Nl"
    case .otherNumber: "No"
    case .connectorPunctuation: "Pc"
    case .dashPunctuation: "Pd"
    case .openPunctuation: "Ps"
    case .closePunctuation: "Pe"
    case .initialPunctuation: "Pi"
    case .finalPunctuation: "Pf"
    case .otherPunctuation: "Po"
    case .mathSymbol: "Sm"
    case .currencySymbol: "Sc"
    case .modifierSymbol: "Sk"
    case .otherSymbol: "So"
    case .spaceSeparator: "Zs"
    case .lineSeparator: "Zl"
    case .paragraphSeparator: "Zp"
    case .control: "Cc"
    case .format: "Cf"
    case .surrogate: "Cs"
    case .privateUse: "Co"
    case .unassigned: "Cn"
    @unknown default: "Cn"
    }
  }

  /// All codes that a name of one or two letters stands for; none where there is no such category.
  static func codes(named name: String) -> Set<String> {
    let all: Set<String> = [
      "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Pc", "Pd", "Ps", "Pe",
      "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co",
    ]
    return all.filter { $0 == name || (name.unicodeScalars.count == 1 && $0.hasPrefix(name)) }
  }
}
