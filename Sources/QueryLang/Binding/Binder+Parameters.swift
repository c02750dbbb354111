/// Definitions of parameters, and the values that are given to them.
extension Binder {
  /// Declares a parameter with constants or a name for its value.
  mutating func declare(_ name: NameSyntax, _ syntax: ParameterDefinitionSyntax) -> Bool {
    guard let kind = parameterKind(syntax.type) else { return false }
    var allowed: DeclaredParameter.Allowed?
    if let written = syntax.allowed {
      guard let found = self.allowed(written, kind, syntax.type) else { return false }
      allowed = found
    }
    var value: DeclaredParameter.Value?
    if let written = syntax.defaultValue {
      guard let found = defaultValue(written, kind, name) else { return false }
      value = found
    }
    var allowsAny = false
    if case .any = syntax.defaultValue { allowsAny = true }
    let declared = DeclaredParameter(
      name: name.text,
      kind: kind,
      allowed: allowed,
      allowsAny: allowsAny,
      value: value,
      isGiven: false,
      span: name.span
    )
    return keep(declared)
  }

  /// Declares a parameter of kind period.
  mutating func declare(_ name: NameSyntax, period: PeriodSyntax?) -> Bool {
    if let period, range(period) == nil { return false }
    let declared = DeclaredParameter(
      name: name.text,
      kind: .period,
      allowed: nil,
      allowsAny: false,
      value: period.map { .period($0, source) },
      isGiven: false,
      span: name.span
    )
    return keep(declared)
  }

  /// Keeps a declaration, with the value from outside in the place of its default.
  private mutating func keep(_ declared: DeclaredParameter) -> Bool {
    let folded = CatalogName.folded(declared.name)
    declaredNames.insert(folded)
    var value = declared.value
    let given = givenParameters.sorted { $0.key < $1.key }
      .first { CatalogName.folded($0.key) == folded }?.value
    if let given {
      guard let found = self.value(given, declared) else { return false }
      value = found
    }
    guard isAllowed(value, declared, isGiven: given != nil) else { return false }
    parameters[folded] = DeclaredParameter(
      name: declared.name,
      kind: declared.kind,
      allowed: declared.allowed,
      allowsAny: declared.allowsAny,
      value: value,
      isGiven: given != nil,
      span: declared.span
    )
    return true
  }

  /// Refuses values that were given to parameters which the script does not declare.
  mutating func checkGivenNames() {
    for name in givenParameters.keys.sorted()
    where !declaredNames.contains(CatalogName.folded(name)) {
      let known = parameters.values.map(\.name).sorted()
      let suggestion = Suggestion(for: name, among: known)
      error(
        2306,
        "a value was given for \"\(name)\", and the text has no such parameter",
        SourceSpan(start: source.markLength, end: source.markLength),
        suggestion.question ?? "write DEFINE PARAM \(name) and its type"
      )
    }
  }

  // MARK: Types and allowed values

  private mutating func parameterKind(_ type: TypeSyntax) -> DeclaredParameter.Kind? {
    let result: ResultType
    switch type.word {
    case .money: result = .money(currency: nil)
    case .count: result = .count
    case .number: result = .number
    case .percent: result = .percent
    case .date: result = .date
    case .string: result = .string
    case .bool: result = .bool
    case .timestamp:
      error(2308, "no constant is of type TIMESTAMP", type.span, "write DATE")
      return nil
    case .metric, .dimension:
      guard !type.isList else {
        let word = type.word.rawValue
        error(2308, "a parameter stands for one \(word), not for a list", type.span)
        return nil
      }
      return type.word == .metric ? .metric : .dimension
    }
    return .constants(result, isList: type.isList)
  }

  private mutating func allowed(
    _ syntax: ParameterDefinitionSyntax.Allowed,
    _ kind: DeclaredParameter.Kind,
    _ type: TypeSyntax
  ) -> DeclaredParameter.Allowed? {
    guard case .constants(let result, _) = kind else {
      error(2308, "a parameter of type \(kind.typeName) takes no IN", type.span)
      return nil
    }
    switch syntax {
    case .literals(let literals):
      let constants = literals.map { constant($0, result, kind, at: $0.span) }
      guard !constants.contains(where: { $0 == nil }) else { return nil }
      return .constants(constants.compactMap { $0 })
    case .values(let dimension):
      guard let row = row(dimension, RowScope(facts: [], place: .by)) else { return nil }
      guard case .dimension(let name) = row.kind, row.type == .string, result == .string,
        let found = catalog.dimension(name)
      else {
        error(2308, "VALUES OF takes a dimension of texts, and the type STRING", dimension.span)
        return nil
      }
      return .members(of: name, values: found.values)
    }
  }

