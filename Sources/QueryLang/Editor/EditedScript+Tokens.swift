/// A part of a text with what it is, for colouring.
public struct SemanticToken: Sendable, Hashable {
  /// What a part of a text is.
  public enum Kind: Int, Sendable, Hashable, CaseIterable {
    case keyword, comment, text, number, date, `operator`, function, parameter
    case metric, dimension, fact, column, period, segment, cohort
  }
  /// The part; it may go over several lines.
  public var span: SourceSpan
  /// What it is.
  public var kind: Kind
  /// Whether a name is given here.
  public var isDeclaration: Bool
  /// Whether the name comes from the model or the language.
  public var isGiven: Bool
}

extension EditedScript {
  /// Returns what the parts of the text are, in the order of the text, without overlaps.
  ///
  /// Names that mean nothing are left out.
  public func semanticTokens() -> [SemanticToken] {
    var named: [SourceSpan: SemanticToken] = [:]
    for name in names() {
      guard let kind = kind(of: name) else { continue }
      let isGiven: Bool =
        switch name.meaning {
        case .model, .builtIn: true
        case .defined, .alias, nil: false
        }
      named[name.use.span] = SemanticToken(
        span: name.use.span,
        kind: kind,
        isDeclaration: name.use.isDeclaration,
        isGiven: isGiven
      )
    }
    var tokens = reading.comments.map { plain($0.span, .comment) }
    for (token, role) in zip(reading.tokens, reading.roles) {
      if let known = named[token.span] {
        tokens.append(known)
      } else if let kind = EditedScript.kind(of: token, role) {
        tokens.append(plain(token.span, kind))
      }
    }
    return tokens.sorted { $0.span.start < $1.span.start }
  }

  private func plain(_ span: SourceSpan, _ kind: SemanticToken.Kind) -> SemanticToken {
    SemanticToken(span: span, kind: kind, isDeclaration: false, isGiven: false)
  }

  private static func kind(of token: Token, _ role: TokenRole) -> SemanticToken.Kind? {
    switch token.kind {
    case .word:
      switch role {
      case .keyword, .calendarWord: .keyword
      case .functionName: .function
      case .plain, .sign: nil
      }
    case .text: .text
    case .number, .percent: .number
    case .date: .date
    case .parameter: .parameter
    case .symbol(let symbol):
      switch symbol {
      case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .plus, .minus,
        .star, .slash:
        .operator
      case .leftParenthesis, .rightParenthesis, .comma, .semicolon, .dot, .listMark: nil
      }
    case .quotedName, .unreadable, .end: nil
    }
  }

  private func kind(of name: KnownName) -> SemanticToken.Kind? {
    switch name.meaning {
    case .model(let kind, _):
      switch kind {
      case .metric: return .metric
      case .dimension: return .dimension
      case .fact: return .fact
      case .column: return .column
      case .period: return .period
      case .segment: return .segment
      case .parameter: return .parameter
      case .cohort: return .cohort
      }
    case .defined(let kind, _):
      switch kind {
      case .metric: return .metric
      case .dimension: return .dimension
      case .parameter: return .parameter
      case .period: return .period
      case .segment: return .segment
      }
    case .alias: return name.use.role == .keyAlias ? .dimension : .column
    case .builtIn(let kind):
      switch kind {
      case .grain: return .dimension
      case .function: return .function
      case .column: return .column
      }
    case nil: return nil
    }
  }
}
