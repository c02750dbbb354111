import Commerce
import Foundation
import Testing

@testable import QueryLang

/// The JSON Schema of model files, and that the reader agrees with it.
@Suite struct ModelSchemaTests {
  private var schema: SchemaNode {
    get throws { try JSONDecoder().decode(SchemaNode.self, from: Data(ModelSchema.text.utf8)) }
  }

  private func mistakes(_ yaml: String) throws -> [String] {
    let root = try #require(try CatalogNode.read(SourceText(yaml, name: "shop.yaml")))
    let schema = try schema
    return schema.mistakes(of: root, at: "", in: schema)
  }

  private func isRead(_ yaml: String) throws -> Bool {
    do {
      _ = try Catalog.load(
        yaml: yaml,
        name: "shop.yaml",
        extending: try Catalog.commerce(),
        schemas: CommerceTables.all
      )
      return true
    } catch {
      return false
    }
  }

  @Test func everyReferenceLeadsToADefinitionAndEveryDefinitionIsReferredTo() throws {
    let schema = try schema
    let definitions = Set(try #require(schema.definitions).keys)
    var found: Set<String> = []
    schema.visit { node in
      if let reference = node.reference {
        #expect(reference.hasPrefix("#/$defs/"))
        found.insert(String(reference.dropFirst("#/$defs/".count)))
      }
      for name in node.required ?? [] where node.properties != nil {
        #expect(node.properties?[name] != nil, "\(name) is required and has no property")
      }
      for (name, property) in node.properties ?? [:] {
        #expect(property.description?.isEmpty == false, "\(name) has no meaning")
        #expect(property.saysSomething, "\(name) admits anything")
      }
    }
    #expect(found == definitions)
  }

  @Test func everyMappingIsInTheSchemaWithTheKeysOfTheReader() throws {
    let schema = try schema
    for mapping in ModelMapping.allCases {
      let node = mapping == .model ? schema : schema.definitions?[mapping.rawValue]
      let keys = mapping.keys.filter(\.isAvailable).map(\.name)
      #expect(Set(node?.properties?.keys.map { $0 } ?? []) == Set(keys), "\(mapping)")
      #expect(Set(mapping.keys.map(\.name)).count == mapping.keys.count, "\(mapping)")
    }
  }

  @Test func theDefaultModelFits() throws {
    #expect(try mistakes(CommerceModel.text) == [])
  }

  @Test func theExampleOfTheLanguagePageFitsAndIsRead() throws {
    let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "docs/report-language.md")
    let parts = try String(contentsOf: page, encoding: .utf8).components(separatedBy: "```yaml\n")
    let blocks = parts.dropFirst().compactMap { $0.components(separatedBy: "```").first }
    #expect(!blocks.isEmpty)
    for block in blocks {
      #expect(try mistakes(block) == [], "\(block)")
      #expect(try isRead(block), "\(block)")
    }
  }

  @Test(arguments: [
    "segments: {early: {of: customer, where: cohort_month < 2026-02}}",
    "parameters: {channels: {type: 'string[]', values_of: channel, default: any}}",
    "metrics: {aov: {expr: order_revenue / orders, aka: [basket, cart]}}",
    "periods: {diwali: {from: 2025-10-14, to: 2025-10-23}}",
    "limits: {max_rows: 10}",
    "calendars: {r: {pattern: 4-5-4, starts: [2024-02-04, 2025-02-02], week_start: sunday}}",
    "dimensions: {area: {of: place, column: city, hidden: true}}",
  ])
  func whatFitsIsRead(_ part: String) throws {
    let yaml = "mandi: 1\n" + part
    #expect(try mistakes(yaml) == [])
    #expect(try isRead(yaml))
  }

  @Test(arguments: [
    ("mandi: 2", "/mandi"),
    ("model: shop", ""),
    ("mandi: 1\nmetrcs: {}", "/metrcs"),
    ("mandi: 1\nbridges: {}", "/bridges"),
    ("mandi: 1\ndefaults: {week_start: mon}", "/defaults/week_start"),
    ("mandi: 1\ncalendars: {r: {pattern: 4-4-4}}", "/calendars/r/pattern"),
    ("mandi: 1\ncalendars: {r: {pattern: 4-4-5, starts: [soon]}}", "/calendars/r/starts"),
    ("mandi: 1\nperiods: {a: {from: 2025-10-14}}", "/periods/a"),
    ("mandi: 1\nperiods: {a: {from: soon, to: 2025-10-14}}", "/periods/a/from"),
    ("mandi: 1\nmetrics: {a: {fact: order_line, agg: summ, column: qty}}", "/metrics/a/agg"),
    ("mandi: 1\nmetrics: {a: {label: A}}", "/metrics/a"),
    ("mandi: 1\nmetrics: {a: {expr: revenue, hidden: maybe}}", "/metrics/a/hidden"),
    ("mandi: 1\nmetrics: {a: [revenue]}", "/metrics/a"),
    ("mandi: 1\nlimits: {max_rows: 0}", "/limits/max_rows"),
    ("mandi: 1\nlimits: {timeout_seconds: 3}", "/limits/timeout_seconds"),
    ("mandi: 1\nparameters: {n: {type: whole}}", "/parameters/n/type"),
    ("mandi: 1\nsegments: {early: {of: customer}}", "/segments/early"),
  ])
  func whatDoesNotFitIsRefusedByBoth(_ yaml: String, _ place: String) throws {
    #expect(try mistakes(yaml) == [place])
    #expect(try !isRead(yaml))
  }
}

