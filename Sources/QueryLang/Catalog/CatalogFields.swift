/// The keys of one mapping of a model file, taken one by one; what is left over is unknown.
struct CatalogFields {
  let span: SourceSpan
  private let entries: [(key: String, keySpan: SourceSpan, value: CatalogNode)]
  private let known: [String]

  /// Opens a mapping of a kind; keys of later versions are refused, and others unknown.
  init(
    _ node: CatalogNode,
    _ what: String,
    _ mapping: ModelMapping,
    _ problems: inout CatalogProblems
  ) {
    let keys = mapping.keys
    self.init(node, what, keys: keys.map(\.name), &problems)
    for key in keys where !key.isAvailable && self.node(key.name) != nil {
      problems.add(8105, "\"\(key.name)\" is not available yet", span(of: key.name))
    }
  }

  /// Opens a mapping; anything else is a problem and reads as empty.
  init(_ node: CatalogNode, _ what: String, keys: [String], _ problems: inout CatalogProblems) {
    span = node.span
    known = keys
    guard case .mapping(let entries) = node.content else {
      problems.add(8101, "\(what) must be a mapping of keys to values", node.span)
      self.entries = []
      return
    }
    self.entries = entries
    for entry in entries where !keys.contains(entry.key) {
      problems.add(unknownKey: entry.key, entry.keySpan, in: what, among: keys)
    }
  }

  func node(_ key: String) -> CatalogNode? {
    entries.first { $0.key == key }?.value
  }

  func span(of key: String) -> SourceSpan { node(key)?.span ?? span }

  func text(_ key: String, _ problems: inout CatalogProblems) -> String? {
    guard let node = node(key) else { return nil }
    guard let text = node.text else {
      problems.add(8102, "\"\(key)\" must be a text", node.span)
      return nil
    }
    return text
  }

  func required(_ key: String, of what: String, _ problems: inout CatalogProblems) -> String? {
    if node(key) == nil {
      problems.add(8103, "\(what) needs \"\(key)\"", span)
    }
    return text(key, &problems)
  }

  func flag(_ key: String, _ problems: inout CatalogProblems) -> Bool {
    guard let node = node(key) else { return false }
    switch node.text {
    case "true": return true
    case "false": return false
    case nil, .some:
      problems.add(8102, "\"\(key)\" must be true or false", node.span)
      return false
    }
  }

  func count(_ key: String, _ problems: inout CatalogProblems) -> Int? {
    guard let node = node(key) else { return nil }
    guard let number = node.text.flatMap({ Int($0) }), number > 0 else {
      problems.add(8102, "\"\(key)\" must be a whole number above 0", node.span)
      return nil
    }
    return number
  }

  /// A list of texts; one text stands for a list of one.
  func texts(_ key: String, _ problems: inout CatalogProblems) -> [String] {
    guard let node = node(key) else { return [] }
    switch node.content {
    case .scalar(let text): return [text]
    case .sequence(let nodes):
      return nodes.compactMap { element in
        if element.text == nil {
          problems.add(8102, "\"\(key)\" must be a list of texts", element.span)
        }
        return element.text
      }
    case .mapping:
      problems.add(8102, "\"\(key)\" must be a list of texts", node.span)
      return []
    }
  }

  func date(_ key: String, _ problems: inout CatalogProblems) -> Int32? {
    guard let node = node(key) else { return nil }
    return CatalogFields.date(node, key, &problems)
  }

  /// A list of dates.
  func dates(_ key: String, _ problems: inout CatalogProblems) -> [(day: Int32, span: SourceSpan)] {
    guard let node = node(key) else { return [] }
    guard case .sequence(let nodes) = node.content else {
      problems.add(8102, "\"\(key)\" must be a list of dates", node.span)
      return []
    }
    return nodes.compactMap { element in
      CatalogFields.date(element, key, &problems).map { ($0, element.span) }
    }
  }

  private static func date(
    _ node: CatalogNode,
    _ key: String,
    _ problems: inout CatalogProblems
  ) -> Int32? {
    let parts = (node.text ?? "").split(separator: "-", omittingEmptySubsequences: false)
      .map { Int($0) }
    if parts.count == 3, let year = parts[0], let month = parts[1], let day = parts[2],
      (1...9999).contains(year),
      let civil = CivilDay(checkedYear: year, month: month, day: day)
    {
      return civil.number
    }
    problems.add(8102, "\"\(key)\" must be a date such as 2026-03-15", node.span)
    return nil
  }

  /// The texts of a mapping by lower-case name, each with its place.
  func namedTexts(
    _ key: String,
    _ problems: inout CatalogProblems
  ) -> [String: (text: String, span: SourceSpan)] {
    var found: [String: (text: String, span: SourceSpan)] = [:]
    for (name, _, value) in definitions(key, &problems) {
      guard let text = value.text else {
        problems.add(8102, "\"\(name)\" must be a text", value.span)
        continue
      }
      found[CatalogName.folded(name)] = (text, value.span)
    }
    return found
  }

  /// The named entries of a mapping of definitions.
  func definitions(
    _ key: String,
    _ problems: inout CatalogProblems
  ) -> [(key: String, keySpan: SourceSpan, value: CatalogNode)] {
    guard let node = node(key) else { return [] }
    guard case .mapping(let entries) = node.content else {
      problems.add(8101, "\"\(key)\" must be a mapping of names to definitions", node.span)
      return []
    }
    return entries
  }
}

/// What is wrong with a model file, as found so far.
struct CatalogProblems {
  let source: SourceText
  private(set) var diagnostics: [Diagnostic] = []

  init(_ source: SourceText) {
    self.source = source
  }

  /// Whether something forbids the use of the file.
  var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

  /// The name of the file in origins.
  var file: String { source.name ?? "model" }

  mutating func add(_ number: Int, _ message: String, _ span: SourceSpan, label: String? = nil) {
    add(Diagnostic(DiagnosticID(.error, number), message, at: span, label: label))
  }

  mutating func add(_ diagnostic: Diagnostic) {
    if !diagnostics.contains(where: { $0.span == diagnostic.span && $0.id == diagnostic.id }) {
      diagnostics.append(diagnostic)
    }
  }

  mutating func add(
    unknownKey key: String,
    _ span: SourceSpan,
    in what: String,
    among known: [String]
  ) {
    add(8104, "\(what) has no key called \"\(key)\"", span, suggesting: key, among: known)
  }

  mutating func add(
    _ number: Int,
    _ message: String,
    _ span: SourceSpan,
    suggesting word: String,
    among names: [String]
  ) {
    let suggestion = Suggestion(for: word, among: names)
    var diagnostic = Diagnostic(
      DiagnosticID(.error, number),
      message,
      at: span,
      label: suggestion.question
    )
    if let winner = suggestion.clearWinner {
      diagnostic = diagnostic.fixing(
        Fix("write \(winner)", edits: [TextEdit(span, winner)], .safe, display: .inLabel)
      )
    }
    add(diagnostic)
  }

  /// A problem of an entry that may stand in another file.
  mutating func add(_ number: Int, _ message: String, _ origin: CatalogOrigin) {
    if origin.file == file {
      add(number, message, origin.span)
    } else {
      add(number, "\(message) (defined in \(origin.file))", SourceSpan(start: 0, end: 0))
    }
  }
}
