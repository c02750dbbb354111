internal import ColumnStore

extension CatalogReader {
  /// Reads the tables: names for stored ones, and tables of the model's own with their columns.
  mutating func readTables(_ fields: CatalogFields) {
    for (name, span, node) in fields.definitions("tables", &problems) {
      let what = "the table \"\(name)\""
      let table = CatalogFields(node, what, .table, &problems)
      let source = table.text("source", &problems) ?? name
      catalog.tableSources[name] = source
      let key = table.texts("primary_key", &problems)
      if table.node("columns") != nil {
        declare(source, key: key, table, what)
      }
      guard let schema = catalog.tables[source] else {
        problems.add(
          8201,
          "the store has no table called \"\(source)\"",
          table.node("source")?.span ?? span,
          suggesting: source,
          among: schemas.keys.sorted()
        )
        continue
      }
      if !key.isEmpty, key != schema.primaryKey {
        let words = schema.primaryKey.joined(separator: ", ")
        let place = table.span(of: "primary_key")
        problems.add(8202, "the primary key of \(source) is (\(words))", place)
      }
    }
  }

  private mutating func declare(
    _ source: String,
    key: [String],
    _ table: CatalogFields,
    _ what: String
  ) {
    var columns: [Field] = []
    for (name, span, node) in table.definitions("columns", &problems) {
      let column = CatalogFields(node, "the column \"\(name)\"", .tableColumn, &problems)
      let isNullable = column.flag("nullable", &problems)
      let word = column.required("type", of: "the column \"\(name)\"", &problems) ?? "text"
      guard let type = CatalogReader.columnTypes[word] else {
        problems.add(
          8107,
          "there is no column type \"\(word)\"",
          column.node("type")?.span ?? span,
          suggesting: word,
          among: CatalogReader.columnTypes.keys.sorted()
        )
        continue
      }
      columns.append(Field(name, type, nullable: isNullable))
    }
    for name in key where !columns.contains(where: { $0.name == name && !$0.isNullable }) {
      let span = table.span(of: "primary_key")
      problems.add(8202, "\(what) has no column \"\(name)\" that always has a value", span)
    }
    if key.isEmpty {
      problems.add(8103, "\(what) needs \"primary_key\"", table.span)
    }
    catalog.tables[source] = TableSchema(
      name: source,
      fields: columns,
      primaryKey: key,
      sortOrder: table.texts("sort", &problems)
    )
  }

  /// The column types of declared tables by their words.
  static let columnTypes: [String: ColumnType] = [
    "text": .string, "string": .string, "int": .int64, "count": .int64, "decimal": .decimal,
    "money": .decimal, "number": .float64, "percent": .float64, "date": .date,
    "timestamp": .timestamp, "bool": .bool,
  ]

  /// Reads a type word of a dimension, a column or a metric.
  mutating func type(
    _ word: String,
    currency: String? = nil,
    _ span: SourceSpan
  ) -> ResultType? {
    switch word {
    case "money": return .money(currency: currency)
    case "count": return .count
    case "number": return .number
    case "percent": return .percent
    case "date": return .date
    case "timestamp": return .timestamp
    case "string", "text": return .string
    case "bool": return .bool
    default:
      let words = ModelMapping.typeWords
      problems.add(8107, "there is no type \"\(word)\"", span, suggesting: word, among: words)
      return nil
    }
  }

  /// The stored table of a name that the model uses, or nil with a problem.
  mutating func storedTable(_ name: String, _ span: SourceSpan) -> TableSchema? {
    let source = catalog.tableSources[name] ?? name
    if let schema = catalog.tables[source] {
      return schema
    }
    problems.add(
      8201,
      "there is no table called \"\(name)\"",
      span,
      suggesting: name,
      among: (Array(catalog.tableSources.keys) + Array(catalog.tables.keys)).sorted()
    )
    return nil
  }

  /// Tells whether a table has a column; a problem is noted when it has not.
  @discardableResult
  mutating func check(_ column: String, in schema: TableSchema, _ span: SourceSpan) -> Bool {
    guard schema.index(of: column) == nil else { return true }
    problems.add(
      8203,
      "the table \(schema.name) has no column \"\(column)\"",
      span,
      suggesting: column,
      among: schema.fields.map(\.name)
    )
    return false
  }
}
