/// A piece of a report's text that is made of smaller ones.
///
/// Any phrase may stand where another of its sort stands; whether the types fit, the binder says.
/// So a report is made smaller without knowing its grammar.
struct Phrase {
  enum Sort {
    case row, rowCondition, metric, groupCondition
    /// Something that nothing else can stand for.
    case other
  }
  enum Piece {
    case text(String)
    case phrase(Phrase)
  }

  var sort: Sort
  var features: Set<Feature>
  var pieces: [Piece]

  init(_ sort: Sort, _ features: Set<Feature>, _ text: PhraseText) {
    self.sort = sort
    self.features = features
    pieces = text.pieces
  }

  init(_ sort: Sort, _ text: PhraseText) { self.init(sort, [], text) }

  var text: String {
    pieces.map { piece in
      switch piece {
      case .text(let text): text
      case .phrase(let phrase): phrase.text
      }
    }.joined()
  }

  /// What it and all inside of it make a report use.
  var allFeatures: Set<Feature> {
    pieces.reduce(into: features) { found, piece in
      if case .phrase(let phrase) = piece { found.formUnion(phrase.allFeatures) }
    }
  }

  /// The phrases directly inside.
  var inner: [Phrase] {
    pieces.compactMap { piece in
      if case .phrase(let phrase) = piece { phrase } else { nil }
    }
  }

  /// All phrases inside, the larger ones first.
  var descendants: [Phrase] { inner + inner.flatMap(\.descendants) }

  /// The phrases that are smaller by one replacement: of any part by what is inside of it.
  var smaller: [Phrase] {
    var found = descendants.filter { $0.sort == sort }
    for (place, piece) in pieces.enumerated() {
      guard case .phrase(let phrase) = piece else { continue }
      for candidate in phrase.smaller {
        var changed = self
        changed.pieces[place] = .phrase(candidate)
        found.append(changed)
      }
    }
    return found
  }

  /// The phrase with the first part that `change` knows another one for replaced, or nil.
  func replacing(_ change: (Phrase) -> Phrase?) -> Phrase? {
    if let changed = change(self) { return changed }
    for (place, piece) in pieces.enumerated() {
      if case .phrase(let phrase) = piece, let changed = phrase.replacing(change) {
        var whole = self
        whole.pieces[place] = .phrase(changed)
        return whole
      }
    }
    return nil
  }
}

/// Text with phrases in it.
struct PhraseText: ExpressibleByStringInterpolation {
  var pieces: [Phrase.Piece]

  init(stringLiteral text: String) { pieces = [.text(text)] }

  init(stringInterpolation: Parts) { pieces = stringInterpolation.pieces }

  struct Parts: StringInterpolationProtocol {
    var pieces: [Phrase.Piece] = []

    init(literalCapacity: Int, interpolationCount: Int) {}

    mutating func appendLiteral(_ text: String) {
      if !text.isEmpty { pieces.append(.text(text)) }
    }

    mutating func appendInterpolation(_ phrase: Phrase) { pieces.append(.phrase(phrase)) }

    mutating func appendInterpolation(_ text: String) { pieces.append(.text(text)) }

    mutating func appendInterpolation(_ number: Int) { pieces.append(.text("\(number)")) }

    mutating func appendInterpolation(_ phrases: [Phrase]) {
      for (place, phrase) in phrases.enumerated() {
        if place > 0 { pieces.append(.text(", ")) }
        pieces.append(.phrase(phrase))
      }
    }
  }
}
