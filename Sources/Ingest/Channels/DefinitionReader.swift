import ColumnStore
import Commerce
import Crypto
import Yams

/// Reads a channel definition and reports all of its mistakes at once.
struct DefinitionReader {
  private var yaml: YAMLReader
  private let file: String
  private let shapes: [TableShape]

  /// Makes a reader; `tables` are those that a semantic model declares.
  init(file: String, tables: [TableSchema] = []) {
    self.file = file
    shapes = TableShape.canonical + tables.map { TableShape(declared: $0) }
    yaml = YAMLReader(file: file)
  }

  /// Reads a text.
  ///
  /// - Throws: `IngestError.definition` with every mistake and its place.
  mutating func read(_ text: String) throws(IngestError) -> ChannelDefinition {
    let digest = SHA256.hash(data: Array(text.utf8)).lowercaseHex
    let definition =
      NestingCheck.isShallow(text)
      ? yaml.compose(text).flatMap { channel($0, digest: digest) } : nil
    if let problem = NestingCheck.problem(in: text, file: file) {
      throw .definition([problem])
    }
    guard yaml.problems.isEmpty, let definition else { throw .definition(yaml.problems) }
    return definition
  }

  private mutating func channel(_ node: Node, digest: String) -> ChannelDefinition? {
    let entries = yaml.entries(
      of: node,
      keys: [
        "mandi", "channel", "label", "kind", "timezone", "currency", "value_basis", "evidence",
        "datasets",
      ],
      what: "a channel definition"
    )
    need(["mandi", "channel", "kind", "datasets"], in: entries, at: node, what: "the definition")
    if let version = entries["mandi"], yaml.text(version, "mandi") != "1" {
      yaml.fail(version, "this program reads definitions with `mandi: 1`")
    }
    let name = slug(entries["channel"], "channel") ?? ""
    let kind = entries["kind"].flatMap { yaml.word($0, "kind", as: ChannelKind.self) }
    let basis = entries["value_basis"].flatMap {
      yaml.word($0, "value_basis", as: ValueBasis.self)
    }
    let zone = entries["timezone"].flatMap { yaml.text($0, "timezone") } ?? "Asia/Kolkata"
    if let node = entries["timezone"], ZoneRules(identifier: zone) == nil {
      yaml.fail(node, "'\(zone)' is not a time zone; write one like Asia/Kolkata")
    }
    let evidence = entries["evidence"].flatMap { yaml.text($0, "evidence") } ?? "assumed"
    if let node = entries["evidence"], !["documented", "observed", "assumed"].contains(evidence) {
      yaml.fail(node, "evidence is documented, observed or assumed, not '\(evidence)'")
    }
    return ChannelDefinition(
      name: name,
      label: entries["label"].flatMap { yaml.text($0, "label") } ?? name,
      kind: kind ?? .marketplace,
      timeZone: zone,
      currency: currency(entries["currency"]),
      valueBasis: basis ?? .gross,
      evidence: evidence,
      datasets: datasets(entries["datasets"]),
      source: file,
      digest: digest
    )
  }

  private mutating func currency(_ node: Node?) -> String {
    guard let node, let code = yaml.text(node, "currency") else { return "INR" }
    let isCode = code.utf8.count == 3 && code.utf8.allSatisfy { (0x41...0x5A).contains($0) }
    if !isCode { yaml.fail(node, "currency is an ISO 4217 code like INR, not '\(code)'") }
    return code
  }

