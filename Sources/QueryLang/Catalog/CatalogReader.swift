internal import ColumnStore

/// Reads the sections of a model file into the entries of a catalog, by name: an entry of the same
/// name is replaced, any other is added.
struct CatalogReader {
  var catalog: Catalog
  var problems: CatalogProblems
  /// The stored tables, by name.
  let schemas: [String: TableSchema]
  /// What dimensions of this file call coarser; they may be defined after them.
  var parents: [NamedParent] = []

  /// A dimension and one that it calls coarser.
  struct NamedParent {
    let dimension: String
    let parent: String
    let span: SourceSpan
  }

  init(extending base: Catalog, source: SourceText, schemas: [TableSchema]) {
    catalog = base
    problems = CatalogProblems(source)
    var tables = base.tables
    for schema in schemas {
      tables[schema.name] = schema
    }
    self.schemas = tables
    catalog.tables = tables
  }

  mutating func read(_ root: CatalogNode) {
    let fields = CatalogFields(root, "the model", .model, &problems)
    readVersion(fields)
    readDefaults(fields)
    readCalendars(fields)
    readTables(fields)
    readPeriods(fields)
    for (name, span, node) in fields.definitions("dimensions", &problems) {
      readDimension(name, span, node)
    }
    for (name, span, node) in fields.definitions("facts", &problems) {
      readFact(name, span, node)
    }
    for (name, span, node) in fields.definitions("metrics", &problems) {
      readMetric(name, span, node)
    }
    for (name, span, node) in fields.definitions("cohorts", &problems) {
      readCohort(name, span, node)
    }
    for (name, span, node) in fields.definitions("segments", &problems) {
      readSegment(name, span, node)
    }
    for (name, span, node) in fields.definitions("parameters", &problems) {
      readParameter(name, span, node)
    }
    for (name, span, node) in fields.definitions("targets", &problems) {
      readTarget(name, span, node)
    }
    readPolicies(fields)
    readLimits(fields)
  }

  private mutating func readVersion(_ fields: CatalogFields) {
    if let version = fields.required("mandi", of: "the model", &problems), version != "1" {
      problems.add(8106, "this program reads models of version 1", fields.span(of: "mandi"))
    }
    if let name = fields.text("model", &problems) {
      catalog.name = name
    }
  }

  private mutating func readDefaults(_ fields: CatalogFields) {
    guard let node = fields.node("defaults") else { return }
    let defaults = CatalogFields(node, "\"defaults\"", .defaults, &problems)
    if let zone = defaults.text("timezone", &problems) {
      catalog.defaults.timezone = zone
    }
    if let currency = defaults.text("currency", &problems) {
      catalog.defaults.currency = currency
      if !CatalogReader.isCurrency(currency) {
        let span = defaults.span(of: "currency")
        problems.add(8107, "\"\(currency)\" is no currency code such as INR", span)
      }
    }
    if let period = defaults.text("period", &problems) {
      catalog.defaults.period = period
    }
    if let calendar = defaults.text("calendar", &problems) {
      catalog.defaults.calendar = calendar
    }
    if let start = weekStart(defaults) {
      catalog.defaults.weekStart = start
    }
  }

  private mutating func readPeriods(_ fields: CatalogFields) {
    for (name, span, node) in fields.definitions("periods", &problems) {
      let what = "the period \"\(name)\""
      let period = CatalogFields(node, what, .period, &problems)
      _ = period.required("from", of: what, &problems)
      _ = period.required("to", of: what, &problems)
      guard let from = period.date("from", &problems), let to = period.date("to", &problems) else {
        continue
      }
      if to < from {
        problems.add(8107, "\(what) ends before it begins", period.span(of: "to"))
      }
      let entry = NamedPeriod(
        name: name,
        label: period.text("label", &problems) ?? name,
        from: from,
        to: to,
        origin: origin(span)
      )
      CatalogReader.place(entry, in: &catalog.periods) { $0.name }
    }
  }

  private mutating func readLimits(_ fields: CatalogFields) {
    guard let node = fields.node("limits") else { return }
    let limits = CatalogFields(node, "\"limits\"", .limits, &problems)
    if let rows = limits.count("max_rows", &problems) {
      catalog.limits.maximumRows = rows
    }
    if let cells = limits.count("max_cells", &problems) {
      catalog.limits.maximumCells = cells
    }
    if let columns = limits.count("max_pivot_columns", &problems) {
      catalog.limits.maximumPivotColumns = columns
    }
  }

  func origin(_ span: SourceSpan) -> CatalogOrigin {
    CatalogOrigin(file: problems.file, span: span)
  }

  func expression(_ fields: CatalogFields, _ key: String, _ text: String) -> CatalogExpression {
    CatalogExpression(text: text, origin: origin(fields.span(of: key)))
  }

  /// Puts an entry in the place of the one with its name, or at the end.
  static func place<Entry>(_ entry: Entry, in entries: inout [Entry], name: (Entry) -> String) {
    let folded = CatalogName.folded(name(entry))
    if let index = entries.firstIndex(where: { CatalogName.folded(name($0)) == folded }) {
      entries[index] = entry
    } else {
      entries.append(entry)
    }
  }

  static func isCurrency(_ code: String) -> Bool {
    code.utf8.count == 3
      && code.utf8.allSatisfy { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
  }
}
