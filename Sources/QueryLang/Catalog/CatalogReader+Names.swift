/// Segments and parameters.
extension CatalogReader {
  mutating func readSegment(_ name: String, _ span: SourceSpan, _ node: CatalogNode) {
    let what = "the segment \"\(name)\""
    let fields = CatalogFields(node, what, .segment, &problems)
    let dimension = fields.required("of", of: what, &problems)
    let condition = fields.required("where", of: what, &problems)
    guard let dimension, let condition else { return }
    guard let owner = catalog.dimension(dimension) else {
      problems.add(
        8207,
        "there is no dimension called \"\(dimension)\"",
        fields.span(of: "of"),
        suggesting: dimension,
        among: catalog.dimensions.map(\.name)
      )
      return
    }
    let segment = NamedSegment(
      name: name,
      label: fields.text("label", &problems) ?? name,
      description: fields.text("description", &problems),
      dimension: owner.name,
      condition: expression(fields, "where", condition),
      origin: origin(span)
    )
    CatalogReader.place(segment, in: &catalog.segments) { $0.name }
  }

  /// Reads a parameter into the words of DEFINE PARAM.
  mutating func readParameter(_ name: String, _ span: SourceSpan, _ node: CatalogNode) {
    let what = "the parameter \"\(name)\""
    let fields = CatalogFields(node, what, .parameter, &problems)
    guard let type = fields.required("type", of: what, &problems) else { return }
    guard ModelMapping.parameterTypes.contains(type) else {
      problems.add(
        8107,
        "there is no type \"\(type)\"",
        fields.span(of: "type"),
        suggesting: type,
        among: ModelMapping.parameterTypes
      )
      return
    }
    var words = type.uppercased()
    let isText = type.hasPrefix("string")
    func list(_ values: [String]) -> String {
      "(" + values.map { isText ? CatalogReader.quoted($0) : $0 }.joined(separator: ", ") + ")"
    }
    let admitted = fields.texts("in", &problems)
    let members = fields.text("values_of", &problems)
    if !admitted.isEmpty, members != nil {
      problems.add(8108, "\(what) has \"in\" and therefore no \"values_of\"", fields.span)
    }
    if !admitted.isEmpty {
      words += " IN \(list(admitted))"
    } else if let members {
      words += " IN VALUES OF \(members)"
    }
    let value = fields.texts("default", &problems)
    if value.count == 1, let only = value.first, !type.hasSuffix("[]") || only == "any" {
      let isWord = only == "any" || !isText
      words += " DEFAULT \(isWord ? only : CatalogReader.quoted(only))"
    } else if !value.isEmpty {
      words += " DEFAULT \(list(value))"
    }
    let parameter = NamedParameter(
      name: name,
      label: fields.text("label", &problems) ?? name,
      description: fields.text("description", &problems),
      definition: CatalogExpression(text: words, origin: origin(span)),
      origin: origin(span)
    )
    CatalogReader.place(parameter, in: &catalog.parameters) { $0.name }
  }

  /// A text as a constant of the language.
  private static func quoted(_ text: String) -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
  }
}
