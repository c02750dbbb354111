/// What an editor offers at a place of a text.
public struct CompletionList: Sendable, Hashable {
  /// What a chosen item takes the place of: the word, or the text in quotes, that is being written.
  public var replaced: SourceSpan
  /// What fits, the best first; what cannot be combined with the rest of the report comes last.
  public var items: [CompletionItem]
  /// The dimension whose members would fit too, or nil.
  public var members: MemberRequest?

  /// Returns the list with members of the dimension in front, each once and in the order given.
  public func offering(_ values: [String]) -> CompletionList {
    var copy = self
    var seen: Set<String> = []
    let made = values.map { CompletionItem.member($0) }.filter { seen.insert($0.text).inserted }
    copy.items = made + items.filter { !seen.contains($0.text) }
    return copy
  }
}

/// A wish for the members of a dimension.
public struct MemberRequest: Sendable, Hashable {
  /// The dimension's name.
  public var dimension: String
  /// What is written of the member so far, without its quotes.
  public var typed: String
}

/// Something that an editor can write at a place.
public struct CompletionItem: Sendable, Hashable {
  /// What it is.
  public enum Kind: Sendable, Hashable {
    case metric, dimension, grain, column, fact, keyword, function, member, period, parameter
    case segment, cohort, chart, format, zone, output
  }

  /// What is shown, and what the written word is compared with.
  public var label: String
  /// What it is.
  public var kind: Kind
  /// A few words beside it, such as a type or the days of a range.
  public var detail: String?
  /// A sentence about it.
  public var documentation: String?
  /// What is written.
  public var text: String
  /// Why it cannot be combined with the rest of the report; nil when it can.
  public var obstacle: String?

  init(
    _ label: String,
    _ kind: Kind,
    detail: String? = nil,
    documentation: String? = nil,
    text: String? = nil,
    obstacle: String? = nil
  ) {
    self.label = label
    self.kind = kind
    self.detail = detail
    self.documentation = documentation
    self.text = text ?? label
    self.obstacle = obstacle
  }

  /// A name, in quotes where it needs them.
  static func named(
    _ name: String,
    _ kind: Kind,
    detail: String? = nil,
    documentation: String? = nil,
    obstacle: String? = nil
  ) -> CompletionItem {
    CompletionItem(
      name,
      kind,
      detail: detail,
      documentation: documentation,
      text: NameSyntax.written(name),
      obstacle: obstacle
    )
  }

  /// A word of the grammar.
  static func keyword(_ word: String, detail: String? = nil) -> CompletionItem {
    CompletionItem(word, .keyword, detail: detail)
  }

  /// A member of a dimension, as a text in quotes.
  static func member(_ value: String) -> CompletionItem {
    CompletionItem(LiteralSyntax.quoted(value), .member)
  }
}

extension NameSyntax {
  /// A name as a report writes it: in double quotes where it needs them.
  static func written(_ name: String) -> String {
    guard !Keyword.canBeWrittenPlain(name) else { return name }
    return "\""
      + name.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"") + "\""
  }
}

extension LiteralSyntax {
  /// A text as a constant of the language.
  static func quoted(_ text: String) -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
  }
}
