/// A pattern of texts in the syntax of RE2, compiled once.
///
/// A search follows all ways through the pattern at once (Thompson's simulation), so its time is at
/// most the length of the text times the size of the pattern, whatever both are; there is no going
/// back. Patterns are of Unicode scalars. Of RE2's syntax it has no scripts (`\p{Greek}`), no `\C`
/// and no groups to refer to; RE2 itself has neither back references nor looking around.
public struct RegularExpression: Sendable, Hashable {
  /// The pattern as written.
  public let pattern: String
  let program: PatternProgram

  /// The most steps that a pattern may have after its repetitions are written out.
  static let maximumSteps = 2_000
  /// The most times that a repetition with numbers may ask for.
  static let maximumRepetition = 1_000
  /// The deepest nesting of groups.
  static let maximumDepth = 200

  /// Compiles a pattern.
  ///
  /// - Throws: `PatternProblem` where the pattern has no meaning or is too large.
  public init(_ pattern: String) throws(PatternProblem) {
    var parser = PatternParser(pattern)
    let node = try parser.parse()
    guard node.stepCount < RegularExpression.maximumSteps else {
      throw PatternProblem(
        message: "the pattern is too large when its repetitions are written out",
        scalarOffset: 0
      )
    }
    self.pattern = pattern
    program = PatternProgram(node)
  }

  /// Tells whether the pattern fits a part of a text.
  public func isFound(in text: String) -> Bool {
    var search = PatternSearch(self)
    return search.isFound(in: text)
  }

  /// Compares patterns as written.
  public static func == (left: RegularExpression, right: RegularExpression) -> Bool {
    left.pattern.unicodeScalars.elementsEqual(right.pattern.unicodeScalars)
  }

  /// Hashes the pattern as written.
  public func hash(into hasher: inout Hasher) {
    for scalar in pattern.unicodeScalars { hasher.combine(scalar) }
  }
}

/// Why a pattern has no meaning.
public struct PatternProblem: Error, Sendable, Hashable {
  /// What is wrong, in a sentence without a full stop.
  public let message: String
  /// The place in the pattern, in Unicode scalars from its start.
  public let scalarOffset: Int

  /// Makes a problem.
  public init(message: String, scalarOffset: Int) {
    self.message = message
    self.scalarOffset = scalarOffset
  }
}

/// A pattern as a tree.
indirect enum PatternNode: Sendable {
  case empty
  case scalar(UInt32, isFolded: Bool)
  case any(holdsLineEnds: Bool)
  case set(ScalarSet)
  case check(PatternCheck)
  case sequence([PatternNode])
  case choice([PatternNode])
  /// Without an upper bound where `most` is nil.
  case repeated(PatternNode, least: Int, most: Int?)

  /// The number of steps that it becomes, as far as it is below the limit.
  var stepCount: Int {
    let limit = RegularExpression.maximumSteps
    switch self {
    case .empty: return 0
    case .scalar, .any, .set, .check: return 1
    case .sequence(let parts): return parts.reduce(0) { min(limit, $0 + $1.stepCount) }
    case .choice(let parts): return parts.reduce(0) { min(limit, $0 + $1.stepCount + 2) }
    case .repeated(let part, let least, let most):
      let copies = most ?? max(1, least)
      return min(limit, (part.stepCount + 1) * copies + 2)
    }
  }
}

/// A condition on the place between two scalars.
enum PatternCheck: Sendable {
  case textStart
  case textEnd
  case lineStart
  case lineEnd
  case wordEdge
  case noWordEdge

  /// Tells whether it holds between two scalars; nil stands for the ends of the text.
  func holds(after previous: UInt32?, before next: UInt32?) -> Bool {
    switch self {
    case .textStart: previous == nil
    case .textEnd: next == nil
    case .lineStart: previous == nil || previous == 10
    case .lineEnd: next == nil || next == 10
    case .wordEdge: PatternCheck.isWord(previous) != PatternCheck.isWord(next)
    case .noWordEdge: PatternCheck.isWord(previous) == PatternCheck.isWord(next)
    }
  }

  private static func isWord(_ scalar: UInt32?) -> Bool {
    guard let scalar else { return false }
    return ScalarSet.word.contains { $0.contains(scalar) }
  }
}
