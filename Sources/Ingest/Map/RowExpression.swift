/// Exact arithmetic over the fields of a row: `+ - *`, parentheses, numbers and `coalesce(a, b)`.
///
/// A header is written bare when it is a word, else in double quotes or backticks
/// (`"Lineitem price" * "Lineitem quantity"`). A blank field makes the result blank unless
/// `coalesce` gives another value.
indirect enum RowExpression: Sendable, Equatable {
  case field(String)
  /// Ten-thousandths.
  case number(Int64)
  case add(RowExpression, RowExpression)
  case subtract(RowExpression, RowExpression)
  case multiply(RowExpression, RowExpression)
  case coalesce([RowExpression])

  /// Headers that the expression reads.
  var headers: [String] {
    switch self {
    case .field(let name): [name]
    case .number: []
    case .add(let left, let right), .subtract(let left, let right), .multiply(let left, let right):
      left.headers + right.headers
    case .coalesce(let parts): parts.flatMap(\.headers)
    }
  }

  /// Why a text is no expression.
  struct Mistake: Error, Equatable {
    let message: String
  }

  /// Reads an expression.
  init(parsing text: String) throws(Mistake) {
    var parser = RowExpressionParser(text: text)
    self = try parser.whole()
  }
}

/// A recursive-descent parser with bounded nesting.
private struct RowExpressionParser {
  private enum Token: Equatable {
    case name(String)
    case number(String)
    case symbol(UInt8)
    case end
  }

  private let bytes: [UInt8]
  private var position = 0
  private var depth = 0
  private var token = Token.end

  init(text: String) {
    bytes = Array(text.utf8)
  }

  mutating func whole() throws(RowExpression.Mistake) -> RowExpression {
    try advance()
    let expression = try sum()
    guard token == .end else { throw unexpected("the end or an operator") }
    return expression
  }

  private mutating func sum() throws(RowExpression.Mistake) -> RowExpression {
    depth += 1
    defer { depth -= 1 }
    guard depth <= IngestLimits.expressionDepth else {
      throw .init(message: "the expression is nested too deeply")
    }
    var left = try product()
    while token == .symbol(0x2B) || token == .symbol(0x2D) {
      let isSum = token == .symbol(0x2B)
      try advance()
      let right = try product()
      left = isSum ? .add(left, right) : .subtract(left, right)
    }
    return left
  }

  private mutating func product() throws(RowExpression.Mistake) -> RowExpression {
    var left = try factor()
    while token == .symbol(0x2A) {
      try advance()
      left = .multiply(left, try factor())
    }
    return left
  }

  private mutating func factor() throws(RowExpression.Mistake) -> RowExpression {
    switch token {
    case .number(let digits):
      try advance()
      let all = Array(digits.utf8)
      guard
        case .value(let value) = DecimalText.read(all.span, 0..<all.count, hasDecimalComma: false)
      else { throw .init(message: "\(digits) needs more than four decimals or is too large") }
      return .number(value)
    case .symbol(0x2D):
      try advance()
      depth += 1
      defer { depth -= 1 }
      guard depth <= IngestLimits.expressionDepth else {
        throw .init(message: "the expression is nested too deeply")
      }
      return .subtract(.number(0), try factor())
    case .symbol(0x28):
      try advance()
      let inner = try sum()
      try expect(0x29)
      return inner
    case .name(let name):
      try advance()
      guard token == .symbol(0x28) else { return .field(name) }
      guard name.lowercased() == "coalesce" else {
        throw .init(message: "the only function here is coalesce, found '\(name)'")
      }
      try advance()
      var parts = [try sum()]
      while token == .symbol(0x2C) {
        try advance()
        parts.append(try sum())
      }
      try expect(0x29)
      return .coalesce(parts)
    case .symbol, .end:
      throw unexpected("a header, a number or '('")
    }
  }

  private mutating func expect(_ byte: UInt8) throws(RowExpression.Mistake) {
    guard token == .symbol(byte) else {
      throw unexpected("'\(Character(Unicode.Scalar(byte)))'")
    }
    try advance()
  }

  private func unexpected(_ wanted: String) -> RowExpression.Mistake {
    let found =
      switch token {
      case .name(let name): "'\(name)'"
      case .number(let digits): digits
      case .symbol(let byte): "'\(Character(Unicode.Scalar(byte)))'"
      case .end: "the end"
      }
    return .init(message: "expected \(wanted), found \(found)")
  }

  private mutating func advance() throws(RowExpression.Mistake) {
    while position < bytes.count, bytes[position] <= 0x20 { position += 1 }
    guard position < bytes.count else {
      token = .end
      return
    }
    let byte = bytes[position]
    if byte == 0x22 || byte == 0x60 {
      let start = position + 1
      guard let close = bytes[start...].firstIndex(of: byte) else {
        throw .init(message: "a quoted header does not close")
      }
      token = .name(String(decoding: bytes[start..<close], as: UTF8.self))
      position = close + 1
    } else if (0x30...0x39).contains(byte) || byte == 0x2E {
      token = .number(word { RowExpressionParser.isDigit($0) || $0 == 0x2E })
    } else if RowExpressionParser.isLetter(byte) {
      token = .name(word { RowExpressionParser.isLetter($0) || RowExpressionParser.isDigit($0) })
    } else if [0x28, 0x29, 0x2A, 0x2B, 0x2C, 0x2D].contains(byte) {
      token = .symbol(byte)
      position += 1
    } else {
      let found = Character(Unicode.Scalar(byte))
      throw .init(message: "'\(found)' has no meaning here; only + - * ( ) and coalesce have")
    }
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte)
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F || byte >= 0x80
  }

  private mutating func word(while belongs: (UInt8) -> Bool) -> String {
    let start = position
    while position < bytes.count, belongs(bytes[position]) { position += 1 }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }
}