  private mutating func slug(_ node: Node?, _ what: String) -> String? {
    guard let node, let name = yaml.text(node, what) else { return nil }
    let isSlug =
      !name.isEmpty
      && name.utf8.allSatisfy {
        (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F
      }
    if !isSlug { yaml.fail(node, "\(what) has only a-z, 0-9 and _, not '\(name)'") }
    return name
  }

  private mutating func need(
    _ keys: [String],
    in entries: [String: Node],
    at node: Node,
    what: String
  ) {
    for key in keys where entries[key] == nil { yaml.fail(node, "\(what) needs '\(key)'") }
  }

  private mutating func datasets(_ node: Node?) -> [DatasetDefinition] {
    guard let node else { return [] }
    guard case .mapping(let mapping) = node, mapping.count > 0 else {
      yaml.fail(node, "datasets is a mapping of names to data sets")
      return []
    }
    var datasets: [DatasetDefinition] = []
    for (key, value) in mapping {
      guard let name = slug(key, "a data set's name") else { continue }
      if let dataset = dataset(named: name, value) { datasets.append(dataset) }
    }
    return datasets
  }

  private static let datasetKeys = [
    "label", "table", "mode", "slice", "file", "recognise", "known", "variants", "carry", "key",
    "version", "occurrence", "columns", "attributes", "capabilities", "settle_days",
  ]

  private mutating func dataset(named name: String, _ node: Node) -> DatasetDefinition? {
    let what = "the data set \(name)"
    let entries = yaml.entries(of: node, keys: DefinitionReader.datasetKeys, what: what)
    guard !entries.isEmpty else { return nil }
    need(["table", "recognise", "key", "columns"], in: entries, at: node, what: what)
    guard let shape = shape(entries["table"]) else { return nil }
    var dataset = DatasetDefinition(
      name: name,
      label: entries["label"].flatMap { yaml.text($0, "label") } ?? name,
      shape: shape,
      mode: entries["mode"].flatMap {
        yaml.word($0, "mode", as: DatasetDefinition.Mode.self)
      } ?? .upsert,
      slice: entries["slice"].map { yaml.texts($0, "slice") } ?? [],
      file: fileRule(entries["file"]),
      recognised: recognised(entries["recognise"]),
      known: entries["known"].map { yaml.texts($0, "known") } ?? [],
      variants: [],
      key: entries["key"].map { yaml.texts($0, "key") } ?? [],
      version: version(entries["version"]),
      occurrence: entries["occurrence"].map { yaml.texts($0, "occurrence") } ?? [],
      carry: carry(entries["carry"]),
      columns: columns(entries["columns"], shape: shape),
      capabilities: entries["capabilities"].map { yaml.texts($0, "capabilities") } ?? [],
      settleDays: entries["settle_days"].flatMap { number($0, "settle_days") } ?? 0
    )
    if let attributes = entries["attributes"], !YAMLReader.isNull(attributes),
      !isEmptyMapping(attributes)
    {
      yaml.fail(attributes, "attributes are not kept yet; leave the key out")
    }
    check(dataset, entries: entries, node: node, shape: shape)
    checkPrivacy(dataset, at: entries["columns"] ?? node)
    dataset.variants = variants(entries["variants"], of: dataset, shape: shape)
    return dataset
  }

  private func isEmptyMapping(_ node: Node) -> Bool {
    guard case .mapping(let mapping) = node else { return false }
    return mapping.isEmpty
  }

  private mutating func shape(_ node: Node?) -> TableShape? {
    guard let node, let name = yaml.text(node, "table") else { return nil }
    if let shape = shapes.first(where: { $0.schema.name == name }) { return shape }
    let known = shapes.map(\.schema.name).joined(separator: " and ")
    yaml.fail(
      node,
      "files can feed the tables \(known), not '\(name)'; a table of a model's own is known where "
        + "the model is given with --model"
    )
    return nil
  }

  /// What makes sense only when all keys are known.
  private mutating func check(
    _ dataset: DatasetDefinition,
    entries: [String: Node],
    node: Node,
    shape: TableShape
  ) {
    let names = Set(dataset.columns.map(\.name))
    for group in shape.needed where names.isDisjoint(with: group) {
      let wanted = group.joined(separator: " or ")
      yaml.fail(entries["columns"] ?? node, "the table \(dataset.table) needs a column \(wanted)")
    }
    for name in dataset.key where !shape.naturalKey.contains(name) {
      let known = shape.naturalKey.joined(separator: ", ")
      yaml.fail(entries["key"] ?? node, "the key of \(dataset.table) is of \(known), not '\(name)'")
    }
    for name in dataset.slice where shape.schema.field(name) == nil {
      yaml.fail(entries["slice"] ?? node, "the table \(dataset.table) has no column '\(name)'")
    }
    if dataset.mode == .replaceSlice, dataset.slice.isEmpty {
      yaml.fail(entries["mode"] ?? node, "replace_slice needs the columns that name a slice")
    }
  }

  /// A header that feeds a hashed customer must not reach the store by another way.
  private mutating func checkPrivacy(_ dataset: DatasetDefinition, at node: Node) {
    guard dataset.shape.origin == .canonical,
      let customer = dataset.columns.first(where: { $0.name == "customer" })?.rule,
      customer.identity != .plain
    else { return }
    let personal = Set(customer.headers.map(HeaderText.normalised))
    for column in dataset.columns where column.name != "customer" {
      for header in column.rule.headers where personal.contains(HeaderText.normalised(header)) {
        yaml.fail(
          node,
          "the column \(column.name) reads '\(header)', of which the customer keeps a hash only; "
            + "take another header, or write `keep: plain` when it may be stored as it is"
        )
      }
    }
  }

  private mutating func variants(
    _ node: Node?,
    of base: DatasetDefinition,
    shape: TableShape
  ) -> [DatasetDefinition] {
    guard let node, !YAMLReader.isNull(node) else { return [] }
    guard case .sequence(let nodes) = node else {
      yaml.fail(node, "variants is a list")
      return []
    }
    var variants: [DatasetDefinition] = []
    for node in nodes {
      let entries = yaml.entries(of: node, keys: ["recognise", "columns"], what: "a variant")
      need(["recognise"], in: entries, at: node, what: "a variant")
      var variant = base
      for header in recognised(entries["recognise"]) where !variant.recognised.contains(header) {
        variant.recognised.append(header)
      }
      for column in columns(entries["columns"], shape: shape) {
        variant.columns.removeAll { $0.name == column.name }
        variant.columns.append(column)
      }
      checkPrivacy(variant, at: entries["columns"] ?? node)
      variants.append(variant)
    }
    return variants
  }

  private mutating func recognised(_ node: Node?) -> [String] {
    guard let node else { return [] }
    let entries = yaml.entries(of: node, keys: ["headers"], what: "recognise")
    guard let headers = entries["headers"] else {
      yaml.fail(node, "recognise needs 'headers'")
      return []
    }
    let names = yaml.texts(headers, "headers")
    if names.isEmpty { yaml.fail(headers, "headers names at least one column of the file") }
    return names
  }

  private mutating func version(_ node: Node?) -> ColumnRule? {
    guard let node, !YAMLReader.isNull(node) else { return nil }
    if case .scalar(let scalar) = node {
      var rule = ColumnRule(.field([scalar.string]))
      rule.type = .timestamp
      return rule
    }
    return rule(node, what: "version", target: .timestamp)
  }

  private mutating func carry(_ node: Node?) -> CarryRule? {
    guard let node, !YAMLReader.isNull(node) else { return nil }
    let entries = yaml.entries(of: node, keys: ["by", "columns"], what: "carry")
    need(["by", "columns"], in: entries, at: node, what: "carry")
    guard let by = entries["by"].flatMap({ yaml.text($0, "by") }), let columns = entries["columns"]
    else { return nil }
    return CarryRule(by: by, columns: yaml.texts(columns, "columns"))
  }

  private mutating func number(_ node: Node, _ what: String) -> Int? {
    guard let text = yaml.text(node, what) else { return nil }
    guard let value = Int(text), value >= 0 else {
      yaml.fail(node, "\(what) is a whole number, not '\(text)'")
      return nil
    }
    return value
  }
}

// MARK: - Files

extension DefinitionReader {
  private static let fileKeys = [
    "format", "encoding", "header", "columns", "sheet", "skip_rows", "checksum", "name_date",
    "short_rows",
  ]

