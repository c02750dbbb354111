public import ColumnStore
internal import Commerce

extension Catalog {
  /// The default model over the canonical tables.
  ///
  /// - Throws: `CatalogError` when the built-in model is damaged.
  public static func commerce() throws(CatalogError) -> Catalog {
    try load(
      yaml: CommerceModel.text,
      name: CommerceModel.fileName,
      extending: nil,
      schemas: CommerceTables.all
    )
  }

  /// Reads a model file; with `extending`, its entries replace those of the same name and add to
  /// the others.
  ///
  /// - Throws: `CatalogError` with everything that is wrong with the file.
  public static func load(
    yaml: String,
    name: String?,
    extending base: Catalog?,
    schemas: [TableSchema]
  ) throws(CatalogError) -> Catalog {
    let source = SourceText(yaml, name: name)
    guard let root = try CatalogNode.read(source) else {
      throw CatalogError(source, "the model file is empty", 8004)
    }
    var reader = CatalogReader(extending: base ?? .empty, source: source, schemas: schemas)
    reader.read(root)
    reader.checkAll(replacing: base)
    guard !reader.problems.hasErrors else {
      throw CatalogError(source, reader.problems.diagnostics)
    }
    var catalog = reader.catalog
    catalog.warnings = reader.problems.diagnostics.sorted { $0.span.start < $1.span.start }
    return catalog
  }
}
