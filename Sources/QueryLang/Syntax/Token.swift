/// The smallest part of a text that the grammar speaks about.
struct Token: Sendable, Hashable {
  let kind: TokenKind
  let span: SourceSpan
}

/// What a token is, with its value decoded.
enum TokenKind: Sendable, Hashable {
  /// A name or a word of the grammar; the parser decides by position unless the word is reserved.
  case word(Keyword?)
  case quotedName(String)
  case text(String)
  case number(DecimalLiteral)
  case percent(DecimalLiteral)
  /// The name after the `$`.
  case parameter(String)
  case date(DateLiteral)
  case symbol(TokenSymbol)
  /// Something that stands where a value would, but could not be read; a diagnostic says so.
  case unreadable
  case end
}

/// The operators and the punctuation of the grammar.
enum TokenSymbol: String, Sendable, Hashable {
  case equal = "="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case plus = "+"
  case minus = "-"
  case star = "*"
  case slash = "/"
  case leftParenthesis = "("
  case rightParenthesis = ")"
  case comma = ","
  case semicolon = ";"
  case dot = "."
  case listMark = "[]"
}

/// A comment, kept for the formatter.
struct Comment: Sendable, Hashable {
  enum Form: Sendable, Hashable { case line, block }
  let form: Form
  let span: SourceSpan
  /// The position, in the list of tokens, of the token that follows.
  let nextToken: Int
}
