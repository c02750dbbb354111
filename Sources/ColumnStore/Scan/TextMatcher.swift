/// A test of a text against a constant, prepared once a query.
struct TextMatcher: Sendable {
  private enum Test: Sendable {
    case compares(ComparisonOperator, [UInt8])
    case isOneOf(Set<[UInt8]>)
    case contains([UInt32])
    case startsWith([UInt32])
    case endsWith([UInt32])
    case fits([PatternStep])
    case matches
  }

  /// One step of a pattern.
  private enum PatternStep: Sendable, Equatable {
    case scalar(UInt32)
    case anyScalar
    case anyRun
  }

  private let test: Test
  /// The pattern of `matches`, with what it needs while it runs.
  private var search: PatternSearch?

  /// Prepares a text test.
  init(_ test: TextTest) {
    self.test =
      switch test {
      case .contains(let text): .contains(TextMatcher.folded(text))
      case .startsWith(let text): .startsWith(TextMatcher.folded(text))
      case .endsWith(let text): .endsWith(TextMatcher.folded(text))
      case .like(let pattern):
        .fits(
          pattern.unicodeScalars.map { scalar in
            scalar == "%" ? .anyRun : scalar == "_" ? .anyScalar : .scalar(scalar.value)
          }
        )
      case .matches: .matches
      }
    if case .matches(let pattern) = test { search = PatternSearch(pattern) }
  }

  /// Prepares a comparison by UTF-8 bytes.
  init(_ relation: ComparisonOperator, _ text: String) {
    test = .compares(relation, Array(text.utf8))
  }

  /// Prepares a membership test by UTF-8 bytes.
  init(oneOf texts: [String]) {
    test = .isOneOf(Set(texts.map { Array($0.utf8) }))
  }

  /// Tells whether a text passes.
  mutating func matches(_ text: String) -> Bool {
    switch test {
    case .compares(let relation, let bytes):
      TextMatcher.compare(text.utf8, relation, bytes)
    case .isOneOf(let set): set.contains(Array(text.utf8))
    case .contains(let part): TextMatcher.contains(TextMatcher.folded(text), part)
    case .startsWith(let part): TextMatcher.folded(text).starts(with: part)
    case .endsWith(let part): TextMatcher.folded(text).reversed().starts(with: part.reversed())
    case .fits(let pattern): TextMatcher.fits(text.unicodeScalars.map(\.value), pattern)
    case .matches: search?.isFound(in: text) ?? false
    }
  }

  private static func compare(
    _ text: String.UTF8View,
    _ relation: ComparisonOperator,
    _ bytes: [UInt8]
  ) -> Bool {
    switch relation {
    case .equal: text.elementsEqual(bytes)
    case .notEqual: !text.elementsEqual(bytes)
    case .less: text.lexicographicallyPrecedes(bytes)
    case .lessOrEqual: !bytes.lexicographicallyPrecedes(text)
    case .greater: bytes.lexicographicallyPrecedes(text)
    case .greaterOrEqual: !text.lexicographicallyPrecedes(bytes)
    }
  }

  private static func folded(_ text: String) -> [UInt32] {
    text.unicodeScalars.map { folded($0).value }
  }

  /// Returns a scalar with case folded simply: one scalar for one scalar, so that capital and small
  /// letters meet, and the two small sigmas do too.
  static func folded(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    if scalar.isASCII {
      guard scalar.value &- 65 < 26 else { return scalar }
      return Unicode.Scalar(UInt8(scalar.value) + 32)
    }
    return simple(simple(scalar, \.uppercaseMapping), \.lowercaseMapping)
  }

  static func simple(
    _ scalar: Unicode.Scalar,
    _ mapping: (Unicode.Scalar.Properties) -> String
  ) -> Unicode.Scalar {
    let mapped = mapping(scalar.properties).unicodeScalars
    guard let first = mapped.first, mapped.count == 1 else { return scalar }
    return first
  }

  private static func contains(_ text: [UInt32], _ part: [UInt32]) -> Bool {
    guard let first = part.first else { return true }
    guard text.count >= part.count else { return false }
    for start in 0...(text.count - part.count) where text[start] == first {
      if text[start..<(start + part.count)].elementsEqual(part) { return true }
    }
    return false
  }

  /// Greedy matching that returns to the last run only, so time is at most text times pattern.
  private static func fits(_ text: [UInt32], _ pattern: [PatternStep]) -> Bool {
    var place = 0
    var step = 0
    var retry: (place: Int, step: Int)?
    while place < text.count {
      if step < pattern.count && pattern[step] == .anyRun {
        retry = (place, step + 1)
        step += 1
      } else if step < pattern.count
        && (pattern[step] == .anyScalar || pattern[step] == .scalar(text[place]))
      {
        place += 1
        step += 1
      } else if let last = retry {
        retry = (last.place + 1, last.step)
        place = last.place + 1
        step = last.step
      } else {
        return false
      }
    }
    return pattern[step...].allSatisfy { $0 == .anyRun }
  }
}

extension TextFunction {
  /// Applies the function to a text.
  func apply(to text: String) -> String {
    switch self {
    case .lowercase: return text.lowercased()
    case .uppercase: return text.uppercased()
    case .trimmed:
      let scalars = text.unicodeScalars
      guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
        let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
      else { return "" }
      return String(scalars[first...last])
    }
  }
}
