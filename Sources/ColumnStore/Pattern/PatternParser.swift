/// Reads patterns in the syntax of RE2.
struct PatternParser {
  private struct Flags {
    var isFolded = false
    var isMultiline = false
    var holdsLineEnds = false
  }

  private let scalars: [Unicode.Scalar]
  private var place = 0
  private var flags = Flags()
  private var depth = 0

  init(_ pattern: String) { scalars = Array(pattern.unicodeScalars) }

  /// Returns the tree of the whole pattern.
  mutating func parse() throws(PatternProblem) -> PatternNode {
    let node = try choice()
    guard place == scalars.count else { throw problem("this ) has no ( before it") }
    return node
  }

  // MARK: Reading

  private var current: Unicode.Scalar? { place < scalars.count ? scalars[place] : nil }

  private func problem(_ message: String, at offset: Int? = nil) -> PatternProblem {
    PatternProblem(message: message, scalarOffset: offset ?? place)
  }

  private mutating func accept(_ text: String) -> Bool {
    let wanted = Array(text.unicodeScalars)
    guard scalars[place...].starts(with: wanted) else { return false }
    place += wanted.count
    return true
  }

  // MARK: Structure

  private mutating func choice() throws(PatternProblem) -> PatternNode {
    var parts = [try sequence()]
    while accept("|") { parts.append(try sequence()) }
    return parts.count == 1 ? parts[0] : .choice(parts)
  }

  private mutating func sequence() throws(PatternProblem) -> PatternNode {
    var parts: [PatternNode] = []
    while let scalar = current, scalar != "|", scalar != ")" {
      if let quoted = quotedScalars() {
        // A repetition after it is of the last scalar only.
        parts += quoted
        if !quoted.isEmpty, let last = parts.popLast() { parts.append(try repeated(last)) }
        continue
      }
      guard let part = try atom() else { continue }
      parts.append(try repeated(part))
    }
    return parts.count == 1 ? parts[0] : .sequence(parts)
  }

  /// The scalars between `\Q` and `\E`, or nil where none begin here.
  private mutating func quotedScalars() -> [PatternNode]? {
    guard accept("\\Q") else { return nil }
    var found: [PatternNode] = []
    while !accept("\\E"), let scalar = current {
      found.append(literal(scalar))
      place += 1
    }
    return found
  }

  private func literal(_ scalar: Unicode.Scalar) -> PatternNode {
    .scalar(
      flags.isFolded ? TextMatcher.folded(scalar).value : scalar.value,
      isFolded: flags.isFolded
    )
  }

  /// One part of a sequence; nil for a change of flags.
  private mutating func atom() throws(PatternProblem) -> PatternNode? {
    guard let scalar = current else { return nil }
    switch scalar {
    case "(": return try group()
    case "[": return .set(try bracketed())
    case "\\": return try escape()
    case ".":
      place += 1
      return .any(holdsLineEnds: flags.holdsLineEnds)
    case "^":
      place += 1
      return .check(flags.isMultiline ? .lineStart : .textStart)
    case "$":
      place += 1
      return .check(flags.isMultiline ? .lineEnd : .textEnd)
    case "*", "+", "?": throw problem("nothing stands before \(scalar) that it could repeat")
    case "{":
      let start = place
      if try bounds() != nil { throw problem("nothing stands before this repetition", at: start) }
      place += 1
      return literal(scalar)
    default:
      place += 1
      return literal(scalar)
    }
  }

  /// A part with the repetition that follows it.
  private mutating func repeated(_ part: PatternNode) throws(PatternProblem) -> PatternNode {
    let start = place
    guard let (least, most) = try repetition() else { return part }
    // Whether the longest or the shortest is taken makes no difference to whether there is one.
    _ = accept("?")
    let again = place
    if try repetition() != nil {
      throw problem("a repetition cannot be repeated; put it in parentheses", at: again)
    }
    if let most, most < least { throw problem("a repetition goes from less to more", at: start) }
    return .repeated(part, least: least, most: most)
  }

  private mutating func repetition() throws(PatternProblem) -> (least: Int, most: Int?)? {
    if accept("*") { return (0, nil) }
    if accept("+") { return (1, nil) }
    if accept("?") { return (0, 1) }
    return try bounds()
  }