  private mutating func fileRule(_ node: Node?) -> FileRule {
    var rule = FileRule()
    guard let node, !YAMLReader.isNull(node) else { return rule }
    let entries = yaml.entries(of: node, keys: DefinitionReader.fileKeys, what: "file")
    if let node = entries["format"], let name = yaml.text(node, "format") {
      rule.format = FileRule.Format(rawValue: name)
      if rule.format == nil {
        let isPlanned = ["fixed", "xlsx", "json", "jsonl"].contains(name)
        let reason = isPlanned ? "files in '\(name)' are not read yet" : "'\(name)' is no format"
        yaml.fail(node, "\(reason); csv and tsv are")
      }
    }
    if let node = entries["encoding"], let name = yaml.text(node, "encoding"), name != "auto" {
      yaml.fail(node, "encoding is auto: it is found from the bytes; '\(name)' is not read yet")
    }
    header(entries["header"], names: entries["columns"], into: &rule)
    for key in ["sheet", "checksum"] {
      guard let node = entries[key], !YAMLReader.isNull(node), !isEmptySequence(node) else {
        continue
      }
      yaml.fail(node, "'\(key)' is not read yet; leave the key out")
    }
    if let node = entries["skip_rows"], !YAMLReader.isNull(node) {
      rule.skippedRows = skipRules(node)
    }
    if let node = entries["name_date"], !YAMLReader.isNull(node) {
      rule.nameDates = patterns(node, "name_date")
    }
    if let node = entries["short_rows"], let word = yaml.text(node, "short_rows") {
      if !["allowed", "refused"].contains(word) {
        yaml.fail(node, "short_rows is allowed or refused, not '\(word)'")
      }
      rule.areShortRowsAllowed = word == "allowed"
    }
    return rule
  }

