import Yams

/// Walks a YAML document and collects mistakes with their places.
struct YAMLReader {
  let file: String
  private(set) var problems: [DefinitionProblem] = []

  init(file: String) {
    self.file = file
  }

  /// Reads the text into nodes; nil when it is no YAML.
  mutating func compose(_ text: String) -> Node? {
    do {
      guard let node = try Yams.compose(yaml: text) else {
        problems.append(at(1, 1, "the definition is empty"))
        return nil
      }
      return node
    } catch let error as YamlError {
      problems.append(problem(of: error))
      return nil
    } catch {
      problems.append(at(1, 1, "\(error)"))
      return nil
    }
  }

  /// Notes a mistake at a node.
  mutating func fail(_ node: Node, _ message: String) {
    problems.append(at(node.mark?.line ?? 1, node.mark?.column ?? 1, message))
  }

  /// Returns a mapping's entries; every key must be one of `keys`.
  mutating func entries(of node: Node, keys: [String], what: String) -> [String: Node] {
    guard case .mapping(let mapping) = node else {
      fail(node, "\(what) is a mapping of keys to values")
      return [:]
    }
    var entries: [String: Node] = [:]
    for (key, value) in mapping {
      guard let name = key.string else {
        fail(key, "keys are texts")
        continue
      }
      guard keys.contains(name) else {
        let meant = Suggestion.nearest(to: name, among: keys)
        let help =
          meant.map { "did you mean '\($0)'?" } ?? "known are \(keys.joined(separator: ", "))"
        fail(key, "\(what) has no key '\(name)'; \(help)")
        continue
      }
      entries[name] = value
    }
    return entries
  }

  /// Returns a text; notes a mistake at anything else.
  mutating func text(_ node: Node, _ what: String) -> String? {
    guard case .scalar(let scalar) = node else {
      fail(node, "\(what) is a single value")
      return nil
    }
    return scalar.string
  }

  /// Returns a list of texts; a single text is a list of one.
  mutating func texts(_ node: Node, _ what: String) -> [String] {
    switch node {
    case .scalar(let scalar): return [scalar.string]
    case .sequence(let nodes):
      return nodes.compactMap { text($0, "an entry of \(what)") }
    case .mapping, .alias:
      fail(node, "\(what) is a list of texts")
      return []
    }
  }

  /// Returns true or false.
  mutating func flag(_ node: Node, _ what: String) -> Bool? {
    guard let word = text(node, what) else { return nil }
    switch word {
    case "true", "yes": return true
    case "false", "no": return false
    default:
      fail(node, "\(what) is true or false, not '\(word)'")
      return nil
    }
  }

  /// Returns one of the words of an enumeration.
  mutating func word<Word: RawRepresentable & CaseIterable>(
    _ node: Node,
    _ what: String,
    as type: Word.Type
  ) -> Word? where Word.RawValue == String {
    guard let name = text(node, what) else { return nil }
    if let word = Word(rawValue: name) { return word }
    let known = Word.allCases.map(\.rawValue)
    let meant = Suggestion.nearest(to: name, among: known).map { "; did you mean '\($0)'?" } ?? ""
    fail(node, "\(what) is one of \(known.joined(separator: ", ")), not '\(name)'\(meant)")
    return nil
  }

  /// Tells whether a node stands for nothing.
  static func isNull(_ node: Node) -> Bool {
    guard case .scalar(let scalar) = node, scalar.style == .plain || scalar.style == .any else {
      return false
    }
    return ["", "null", "~", "Null", "NULL"].contains(scalar.string)
  }

  private func at(_ line: Int, _ column: Int, _ message: String) -> DefinitionProblem {
    DefinitionProblem(file: file, line: line, column: column, message: message)
  }

  private func problem(of error: YamlError) -> DefinitionProblem {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return at(mark.line, mark.column, "this is not YAML: \(problem)")
    case .no, .memory, .reader, .writer, .emitter, .representer, .dataCouldNotBeDecoded,
      .duplicatedKeysInMapping:
      return at(1, 1, "this is not YAML: \(error)")
    }
  }
}