  /// `{n}`, `{n,}` or `{n,m}`; anything else that begins with a brace stands for itself.
  private mutating func bounds() throws(PatternProblem) -> (least: Int, most: Int?)? {
    let start = place
    guard accept("{"), let least = number() else {
      place = start
      return nil
    }
    var most: Int? = least
    if accept(",") { most = number() }
    guard accept("}") else {
      place = start
      return nil
    }
    guard max(least, most ?? 0) <= RegularExpression.maximumRepetition else {
      throw problem(
        "a repetition has at most \(RegularExpression.maximumRepetition) times",
        at: start
      )
    }
    return (least, most)
  }

  /// A whole number, cut above the largest that is of use.
  private mutating func number() -> Int? {
    var value: Int?
    while let digit = current, "0"..."9" ~= digit {
      value = min(100_000, (value ?? 0) * 10 + Int(digit.value) - 48)
      place += 1
    }
    return value
  }

  // MARK: Groups

  private mutating func group() throws(PatternProblem) -> PatternNode? {
    let start = place
    let outer = flags
    place += 1
    depth += 1
    defer { depth -= 1 }
    guard depth <= RegularExpression.maximumDepth else {
      throw problem("groups nest at most \(RegularExpression.maximumDepth) deep", at: start)
    }
    if accept("?P<") || (accept("?<") && current != "=" && current != "!") {
      try skipName(start)
    } else if scalars[..<place].last == "<" {
      throw problem("looking back is not possible", at: start)
    } else if accept("?") {
      guard try readFlags(start) else { return nil }
    }
    let inner = try choice()
    guard accept(")") else { throw problem("this ( has no ) after it", at: start) }
    flags = outer
    return inner
  }

  private mutating func skipName(_ start: Int) throws(PatternProblem) {
    let first = place
    while let scalar = current, scalar != ">" {
      guard ScalarSet.word.contains(where: { $0.contains(scalar.value) }) else { break }
      place += 1
    }
    guard place > first, accept(">") else {
      throw problem("the name of a group has letters, digits and _ only", at: start)
    }
  }

  /// Reads flags such as `i` or `i-s:`; false where they end the group.
  private mutating func readFlags(_ start: Int) throws(PatternProblem) -> Bool {
    if current == "=" || current == "!" {
      throw problem("looking ahead is not possible", at: start)
    }
    var isOn = true
    var isDue = false
    while let scalar = current {
      place += 1
      if isDue, scalar == ":" || scalar == ")" { break }
      isDue = scalar == "-"
      switch scalar {
      case "i": flags.isFolded = isOn
      case "m": flags.isMultiline = isOn
      case "s": flags.holdsLineEnds = isOn
      // Whether the longest or the shortest is taken first makes no difference here.
      case "U": break
      case "-" where isOn: isOn = false
      case ":": return true
      case ")": return false
      default: throw problem("(? is followed by one of i, m, s, U and : only", at: start)
      }
    }
    throw problem(isDue ? "(?- is followed by a flag" : "this ( has no ) after it", at: start)
  }

  // MARK: Escapes

  private mutating func escape() throws(PatternProblem) -> PatternNode {
    if let part = try namedClass() {
      return .set(ScalarSet(parts: [part], isFolded: flags.isFolded))
    }
    if accept("\\A") { return .check(.textStart) }
    if accept("\\z") { return .check(.textEnd) }
    if accept("\\b") { return .check(.wordEdge) }
    if accept("\\B") { return .check(.noWordEdge) }
    return literal(try escapedScalar())
  }

  /// `\d` and its like, or nil where none begins here.
  private mutating func namedClass() throws(PatternProblem) -> ScalarSet.Part? {
    let start = place
    guard accept("\\"), let scalar = current else {
      place = start
      return nil
    }
    place += 1
    switch scalar {
    case "d", "D":
      return ScalarSet.Part(content: .ranges(ScalarSet.digits), isNegated: scalar == "D")
    case "s", "S":
      return ScalarSet.Part(content: .ranges(ScalarSet.spaces), isNegated: scalar == "S")
    case "w", "W":
      return ScalarSet.Part(content: .ranges(ScalarSet.word), isNegated: scalar == "W")
    case "p", "P": return try category(isNegated: scalar == "P", start)
    default:
      place = start
      return nil
    }
  }