  private func isEmptySequence(_ node: Node) -> Bool {
    guard case .sequence(let sequence) = node else { return false }
    return sequence.isEmpty
  }

  private mutating func header(_ node: Node?, names: Node?, into rule: inout FileRule) {
    guard let node, let word = yaml.text(node, "header"), word != "auto" else {
      if let names { yaml.fail(names, "file.columns goes with `header: none`") }
      return
    }
    if word == "none" {
      guard let names else {
        yaml.fail(node, "`header: none` needs the names of the columns in file.columns")
        return
      }
      rule.header = .none(yaml.texts(names, "columns"))
    } else if let line = Int(word), (1...1000).contains(line) {
      rule.header = .line(line)
    } else {
      yaml.fail(node, "header is auto, none or the number of a row, not '\(word)'")
    }
  }

  private mutating func skipRules(_ node: Node) -> [SkipRule] {
    guard case .sequence(let nodes) = node else {
      yaml.fail(node, "skip_rows is a list of {column, matches}")
      return []
    }
    var rules: [SkipRule] = []
    for node in nodes {
      let entries = yaml.entries(of: node, keys: ["column", "matches"], what: "skip_rows")
      need(["column", "matches"], in: entries, at: node, what: "an entry of skip_rows")
      guard let column = entries["column"].flatMap({ yaml.text($0, "column") }),
        let pattern = entries["matches"], let text = yaml.text(pattern, "matches")
      else { continue }
      if RowPattern(text) == nil { yaml.fail(pattern, "'\(text)' is not a pattern") }
      rules.append(SkipRule(column: column, pattern: text))
    }
    return rules
  }

  private mutating func patterns(_ node: Node, _ what: String) -> [DatePattern] {
    var patterns: [DatePattern] = []
    for text in yaml.texts(node, what) {
      if let pattern = DatePattern(text) {
        patterns.append(pattern)
      } else {
        yaml.fail(node, "'\(text)' is not a date pattern; write one like dd-MM-yyyy")
      }
    }
    return patterns
  }
}

// MARK: - Columns

extension DefinitionReader {
  private static let ruleKeys = [
    "from", "const", "concat", "with", "coalesce", "expr", "type", "format", "map", "else", "clean",
    "sign", "decimal_comma", "required", "keep", "scope", "unpivot",
  ]
  private static let sources = ["from", "const", "concat", "coalesce", "expr", "unpivot"]

