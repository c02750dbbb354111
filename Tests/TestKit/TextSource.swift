/// Texts that a person or a program could send, right and wrong ones.
public struct TextSource {
  /// How a text is made.
  public enum Kind: String, CaseIterable, Sendable {
    /// A few bytes, most of them printable.
    case bytes
    /// A few words and signs.
    case words
    /// A text of the grammar with a few changes.
    case mutated
  }

  private var random: SeededRandom
  private var walker: GrammarWalker
  private let vocabulary: [String]

  /// Makes a source; the same seed gives the same texts.
  ///
  /// - Throws: What reading the page of the language throws.
  public init(seed: UInt64) throws {
    random = SeededRandom(seed: seed)
    walker = try ReportGrammar.walker()
    vocabulary = try ReportGrammar.vocabulary()
  }

  /// Returns the next text of a kind.
  public mutating func text(_ kind: Kind) -> String {
    switch kind {
    case .bytes: return bytes()
    case .words:
      let count = Int.random(in: 1...9, using: &random)
      return (0..<count).map { _ in word() }.joined(separator: " ")
    case .mutated: return mutated(grammatical())
    }
  }

  /// The words of a text of the grammar.
  public mutating func grammatical(levels: Int = 22) -> [String] {
    walker.words(of: "statement", levels: levels, using: &random)
  }

  private mutating func word() -> String { vocabulary.randomElement(using: &random) ?? "" }

  /// A few bytes, most of them printable.
  private mutating func bytes() -> String {
    let count = Int.random(in: 0...16, using: &random)
    let bytes = (0..<count).map { _ in
      UInt8.random(in: 0..<8, using: &random) == 0
        ? UInt8.random(in: .min ... .max, using: &random)
        : UInt8.random(in: 32..<127, using: &random)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A text with up to three changes of words, or one of its bytes.
  public mutating func mutated(_ grammatical: [String]) -> String {
    var words = grammatical
    for _ in 0..<Int.random(in: 0...3, using: &random) where !words.isEmpty {
      let place = Int.random(in: 0..<words.count, using: &random)
      switch Int.random(in: 0..<6, using: &random) {
      case 0: words.remove(at: place)
      case 1: words.insert(words[place], at: place)
      case 2: words.swapAt(place, Int.random(in: 0..<words.count, using: &random))
      case 3: words[place] = word()
      case 4: words.insert(word(), at: place)
      default: words.removeSubrange(place...)
      }
    }
    let text = words.joined(separator: " ")
    guard !text.isEmpty, Int.random(in: 0..<4, using: &random) == 0 else { return text }
    var bytes = Array(text.utf8)
    let place = Int.random(in: 0..<bytes.count, using: &random)
    bytes[place] = UInt8.random(in: 9..<127, using: &random)
    return String(decoding: bytes, as: UTF8.self)
  }
}
