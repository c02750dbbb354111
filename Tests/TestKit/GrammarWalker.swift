/// Makes texts from a grammar by walking its productions.
///
/// The grammar is written as on the page of the language: `::=` defines, `|` chooses, `? * +`
/// repeat, quoted words stand for themselves, names in capitals are tokens with a list of examples.
public struct GrammarWalker: Sendable {
  indirect enum Rule: Sendable {
    case sequence([Rule])
    case choice([Rule])
    case optional(Rule)
    /// Any number of times, at least once when the flag is set.
    case repeated(Rule, atLeastOnce: Bool)
    case word(String)
    case token(String)
    case production(String)
  }

  /// A grammar that cannot be read, or names what it does not define.
  public struct Malformed: Error, CustomStringConvertible {
    /// What is wrong.
    public let description: String
  }

  private let rules: [String: Rule]
  private let tokens: [String: [String]]
  private let heights: [String: Int]
  /// Productions of which a repetition takes each alternative once at most.
  private let unrepeated: Set<String>
  /// Every alternative of every production, as `production/number`.
  public let alternatives: Set<String>
  /// The alternatives that were taken so far.
  public private(set) var visited: Set<String> = []

  /// Reads a grammar.
  ///
  /// - Throws: `Malformed` when a name has no definition or a token no example.
  public init(
    grammar: String,
    tokens: [String: [String]],
    unrepeated: Set<String> = []
  ) throws(Malformed) {
    rules = try GrammarReader.rules(of: grammar)
    self.tokens = tokens
    self.unrepeated = unrepeated
    var alternatives: Set<String> = []
    for (name, rule) in rules {
      guard case .choice(let choices) = rule else {
        alternatives.insert("\(name)/0")
        continue
      }
      alternatives.formUnion(choices.indices.map { "\(name)/\($0)" })
    }
    self.alternatives = alternatives
    heights = GrammarWalker.heights(rules)
    for (name, rule) in rules { try check(rule, in: name) }
  }

  private func check(_ rule: Rule, in name: String) throws(Malformed) {
    switch rule {
    case .sequence(let parts), .choice(let parts):
      for part in parts { try check(part, in: name) }
    case .optional(let part), .repeated(let part, _): try check(part, in: name)
    case .word: break
    case .token(let token):
      guard tokens[token]?.isEmpty == false else {
        throw Malformed(description: "\(name): no example of \(token)")
      }
    case .production(let other):
      guard heights[other] != nil else {
        throw Malformed(description: "\(name): nothing defines \(other)")
      }
    }
  }

  /// The fewest levels of productions below each one; none for what never ends.
  private static func heights(_ rules: [String: Rule]) -> [String: Int] {
    var heights: [String: Int] = [:]
    var changed = true
    while changed {
      changed = false
      for (name, rule) in rules {
        guard let height = height(rule, heights), heights[name] ?? .max > height + 1 else {
          continue
        }
        heights[name] = height + 1
        changed = true
      }
    }
    return heights
  }

  private static func height(_ rule: Rule, _ known: [String: Int]) -> Int? {
    switch rule {
    case .word, .token, .optional, .repeated(_, false): return 0
    case .repeated(let part, true): return height(part, known)
    case .production(let name): return known[name]
    case .choice(let parts): return parts.compactMap { height($0, known) }.min()
    case .sequence(let parts):
      let all = parts.map { height($0, known) }
      return all.contains { $0 == nil } ? nil : all.compactMap { $0 }.max() ?? 0
    }
  }

  // MARK: Walking

  /// Returns the words of a text of a production, about so many levels deep.
  public mutating func words(
    of production: String,
    levels: Int,
    using random: inout SeededRandom
  ) -> [String] {
    var words: [String] = []
    walk(.production(production), levels, &words, &random)
    return words
  }

  private mutating func walk(
    _ rule: Rule,
    _ levels: Int,
    _ words: inout [String],
    _ random: inout SeededRandom
  ) {
    switch rule {
    case .word(let word): words.append(word)
    case .token(let name): words.append(tokens[name]?.randomElement(using: &random) ?? name)
    case .sequence(let parts): for part in parts { walk(part, levels, &words, &random) }
    case .choice(let parts):
      walk(parts[pick(parts, levels, &random)], levels, &words, &random)
    case .optional(let part):
      let fits = GrammarWalker.height(part, heights).map { $0 < levels } ?? false
      if fits, Bool.random(using: &random) { walk(part, levels, &words, &random) }
    case .repeated(let part, let atLeastOnce):
      repeatedly(part, atLeastOnce, levels, &words, &random)
    case .production(let name):
      guard let rule = rules[name] else { return }
      if case .choice(let parts) = rule {
        let place = pick(parts, levels - 1, &random)
        visited.insert("\(name)/\(place)")
        walk(parts[place], levels - 1, &words, &random)
      } else {
        visited.insert("\(name)/0")
        walk(rule, levels - 1, &words, &random)
      }
    }
  }