  private mutating func columns(_ node: Node?, shape: TableShape) -> [NamedRule] {
    guard let node else { return [] }
    guard case .mapping(let mapping) = node else {
      yaml.fail(node, "columns is a mapping of canonical columns to rules")
      return []
    }
    var rules: [NamedRule] = []
    for (key, value) in mapping {
      guard let name = key.string else { continue }
      guard let target = shape.columns[name] else {
        let known = shape.columns.keys.sorted()
        let meant = Suggestion.nearest(to: name, among: known)
        let help =
          meant.map { "did you mean '\($0)'?" } ?? "known are \(known.joined(separator: ", "))"
        yaml.fail(key, "the table \(shape.schema.name) has no column '\(name)' to fill; \(help)")
        continue
      }
      if let rule = rule(value, what: "the column \(name)", target: target) {
        rules.append(NamedRule(name: name, rule: rule))
      }
    }
    return rules
  }

  private mutating func rule(_ node: Node, what: String, target: ColumnType) -> ColumnRule? {
    let entries = yaml.entries(of: node, keys: DefinitionReader.ruleKeys, what: what)
    guard !entries.isEmpty else { return nil }
    let given = DefinitionReader.sources.filter { entries[$0] != nil }
    guard given.count == 1, let kind = given.first else {
      let known = "from, const, concat, coalesce or expr"
      yaml.fail(node, "\(what) needs exactly one of \(known)")
      return nil
    }
    guard let source = source(kind, entries: entries, what: what, target: target) else {
      return nil
    }
    var rule = ColumnRule(source)
    if let node = entries["type"] {
      rule.type = yaml.word(node, "type", as: ColumnRule.ValueType.self)
      if let type = rule.type, !TableShape.fits(type, target) {
        yaml.fail(node, "\(what) cannot hold a value of type \(type.rawValue)")
      }
    }
    if let node = entries["format"] { rule.patterns = patterns(node, "format") }
    rule.map = map(entries, what: what)
    if let node = entries["clean"] { rule.cleaning = cleaning(node) }
    rule.sign = entries["sign"].flatMap { sign($0) }
    if let node = entries["decimal_comma"] {
      rule.hasDecimalComma = yaml.flag(node, "decimal_comma") ?? false
    }
    if let node = entries["required"] { rule.isRequired = yaml.flag(node, "required") ?? false }
    rule.identity = identity(entries)
    return rule
  }

  private mutating func source(
    _ kind: String,
    entries: [String: Node],
    what: String,
    target: ColumnType
  ) -> ColumnRule.Source? {
    guard let node = entries[kind] else { return nil }
    switch kind {
    case "from":
      let names = yaml.texts(node, "from")
      if names.isEmpty { yaml.fail(node, "from names a header of the file") }
      return names.isEmpty ? nil : .field(names)
    case "const":
      return yaml.text(node, "const").map { .constant($0) }
    case "concat":
      if target != .string { yaml.fail(node, "concat makes a text; \(what) is none") }
      let separator = entries["with"].flatMap { yaml.text($0, "with") } ?? ""
      let parts = yaml.texts(node, "concat").map { name in
        name == "$occurrence" ? ColumnRule.Part.occurrence : .field(name)
      }
      return .joined(parts, separator: separator)
    case "coalesce":
      guard case .sequence(let nodes) = node else {
        yaml.fail(node, "coalesce is a list of rules")
        return nil
      }
      var rules: [ColumnRule] = []
      for node in nodes {
        if case .scalar(let scalar) = node {
          rules.append(ColumnRule(.field([scalar.string])))
        } else if let rule = rule(node, what: what, target: target) {
          rules.append(rule)
        }
      }
      return .first(rules)
    case "expr":
      guard let text = yaml.text(node, "expr") else { return nil }
      guard target != .string, target != .bool, target != .date, target != .timestamp else {
        yaml.fail(node, "expr computes a number; \(what) is none")
        return nil
      }
      do throws(RowExpression.Mistake) {
        return .expression(try RowExpression(parsing: text))
      } catch {
        yaml.fail(node, "in '\(text)': \(error.message)")
        return nil
      }
    default:
      yaml.fail(node, "'\(kind)' is not read yet")
      return nil
    }
  }

