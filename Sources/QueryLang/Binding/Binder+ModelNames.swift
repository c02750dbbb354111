/// Segments and parameters of the model.
extension Binder {
  /// Declares the parameters of the model, which take values from outside like those of the text.
  mutating func declareModelParameters() {
    for parameter in catalog.parameters {
      declare(parameter)
    }
  }

  mutating func declare(_ parameter: NamedParameter) {
    let start = SourceSpan(start: source.markLength, end: source.markLength)
    let text = SourceText("DEFINE PARAM \(parameter.name) \(parameter.definition.text)")
    let (script, problems) = ReportParser.parse(text)
    guard problems.isEmpty, script.statements.count == 1,
      case .define(let define) = script.statements[0]
    else {
      let place = parameter.origin.span
      error(8404, "\"\(parameter.name)\" is no parameter: \(parameter.definition.text)", place)
      return
    }
    let name = NameSyntax(text: parameter.name, isQuoted: false, span: start)
    // What is wrong with the default is found when the model is read, at its place there.
    let outer = source
    source = text
    defer { source = outer }
    switch define.definition {
    case .parameter(_, let definition): _ = declare(name, definition)
    case .periodParameter(_, let period): _ = declare(name, period: period)
    case .metric, .dimension, .period, .segment: break
    }
  }

  /// The segment of a name, of the text or of the model; nil when there is none or it is wrong.
  ///
  /// Problems of a segment of the model are reported where it is used.
  mutating func segment(named name: String, at span: SourceSpan) -> DefinedSegment? {
    let folded = CatalogName.folded(name)
    if let defined = segments[folded] { return defined }
    if let known = modelSegments[folded] { return known }
    guard let segment = catalog.segment(name) else { return nil }
    guard !openSegments.contains(folded) else {
      let path = (openSegments + [folded]).joined(separator: " → ")
      error(2202, "\"\(segment.name)\" is defined by itself: \(path)", span)
      return nil
    }
    openSegments.append(folded)
    let outer = outerSpan
    outerSpan = outer ?? span
    defer {
      openSegments.removeLast()
      outerSpan = outer
    }
    let found = inModel(segment.condition) { binder, syntax in
      binder.segmentCondition(syntax, of: segment.dimension)
    }
    guard let found else { return nil }
    let bound = DefinedSegment(
      name: segment.name,
      dimension: segment.dimension,
      condition: found,
      text: segment.condition.text
    )
    modelSegments[folded] = bound
    return bound
  }

  /// The segments of the text and of the model by name, each with its dimension and its condition.
  var knownSegments: [(name: String, dimension: String, text: String)] {
    segments.values.sorted { $0.name < $1.name }.map { ($0.name, $0.dimension, $0.text) }
      + catalog.segments.map { segment in
        let text = catalog.namesDenied(segment.condition) ? "…" : segment.condition.text
        return (segment.name, segment.dimension, text)
      }
  }
}
