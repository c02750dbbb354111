/// What somebody may see, as the model writes it down: roles name templates and fill in the attributes
/// of their users.
public struct PolicyTemplate: Sendable, Hashable {
  /// What becomes of a fact that lacks what the condition on rows tests.
  public enum Lacking: String, Sendable, Hashable, CaseIterable {
    /// None of its rows can be read.
    case deny
    /// All of its rows can be read.
    case allow
  }

  /// The name.
  public var name: String
  /// What it is for, in a sentence.
  public var description: String?
  /// The condition on rows; nil for all rows.
  public var rows: CatalogExpression?
  /// The types of the attributes that the condition names, by name; those that are not here are lists
  /// of texts.
  public var attributes: [String: String]
  /// Metrics that behave as if there were none of the name.
  public var deniedMetrics: [String]
  /// Dimensions that behave as if there were none of the name.
  public var deniedDimensions: [String]
  /// What becomes of facts without what the condition tests.
  public var factsWithoutDimension: Lacking
  /// Whether it restricts what all others let through, instead of adding to it.
  public var isMandatory: Bool
  /// Where the model file defines it.
  var origin: CatalogOrigin

  /// The type of an attribute that the template does not declare.
  static let usualType = "string[]"

  /// The attributes that the condition names, in the order of the text, with their types.
  var typedAttributes: [(name: String, type: String)] {
    var found: [(name: String, type: String)] = []
    for name in rows.map({ PolicyTemplate.parameters(in: $0.text) }) ?? []
    where !found.contains(where: { CatalogName.folded($0.name) == CatalogName.folded(name) }) {
      let folded = CatalogName.folded(name)
      let declared = attributes.first { CatalogName.folded($0.key) == folded }?.value
      found.append((name, declared ?? PolicyTemplate.usualType))
    }
    return found
  }

  /// The names after `$` outside of texts.
  private static func parameters(in text: String) -> [String] {
    var names: [String] = []
    var name: [UInt8]?
    var isText = false
    for byte in Array(text.utf8) + [UInt8(ascii: " ")] {
      let isWord =
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
      if let open = name {
        name = isWord ? open + [byte] : nil
        if !isWord, !open.isEmpty { names.append(String(decoding: open, as: UTF8.self)) }
      }
      if byte == UInt8(ascii: "'") { isText.toggle() }
      if byte == UInt8(ascii: "$"), !isText { name = [] }
    }
    return names
  }
}

extension Catalog {
  /// Returns the policy template of a name; case does not matter.
  public func policy(_ name: String) -> PolicyTemplate? {
    let folded = CatalogName.folded(name)
    return policies.first { CatalogName.folded($0.name) == folded }
  }
}