  /// Checks that every constant is one of those that the declaration admits.
  private mutating func isAllowed(
    _ value: DeclaredParameter.Value?,
    _ declared: DeclaredParameter,
    isGiven: Bool
  ) -> Bool {
    guard case .constants(let constants) = value, let allowed = declared.allowed else {
      return true
    }
    for constant in constants {
      let candidates: [String]
      let isMember: Bool
      switch allowed {
      case .constants(let list):
        candidates = list.map(\.written)
        isMember = list.contains { $0.isSame(as: constant) }
      case .members(_, let values):
        guard !values.isEmpty, case .text(let text) = constant.value else { continue }
        candidates = values.map { "'\($0)'" }
        isMember = values.contains(text)
      }
      guard !isMember else { continue }
      error(
        2304,
        "\(constant.written) is none of the values of \"$\(declared.name)\"",
        isGiven ? declared.span : constant.span,
        "it is one of \(candidates.joined(separator: ", "))"
      )
      return false
    }
    return true
  }

  // MARK: Values of the text

  private mutating func defaultValue(
    _ syntax: ParameterDefinitionSyntax.Default,
    _ kind: DeclaredParameter.Kind,
    _ name: NameSyntax
  ) -> DeclaredParameter.Value? {
    switch (syntax, kind) {
    case (.any, .constants): return .any
    case (.literal(let literal), .constants(let type, _)):
      return constant(literal, type, kind, at: literal.span).map { .constants([$0]) }
    case (.literals(let literals), .constants(let type, isList: true)):
      let constants = literals.map { constant($0, type, kind, at: $0.span) }
      guard !constants.contains(where: { $0 == nil }) else { return nil }
      return .constants(constants.compactMap { $0 })
    case (.name(let reference), .metric), (.name(let reference), .dimension):
      return named(reference, kind, at: reference.span).map { .name($0) }
    case (.literals(let literals), .constants):
      let whole = literals.map(\.span).reduce(literals[0].span) { $0.union($1) }
      refuse(source.slice(whole), kind, at: whole)
      return nil
    case (.any, _):
      refuse("ANY", kind, at: name.span)
      return nil
    case (.literal(let literal), _):
      refuse(source.slice(literal.span), kind, at: literal.span)
      return nil
    case (.literals(let literals), _):
      refuse("a list", kind, at: literals[0].span)
      return nil
    case (.name(let reference), _):
      refuse(source.slice(reference.span), kind, at: reference.span)
      return nil
    }
  }

  private mutating func constant(
    _ literal: LiteralSyntax,
    _ type: ResultType,
    _ kind: DeclaredParameter.Kind,
    at span: SourceSpan
  ) -> LiteralSyntax? {
    guard let found = literal.constant(of: type, currency: catalog.defaults.currency) else {
      refuse(literal.written, kind, at: span)
      return nil
    }
    return found
  }

  private mutating func refuse(
    _ written: String,
    _ kind: DeclaredParameter.Kind,
    at span: SourceSpan
  ) {
    error(
      2303,
      "\(Parser.shortened(written)) is no value of type \(kind.typeName)",
      span,
      "\(kind.example) is needed"
    )
  }

  /// The name of a metric or a dimension, when it is one of the kind.
  private mutating func named(
    _ reference: NameReferenceSyntax,
    _ kind: DeclaredParameter.Kind,
    at span: SourceSpan
  ) -> NameSyntax? {
    let found = meaning(of: reference)
    let fits: Bool
    switch found {
    case .metric, .definedMetric: fits = kind == .metric
    case .dimension, .definedDimension, .grain, .datePart: fits = kind == .dimension
    case .column, .output: fits = false
    case nil:
      let name = NameSyntax(
        text: reference.name.text,
        isQuoted: reference.name.isQuoted,
        span: span
      )
      reportUnknown(
        NameReferenceSyntax(qualifier: nil, name: name),
        kind == .metric ? .metric : .dimension
      )
      return nil
    }
    guard fits else {
      refuse("\"\(reference.name.text)\"", kind, at: span)
      return nil
    }
    return NameSyntax(text: reference.name.text, isQuoted: reference.name.isQuoted, span: span)
  }

  // MARK: Values from outside

  private mutating func value(
    _ given: ParameterValue,
    _ declared: DeclaredParameter
  ) -> DeclaredParameter.Value? {
    let (kind, span) = (declared.kind, declared.span)
    switch kind {
    case .constants(let type, let isList):
      var elements = [given]
      if case .list(let several) = given {
        guard isList, !several.isEmpty else {
          refuse(isList ? "an empty list" : "a list", kind, at: span)
          return nil
        }
        elements = several
      }
      var constants: [LiteralSyntax] = []
      for element in elements {
        guard let literal = literal(element, type, span),
          let found = literal.constant(of: type, currency: catalog.defaults.currency)
        else {
          refuse(Binder.words(element), kind, at: span)
          return nil
        }
        constants.append(found)
      }
      return .constants(constants)
    case .metric, .dimension:
      switch given {
      case .name(let text), .written(let text):
        let name = NameSyntax(text: text, isQuoted: false, span: span)
        return named(NameReferenceSyntax(qualifier: nil, name: name), kind, at: span)
          .map { .name($0) }
      case .text, .integer, .bool, .date, .period, .list:
        refuse(Binder.words(given), kind, at: span)
        return nil
      }
    case .period: return givenPeriod(given, declared)
    }
  }

