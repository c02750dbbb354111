/// The JSON Schema of model files, for editors.
///
/// Source: JSON Schema, draft 2020-12.
public enum ModelSchema {
  /// The schema as text, indented by two spaces, with a line end.
  ///
  /// It follows the keys that the reader of model files takes; keys of later versions are left out.
  public static var text: String {
    var fields: [(String, JSONText)] = [
      ("$schema", .string("https://json-schema.org/draft/2020-12/schema")),
      ("title", .string("Semantic model of Mandi")),
    ]
    fields += object(.model)
    let others = ModelMapping.allCases.filter { $0 != .model }
    fields.append(("$defs", .object(others.map { ($0.rawValue, .object(object($0))) })))
    return JSONText.object(fields).text() + "\n"
  }

  private static func object(_ mapping: ModelMapping) -> [(String, JSONText)] {
    let keys = mapping.keys.filter(\.isAvailable)
    let properties = keys.map { key in
      (key.name, JSONText.object(value(key.value) + [("description", .string(key.meaning))]))
    }
    var fields: [(String, JSONText)] = [
      ("type", .string("object")), ("properties", .object(properties)),
      ("additionalProperties", .boolean(false)),
    ]
    let required = keys.filter(\.isRequired).map { JSONText.string($0.name) }
    if !required.isEmpty {
      fields.append(("required", .array(required)))
    }
    if !mapping.alternatives.isEmpty {
      let choices = mapping.alternatives.map { names in
        JSONText.object([("required", .array(names.map { .string($0) }))])
      }
      fields.append(("anyOf", .array(choices)))
    }
    return fields
  }

  private static func value(_ value: ModelKey.Value) -> [(String, JSONText)] {
    switch value {
    case .text: return scalar
    case .texts:
      let list: [(String, JSONText)] = [("type", .string("array")), ("items", .object(scalar))]
      return [("anyOf", .array([.object(scalar), .object(list)]))]
    case .flag: return [("type", .string("boolean"))]
    case .count: return [("type", .string("integer")), ("minimum", .integer(1))]
    case .date: return date
    case .dates: return [("type", .string("array")), ("items", .object(date))]
    case .version: return [("enum", .array([.integer(1), .string("1")]))]
    case .word(let words): return [("enum", .array(words.map { .string($0) }))]
    case .mapping(let mapping): return reference(mapping)
    case .list(let mapping):
      return [("type", .string("array")), ("items", .object(reference(mapping)))]
    case .definitions(let mapping): return named(reference(mapping))
    case .textsOrMappings(let mapping):
      return named([("anyOf", .array([.object(scalar), .object(reference(mapping))]))])
    case .words(let words): return named(self.value(.word(words)))
    case .namedTexts: return named(scalar)
    case .lists: return named(self.value(.texts))
    }
  }

  /// What a text of the file may be to an editor, which reads `label: 2026` as a number.
  private static let scalar: [(String, JSONText)] = [
    ("type", .array([.string("string"), .string("number"), .string("boolean")]))
  ]

  private static let date: [(String, JSONText)] = [
    ("type", .string("string")), ("pattern", .string("^\\d{4}-\\d{2}-\\d{2}$")),
  ]

  private static func reference(_ mapping: ModelMapping) -> [(String, JSONText)] {
    [("$ref", .string("#/$defs/\(mapping.rawValue)"))]
  }

  private static func named(_ value: [(String, JSONText)]) -> [(String, JSONText)] {
    [("type", .string("object")), ("additionalProperties", .object(value))]
  }
}

/// A value of JSON with its keys in order.
///
/// Source: RFC 8259.
private indirect enum JSONText: Sendable {
  case string(String)
  case integer(Int)
  case boolean(Bool)
  case array([JSONText])
  case object([(String, JSONText)])

  /// The value as text; the first line is not indented.
  func text(depth: Int = 0) -> String {
    let inner = String(repeating: "  ", count: depth + 1)
    let outer = String(repeating: "  ", count: depth)
    switch self {
    case .string(let text): return JSONText.quoted(text)
    case .integer(let number): return "\(number)"
    case .boolean(let flag): return flag ? "true" : "false"
    case .array(let values):
      guard values.contains(where: \.isNested) else {
        return "[" + values.map { $0.text() }.joined(separator: ", ") + "]"
      }
      let lines = values.map { inner + $0.text(depth: depth + 1) }
      return "[\n" + lines.joined(separator: ",\n") + "\n\(outer)]"
    case .object(let fields):
      guard !fields.isEmpty else { return "{}" }
      let lines = fields.map { name, value in
        "\(inner)\(JSONText.quoted(name)): \(value.text(depth: depth + 1))"
      }
      return "{\n" + lines.joined(separator: ",\n") + "\n\(outer)}"
    }
  }

  private var isNested: Bool {
    switch self {
    case .array, .object: true
    case .string, .integer, .boolean: false
    }
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case "\n": result += "\\n"
      case "\u{00}"..<"\u{20}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