  private mutating func map(_ entries: [String: Node], what: String) -> ColumnRule.WordMap? {
    let otherwise = entries["else"].flatMap { yaml.text($0, "else") }
    guard let node = entries["map"] else {
      if let node = entries["else"] { yaml.fail(node, "else goes with map") }
      return nil
    }
    guard case .mapping(let mapping) = node else {
      yaml.fail(node, "map is a mapping of the file's words to ours")
      return nil
    }
    var words: [String: String] = [:]
    for (key, value) in mapping {
      guard let from = key.string, let to = yaml.text(value, "a value of map") else { continue }
      words[HeaderText.normalised(from)] = to
    }
    if what == "the column status" {
      for word in words.values.sorted() + (otherwise.map { [$0] } ?? []) {
        checkStatus(word, at: node)
      }
    }
    return ColumnRule.WordMap(words: words, otherwise: otherwise)
  }

  private mutating func checkStatus(_ word: String, at node: Node) {
    guard OrderStatus(rawValue: word) == nil else { return }
    let known = OrderStatus.allCases.map(\.rawValue)
    let meant = Suggestion.nearest(to: word, among: known)
    let help = meant.map { "did you mean '\($0)'?" } ?? "known are \(known.joined(separator: ", "))"
    yaml.fail(node, "'\(word)' is not a status; \(help)")
  }

  private mutating func cleaning(_ node: Node) -> [ColumnRule.Cleaning] {
    var nodes = [node]
    if case .sequence(let sequence) = node { nodes = Array(sequence) }
    var steps: [ColumnRule.Cleaning] = []
    for node in nodes {
      if case .mapping = node {
        let entries = yaml.entries(of: node, keys: ["strip"], what: "clean")
        if let text = entries["strip"].flatMap({ yaml.text($0, "strip") }), !text.isEmpty {
          steps.append(.strip(text))
        }
        continue
      }
      switch yaml.text(node, "clean") {
      case "trim": steps.append(.trim)
      case "upper": steps.append(.upper)
      case "lower": steps.append(.lower)
      case .some(let word):
        yaml.fail(node, "clean is trim, upper, lower or {strip: TEXT}, not '\(word)'")
      case nil: break
      }
    }
    return steps
  }

  private mutating func sign(_ node: Node) -> ColumnRule.SignRule? {
    let entries = yaml.entries(of: node, keys: ["negative_when"], what: "sign")
    guard let rule = entries["negative_when"] else {
      yaml.fail(node, "sign needs 'negative_when'")
      return nil
    }
    let parts = yaml.entries(of: rule, keys: ["column", "equals"], what: "negative_when")
    need(["column", "equals"], in: parts, at: rule, what: "negative_when")
    guard let column = parts["column"].flatMap({ yaml.text($0, "column") }),
      let equals = parts["equals"].flatMap({ yaml.text($0, "equals") })
    else { return nil }
    return ColumnRule.SignRule(column: column, equals: HeaderText.normalised(equals))
  }

  private mutating func identity(_ entries: [String: Node]) -> ColumnRule.Identity {
    var isPlain = false
    if let node = entries["keep"], let word = yaml.text(node, "keep") {
      if !["plain", "hashed"].contains(word) {
        yaml.fail(node, "keep is plain or hashed, not '\(word)'")
      }
      isPlain = word == "plain"
    }
    let scope = entries["scope"].flatMap {
      yaml.word($0, "scope", as: ColumnRule.Scope.self)
    }
    return isPlain ? .plain : .hashed(scope: scope ?? .account)
  }
}