  private mutating func repeatedly(
    _ part: Rule,
    _ atLeastOnce: Bool,
    _ levels: Int,
    _ words: inout [String],
    _ random: inout SeededRandom
  ) {
    let fits = GrammarWalker.height(part, heights).map { $0 < levels } ?? false
    let count = fits ? Int.random(in: 0...3, using: &random) / 2 : 0
    if case .production(let name) = part, unrepeated.contains(name), fits,
      case .choice(let choices)? = rules[name]
    {
      let most = Int.random(in: 0...5, using: &random)
      for place in choices.indices.shuffled(using: &random).prefix(most) {
        visited.insert("\(name)/\(place)")
        walk(choices[place], levels - 1, &words, &random)
      }
      return
    }
    for _ in 0..<max(count, atLeastOnce ? 1 : 0) { walk(part, levels, &words, &random) }
  }

  /// Any alternative that ends within the levels, or the one that ends first.
  private func pick(_ parts: [Rule], _ levels: Int, _ random: inout SeededRandom) -> Int {
    let heights = parts.map { GrammarWalker.height($0, self.heights) ?? .max }
    let fitting = parts.indices.filter { heights[$0] <= levels }
    if let place = fitting.randomElement(using: &random) { return place }
    return parts.indices.min { heights[$0] < heights[$1] } ?? 0
  }
}

/// Reads a grammar into rules.
struct GrammarReader {
  private var symbols: ArraySlice<String>

  /// Returns the rules of a grammar by the names of their productions.
  static func rules(
    of grammar: String
  ) throws(GrammarWalker.Malformed) -> [String: GrammarWalker.Rule] {
    var rules: [String: GrammarWalker.Rule] = [:]
    var symbols: [String] = []
    for line in grammar.split(separator: "\n") { symbols += GrammarReader.symbols(of: line) }
    let starts = symbols.indices.filter { $0 + 1 < symbols.count && symbols[$0 + 1] == "::=" }
    for (index, start) in starts.enumerated() {
      let end = index + 1 < starts.count ? starts[index + 1] : symbols.count
      var reader = GrammarReader(symbols: symbols[(start + 2)..<end])
      rules[symbols[start]] = try reader.choice()
      guard reader.symbols.isEmpty else {
        throw GrammarWalker.Malformed(
          description: "\(symbols[start]): \(reader.symbols.first ?? "") does not fit"
        )
      }
    }
    return rules
  }

  private static func symbols(of line: Substring) -> [String] {
    var symbols: [String] = []
    var rest = line
    while let first = rest.first {
      if first == " " {
        rest.removeFirst()
      } else if first == "\"" {
        let body = rest.dropFirst().prefix { $0 != "\"" }
        symbols.append("\"" + body)
        rest = rest.dropFirst(body.count + 2)
      } else if first.isLetter {
        let name = rest.prefix { $0.isLetter || $0 == "_" }
        symbols.append(String(name))
        rest = rest.dropFirst(name.count)
      } else if rest.hasPrefix("::=") {
        symbols.append("::=")
        rest = rest.dropFirst(3)
      } else {
        symbols.append(String(first))
        rest.removeFirst()
      }
    }
    return symbols
  }

  private mutating func choice() throws(GrammarWalker.Malformed) -> GrammarWalker.Rule {
    var parts = [try sequence()]
    while symbols.first == "|" {
      symbols.removeFirst()
      parts.append(try sequence())
    }
    return parts.count == 1 ? parts[0] : .choice(parts)
  }

  private mutating func sequence() throws(GrammarWalker.Malformed) -> GrammarWalker.Rule {
    var parts: [GrammarWalker.Rule] = []
    while let symbol = symbols.first, symbol != "|", symbol != ")" {
      symbols.removeFirst()
      var part: GrammarWalker.Rule
      if symbol == "(" {
        part = try choice()
        guard symbols.popFirst() == ")" else {
          throw GrammarWalker.Malformed(description: "a parenthesis stays open")
        }
      } else if symbol.hasPrefix("\"") {
        part = .word(String(symbol.dropFirst()))
      } else {
        part = symbol.first?.isUppercase == true ? .token(symbol) : .production(symbol)
      }
      switch symbols.first {
      case "?": part = .optional(part)
      case "*": part = .repeated(part, atLeastOnce: false)
      case "+": part = .repeated(part, atLeastOnce: true)
      default:
        parts.append(part)
        continue
      }
      symbols.removeFirst()
      parts.append(part)
    }
    return parts.count == 1 ? parts[0] : .sequence(parts)
  }
}
