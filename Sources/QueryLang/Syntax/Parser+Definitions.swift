/// `DEFINE` and its parts.
extension Parser {
  /// Reads `define`.
  mutating func define() throws(SyntaxFailure) -> DefineSyntax {
    let keyword = take(.keyword).span
    let isShared = accept(.shared) != nil
    let replaces = accept(.or) != nil
    if replaces {
      try expect(.replace)
    }
    let definition = try definition()
    return DefineSyntax(
      keyword: keyword,
      isShared: isShared,
      replaces: replaces,
      definition: definition,
      span: span(from: keyword.start)
    )
  }

  private mutating func definition() throws(SyntaxFailure) -> DefinitionSyntax {
    if accept(.metric) != nil {
      let (name, expression) = try namedExpression("the name of the metric")
      return .metric(name, expression, try details())
    }
    if accept(.dimension) != nil {
      let (name, expression) = try namedExpression("the name of the dimension")
      return .dimension(name, expression, try details())
    }
    if accept(.param) != nil {
      return try parameterDefinition()
    }
    if accept(.period) != nil {
      let name = try plainName("the name of the period")
      try expect(.equal)
      return .period(name, try period())
    }
    if accept(.segment) != nil {
      let name = try plainName("the name of the segment")
      try expect(.of)
      let dimension = try dimension()
      try expect(.equal)
      return .segment(name, of: dimension, try expression())
    }
    throw fail("METRIC, DIMENSION, PARAM, PERIOD or SEGMENT is needed")
  }

  private mutating func namedExpression(
    _ what: String
  ) throws(SyntaxFailure) -> (NameSyntax, ExpressionSyntax) {
    let name = try identifier(what)
    try expect(.equal)
    return (name, checkingMonth(try expression()))
  }

  // MARK: Details

  private mutating func details() throws(SyntaxFailure) -> [DefinitionDetailSyntax] {
    var details: [DefinitionDetailSyntax] = []
    while let kind = try detail() {
      details.append(DefinitionDetailSyntax(kind: kind.kind, span: span(from: kind.start)))
    }
    return details
  }

  private mutating func detail() throws(SyntaxFailure) -> (
    kind: DefinitionDetailSyntax.Kind, start: Int
  )? {
    let start = current.span.start
    if accept(.type) != nil {
      return (.type(try type()), start)
    }
    if accept(.label) != nil {
      return (.label(try text("a label in single quotes")), start)
    }
    if accept(.description) != nil {
      return (.description(try text("a description in single quotes")), start)
    }
    if accept(.format) != nil {
      return (.format(try format()), start)
    }
    if accept(.aka) != nil {
      var names = [try text("another name in single quotes")]
      while accept(.comma) != nil {
        names.append(try text("another name in single quotes"))
      }
      return (.aka(names), start)
    }
    guard accept(.empty) != nil else { return nil }
    if accept(.zero) != nil {
      return (.empty(.zero), start)
    }
    guard accept(.null) != nil else { throw fail("ZERO or NULL is needed") }
    return (.empty(.null), start)
  }

  private mutating func type() throws(SyntaxFailure) -> TypeSyntax {
    mayFollow(.type)
    guard let word = name().flatMap({ TypeSyntax.Word(rawValue: $0.lowercased()) }) else {
      throw fail("a type such as MONEY, COUNT, STRING or DATE is needed")
    }
    let start = take(.keyword).span.start
    let isList = accept(.listMark) != nil
    return TypeSyntax(word: word, isList: isList, span: span(from: start))
  }

  // MARK: Parameters

  private mutating func parameterDefinition() throws(SyntaxFailure) -> DefinitionSyntax {
    let name = try plainName("the name of the parameter")
    if accept(.period) != nil {
      let period = accept(.default) != nil ? try period() : nil
      return .periodParameter(name, defaultPeriod: period)
    }
    let type = try type()
    let allowed = accept(.in) != nil ? try allowedValues() : nil
    let value = accept(.default) != nil ? try defaultValue() : nil
    let definition = ParameterDefinitionSyntax(type: type, allowed: allowed, defaultValue: value)
    return .parameter(name, definition)
  }

  private mutating func allowedValues() throws(SyntaxFailure) -> ParameterDefinitionSyntax.Allowed {
    if accept(.values) != nil {
      try expect(.of)
      return .values(of: try dimension())
    }
    return .literals(try literals())
  }

  private mutating func literals() throws(SyntaxFailure) -> [LiteralSyntax] {
    let opening = try expect(.leftParenthesis)
    var result = [try literal()]
    while accept(.comma) != nil {
      result.append(try literal())
    }
    try close(opening)
    return result
  }

  private mutating func defaultValue() throws(SyntaxFailure) -> ParameterDefinitionSyntax.Default {
    mayFollow(.anyName)
    if accept(.any) != nil {
      return .any
    }
    if at(.leftParenthesis) {
      return .literals(try literals())
    }
    if name() != nil {
      return .name(try nameReference("a name"))
    }
    if case .quotedName = current.kind {
      return .name(try nameReference("a name"))
    }
    return .literal(try literal())
  }
}
