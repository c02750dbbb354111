import ColumnStore

extension Normaliser {
  /// Fills the columns of a table that a semantic model declares: what the definition gives, and
  /// where it gives nothing, what the import knows of the file.
  func fillDeclared(_ columns: inout CanonicalColumns, _ mapper: inout PageMapper) {
    for field in shape.schema.fields {
      guard let mapping = mappings[field.name] else {
        if shape.supplies(field.name) { supply(field, &columns, mapper) }
        continue
      }
      if field.type == .string {
        columns.texts[field.name] = mapper.text(mapping)
      } else if let kind = kind(of: field.type, mapping.type) {
        columns.integers[field.name] = mapper.integers(mapping, as: kind)
      }
    }
  }

  private func supply(_ field: Field, _ columns: inout CanonicalColumns, _ mapper: PageMapper) {
    let rowCount = mapper.rowCount
    switch field.name {
    case "channel":
      columns.texts[field.name] = .constant(context.channel.name, rowCount: rowCount)
    case "account": columns.texts[field.name] = .constant(context.account, rowCount: rowCount)
    case "currency":
      columns.texts[field.name] = .constant(context.channel.currency, rowCount: rowCount)
    case "dataset":
      let name = "\(context.channel.name).\(context.dataset.name)"
      columns.texts[field.name] = .constant(name, rowCount: rowCount)
    case "source_file": columns.texts[field.name] = .constant(context.fileName, rowCount: rowCount)
    case "source_line":
      columns.integers[field.name] = .known(mapper.page.lines.map(Int64.init))
    case "occurrence":
      columns.integers[field.name] = .known(mapper.occurrences.map(Int64.init))
    default: break
    }
  }
}