  private mutating func category(
    isNegated: Bool,
    _ start: Int
  ) throws(PatternProblem) -> ScalarSet.Part {
    var name = ""
    var isNegated = isNegated
    if accept("{") {
      if accept("^") { isNegated.toggle() }
      while let scalar = current, scalar != "}" {
        name.unicodeScalars.append(scalar)
        place += 1
      }
      guard accept("}") else { throw problem("this { has no } after it", at: start) }
    } else if let scalar = current {
      name.unicodeScalars.append(scalar)
      place += 1
    }
    if name == "Any" {
      return ScalarSet.Part(content: .ranges([0...0x10FFFF]), isNegated: isNegated)
    }
    let codes = Unicode.GeneralCategory.codes(named: name)
    guard !codes.isEmpty else {
      throw problem("\"\(name)\" is no kind of character, such as L, Lu or Nd", at: start)
    }
    return ScalarSet.Part(content: .categories(codes), isNegated: isNegated)
  }

  /// The scalar that an escape stands for.
  private mutating func escapedScalar() throws(PatternProblem) -> Unicode.Scalar {
    let start = place
    place += 1
    guard let scalar = current else { throw problem("a pattern cannot end with \\", at: start) }
    place += 1
    switch scalar {
    case "a": return "\u{7}"
    case "f": return "\u{C}"
    case "n": return "\n"
    case "r": return "\r"
    case "t": return "\t"
    case "v": return "\u{B}"
    case "x": return try hexadecimal(start)
    case "0"..."7":
      let isReference = scalar != "0" && !(current.map { "0"..."7" ~= $0 } ?? false)
      guard !isReference else {
        throw problem("referring back to a group is not possible", at: start)
      }
      var value = scalar.value - 48
      for _ in 0..<2 {
        guard let digit = current, "0"..."7" ~= digit else { break }
        value = value * 8 + digit.value - 48
        place += 1
      }
      return Unicode.Scalar(value) ?? scalar
    default:
      let isWord = ScalarSet.word.contains { $0.contains(scalar.value) } && scalar != "_"
      guard scalar.isASCII, !isWord else {
        throw problem("\\\(scalar) has no meaning", at: start)
      }
      return scalar
    }
  }

  private mutating func hexadecimal(_ start: Int) throws(PatternProblem) -> Unicode.Scalar {
    var digits = ""
    let isBraced = accept("{")
    while let scalar = current, scalar.isASCII, scalar.properties.isASCIIHexDigit,
      digits.utf8.count < (isBraced ? 8 : 2)
    {
      digits.unicodeScalars.append(scalar)
      place += 1
    }
    let isWhole = isBraced ? !digits.isEmpty && accept("}") : digits.utf8.count == 2
    guard isWhole, let value = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(value) else {
      throw problem(
        "\\x is followed by two digits from 0 to F, or by such digits in braces",
        at: start
      )
    }
    return scalar
  }

  // MARK: Classes

  private mutating func bracketed() throws(PatternProblem) -> ScalarSet {
    let start = place
    place += 1
    var set = ScalarSet(isFolded: flags.isFolded)
    set.isNegated = accept("^")
    var isFirst = true
    while let scalar = current, scalar != "]" || isFirst {
      isFirst = false
      if let part = try posixClass() {
        set.parts.append(part)
      } else if let part = try namedClass() {
        set.parts.append(part)
      } else {
        set.parts.append(ScalarSet.Part(content: .ranges([try range()])))
      }
    }
    guard accept("]") else { throw problem("this [ has no ] after it", at: start) }
    return set
  }

  /// `[:alpha:]` and its like inside a class, or nil where none begins here.
  private mutating func posixClass() throws(PatternProblem) -> ScalarSet.Part? {
    let start = place
    guard accept("[:") else { return nil }
    let isNegated = accept("^")
    var name = ""
    while let scalar = current, scalar != ":", scalar != "]" {
      name.unicodeScalars.append(scalar)
      place += 1
    }
    guard accept(":]") else {
      place = start
      return nil
    }
    guard let ranges = ScalarSet.named[name] else {
      throw problem("[:\(name):] is no kind of character, such as [:alpha:]", at: start)
    }
    return ScalarSet.Part(content: .ranges(ranges), isNegated: isNegated)
  }

  private mutating func range() throws(PatternProblem) -> ClosedRange<UInt32> {
    let start = place
    let low = try member().value
    guard current == "-", place + 1 < scalars.count, scalars[place + 1] != "]" else {
      return low...low
    }
    place += 1
    let high = try member().value
    guard low <= high else { throw problem("a range goes from less to more", at: start) }
    return low...high
  }

  private mutating func member() throws(PatternProblem) -> Unicode.Scalar {
    guard let scalar = current else { throw problem("this [ has no ] after it") }
    if scalar == "\\" { return try escapedScalar() }
    place += 1
    return scalar
  }
}