/// The part of JSON Schema that the schema of models uses.
private final class SchemaNode: Decodable {
  enum Key: String, CodingKey {
    case type, properties, required, anyOf, items, pattern, minimum, description
    case values = "enum"
    case others = "additionalProperties"
    case reference = "$ref"
    case definitions = "$defs"
  }

  let types: [String]
  let properties: [String: SchemaNode]?
  let required: [String]?
  let choices: [SchemaNode]?
  let items: SchemaNode?
  let values: [String]?
  let pattern: String?
  let minimum: Int?
  let description: String?
  let reference: String?
  let definitions: [String: SchemaNode]?
  /// What other properties are; nil where there may be none.
  let others: SchemaNode?

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Key.self)
    properties = try fields.decodeIfPresent([String: SchemaNode].self, forKey: .properties)
    required = try fields.decodeIfPresent([String].self, forKey: .required)
    choices = try fields.decodeIfPresent([SchemaNode].self, forKey: .anyOf)
    items = try fields.decodeIfPresent(SchemaNode.self, forKey: .items)
    pattern = try fields.decodeIfPresent(String.self, forKey: .pattern)
    minimum = try fields.decodeIfPresent(Int.self, forKey: .minimum)
    description = try fields.decodeIfPresent(String.self, forKey: .description)
    reference = try fields.decodeIfPresent(String.self, forKey: .reference)
    definitions = try fields.decodeIfPresent([String: SchemaNode].self, forKey: .definitions)
    values = try fields.decodeIfPresent([SchemaScalar].self, forKey: .values)?.map(\.text)
    if let list = try? fields.decode([String].self, forKey: .type) {
      types = list
    } else {
      types = try fields.decodeIfPresent(String.self, forKey: .type).map { [$0] } ?? []
    }
    // `false` forbids others, and is no schema.
    others = try? fields.decode(SchemaNode.self, forKey: .others)
  }

  var saysSomething: Bool {
    !types.isEmpty || values != nil || choices != nil || reference != nil
  }

  func visit(_ look: (SchemaNode) -> Void) {
    look(self)
    var inner = choices ?? []
    inner += [items, others].compactMap { $0 }
    inner += (properties ?? [:]).values
    inner += (definitions ?? [:]).values
    for node in inner { node.visit(look) }
  }

  /// The places at which a model does not fit.
  func mistakes(of node: CatalogNode, at place: String, in root: SchemaNode) -> [String] {
    if let reference, let name = reference.split(separator: "/").last,
      let definition = root.definitions?[String(name)]
    {
      return definition.mistakes(of: node, at: place, in: root)
    }
    if let choices, !choices.contains(where: { $0.mistakes(of: node, at: place, in: root).isEmpty })
    {
      return [place]
    }
    switch node.content {
    case .scalar(let text): return fits(text) ? [] : [place]
    case .sequence(let nodes):
      guard types.isEmpty || types.contains("array") else { return [place] }
      return nodes.flatMap { items?.mistakes(of: $0, at: place, in: root) ?? [] }
    case .mapping(let entries):
      guard types.isEmpty || types.contains("object") else { return [place] }
      let keys = entries.map(\.key)
      guard (required ?? []).allSatisfy(keys.contains) else { return [place] }
      guard types.contains("object") else { return [] }
      return entries.flatMap { entry -> [String] in
        let inner = place + "/" + entry.key
        guard let schema = properties?[entry.key] ?? others else { return [inner] }
        return schema.mistakes(of: entry.value, at: inner, in: root)
      }
    }
  }

  private func fits(_ text: String) -> Bool {
    if let values { return values.contains(text) }
    if let pattern { return text.range(of: pattern, options: .regularExpression) != nil }
    if let minimum { return (Int(text) ?? minimum - 1) >= minimum }
    if types == ["boolean"] { return text == "true" || text == "false" }
    return types.isEmpty || types.contains("string")
  }
}

private struct SchemaScalar: Decodable {
  let text: String

  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if let number = try? value.decode(Int.self) {
      text = "\(number)"
    } else {
      text = try value.decode(String.self)
    }
  }
}