  private mutating func givenPeriod(
    _ given: ParameterValue,
    _ declared: DeclaredParameter
  ) -> DeclaredParameter.Value? {
    switch given {
    case .period(let from, let to) where from <= to: return .days(BoundDays(from: from, to: to))
    case .date(let day): return .days(BoundDays(from: day, to: day))
    case .written(let text):
      if let (period, text) = ModelExpression.readPeriod(text), !period.readsParameters {
        let value = DeclaredParameter.Value.period(period, text)
        return range(value, at: declared.span) == nil ? nil : value
      }
    case .text, .integer, .bool, .name, .period, .list: break
    }
    refuse(Binder.words(given), declared.kind, at: declared.span)
    return nil
  }

  /// The constant that a value from outside is; a written one is read by the type.
  private func literal(
    _ given: ParameterValue,
    _ type: ResultType,
    _ span: SourceSpan
  ) -> LiteralSyntax? {
    let value: LiteralSyntax.Value
    switch given {
    case .text(let text): value = .text(text)
    case .integer(let number):
      value = .number(DecimalLiteral(significand: number, fractionDigits: 0))
    case .bool(let flag): value = .boolean(flag)
    case .date(let day):
      let civil = CivilDay(number: day)
      value = .date(.day(year: civil.year, month: civil.month, day: civil.day))
    case .written(let text) where type == .string: value = .text(text)
    case .written(let text):
      guard let found = ModelExpression.readConstant(text) else { return nil }
      value = found
    case .name, .period, .list: return nil
    }
    return LiteralSyntax(value: value, span: span)
  }

  /// A value from outside as messages show it.
  private static func words(_ given: ParameterValue) -> String {
    switch given {
    case .text(let text), .written(let text): "'\(text)'"
    case .integer(let number): "\(number)"
    case .bool(let flag): flag ? "TRUE" : "FALSE"
    case .date(let day): CivilDay(number: day).text
    case .name(let name): "\"\(name)\""
    case .period(let from, let to):
      "\(CivilDay(number: from).text) TO \(CivilDay(number: to).text)"
    case .list: "a list"
    }
  }
}

extension PeriodSyntax {
  /// Whether a parameter takes part.
  var readsParameters: Bool {
    func isParameter(_ atom: DateAtomSyntax?) -> Bool {
      if case .parameter = atom?.value { return true }
      return false
    }
    switch form {
    case .lastUnits(let duration):
      if case .parameter = duration.count.value { return true }
      return false
    case .atoms(let first, let last): return isParameter(first) || isParameter(last)
    case .this, .last, .toDate, .allTime, .named: return false
    }
  }
}

extension ModelExpression {
  /// The tree of a period that stands alone, with the text that its places point into.
  static func readPeriod(_ text: String) -> (PeriodSyntax, SourceText)? {
    let source = SourceText("DEFINE PERIOD x = " + text)
    let (script, problems) = ReportParser.parse(source)
    guard problems.isEmpty, script.statements.count == 1,
      case .define(let define) = script.statements[0],
      case .period(_, let period) = define.definition
    else { return nil }
    return (period, source)
  }

  /// The constant that a text is, with its sign, or nil when it is none.
  static func readConstant(_ text: String) -> LiteralSyntax.Value? {
    let trimmed = text.split(separator: " ").joined(separator: " ")
    let isNegative = trimmed.hasPrefix("-")
    let digits = isNegative ? String(trimmed.dropFirst()) : trimmed
    let source = SourceText("DEFINE PARAM x STRING DEFAULT " + digits)
    let (script, problems) = ReportParser.parse(source)
    guard problems.isEmpty, script.statements.count == 1,
      case .define(let define) = script.statements[0],
      case .parameter(_, let parameter) = define.definition,
      case .literal(let literal) = parameter.defaultValue
    else { return nil }
    guard isNegative else { return literal.value }
    switch literal.value {
    case .number(let number): return .number(number.negated)
    case .percent(let number): return .percent(number.negated)
    case .money(let number, let currency, let span):
      return .money(number.negated, currency: currency, currencySpan: span)
    case .duration, .text, .date, .boolean, .null, .today, .yesterday: return nil
    }
  }
}
