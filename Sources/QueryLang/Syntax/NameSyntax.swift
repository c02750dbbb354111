/// One name, plain or in double quotes.
struct NameSyntax: Sendable, Hashable {
  /// The name without quotes, in the spelling of the text.
  let text: String
  let isQuoted: Bool
  let span: SourceSpan
}

/// Written `name` or `qualifier.name`.
struct NameReferenceSyntax: Sendable, Hashable {
  let qualifier: NameSyntax?
  let name: NameSyntax

  var span: SourceSpan { qualifier.map { $0.span.union(name.span) } ?? name.span }
}

/// Written `$name`.
struct ParameterSyntax: Sendable, Hashable {
  /// The name without the `$`.
  let name: String
  let span: SourceSpan
}

/// A text in single quotes.
struct TextSyntax: Sendable, Hashable {
  /// The text without quotes, doubled quotes undone.
  let value: String
  let span: SourceSpan
}

/// A whole number, or a parameter that stands for one.
struct CountSyntax: Sendable, Hashable {
  enum Value: Sendable, Hashable {
    case number(Int)
    case parameter(ParameterSyntax)
  }
  let value: Value
  let span: SourceSpan
}
