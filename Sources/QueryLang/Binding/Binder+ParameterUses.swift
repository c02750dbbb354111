internal import ColumnStore

/// What parameters stand for where they are used.
extension Binder {
  /// The expression with a parameter replaced by its constant, or by the name that it stands for.
  ///
  /// A parameter that does not fit is reported, once.
  mutating func resolved(_ syntax: ExpressionSyntax) -> ExpressionSyntax {
    guard case .parameter(let parameter) = syntax.kind else { return syntax }
    guard let declared = parameterWithValue(parameter), let value = declared.value else {
      return ExpressionSyntax(.invalid, syntax.span)
    }
    switch value {
    case .constants(let constants):
      if case .constants(_, isList: false) = declared.kind, !declared.allowsAny,
        let constant = constants.first
      {
        return ExpressionSyntax(.literal(constant.placed(at: syntax.span)), syntax.span)
      }
      refuseList(declared, syntax.span)
    case .any: refuseList(declared, syntax.span)
    case .name(let name):
      let placed = NameSyntax(text: name.text, isQuoted: name.isQuoted, span: syntax.span)
      return ExpressionSyntax(
        .name(NameReferenceSyntax(qualifier: nil, name: placed)),
        syntax.span
      )
    case .period, .days:
      error(
        2305,
        "\"$\(declared.name)\" is a period, and a metric or a condition takes none",
        syntax.span,
        "write DURING $\(declared.name)"
      )
    }
    return ExpressionSyntax(.invalid, syntax.span)
  }

  mutating func resolved(_ node: ComparisonSyntax) -> ComparisonSyntax {
    ComparisonSyntax(
      operator: node.operator,
      operatorSpan: node.operatorSpan,
      left: resolved(node.left),
      right: resolved(node.right)
    )
  }

  // A whole number is a count, unless the parameter is declared to be a number.

  func typed(_ row: RowExpression, as parameter: ParameterSyntax) -> RowExpression {
    guard isNumber(parameter), case .literal(.integer(let number)) = row.kind else { return row }
    return RowExpression(.literal(.double(Double(number))), .number)
  }

  func typed(_ metric: MetricExpression, as parameter: ParameterSyntax) -> MetricExpression {
    guard isNumber(parameter), case .constant(.integer(let number)) = metric.kind else {
      return metric
    }
    return MetricExpression(.constant(.double(Double(number))), .number)
  }

  private func isNumber(_ parameter: ParameterSyntax) -> Bool {
    parameters[CatalogName.folded(parameter.name)]?.kind == .constants(.number, isList: false)
  }

  private mutating func refuseList(_ declared: DeclaredParameter, _ span: SourceSpan) {
    let what = declared.allowsAny ? "may be ANY" : "is a list"
    error(
      2307,
      "\"$\(declared.name)\" \(what), so it stands after IN only",
      span,
      "write IN $\(declared.name)"
    )
  }

  /// The declaration of a parameter that has a value; what is missing is reported.
  private mutating func parameterWithValue(_ parameter: ParameterSyntax) -> DeclaredParameter? {
    guard let declared = parameters[CatalogName.folded(parameter.name)] else {
      // A parameter whose declaration was refused has its message already.
      if !declaredNames.contains(CatalogName.folded(parameter.name)) {
        reportUnknown(parameter)
      }
      return nil
    }
    guard declared.value != nil else {
      error(
        2302,
        "\"$\(declared.name)\" has no value",
        parameter.span,
        "give one, or write DEFAULT in its definition"
      )
      return nil
    }
    return declared
  }

  private mutating func reportUnknown(_ parameter: ParameterSyntax) {
    let known = parameters.values.map { "$\($0.name)" }.sorted()
    let suggestion = Suggestion(for: "$\(parameter.name)", among: known)
    var diagnostic = Diagnostic.missing(
      2301,
      "there is no parameter called \"$\(parameter.name)\"",
      at: parameter.span,
      suggestion,
      writing: { $0 }
    )
    if diagnostic.label == nil {
      diagnostic.label = "write DEFINE PARAM \(parameter.name) and its type before"
    }
    report(diagnostic)
  }

  // MARK: Lists

  /// What IN is to look for.
  enum ParameterMembers {
    /// Everything: the condition is true for every row.
    case any
    case values([ExpressionSyntax])
  }

  /// The values that a parameter after IN stands for.
  mutating func members(_ parameter: ParameterSyntax) -> ParameterMembers? {
    guard let declared = parameterWithValue(parameter), let value = declared.value else {
      return nil
    }
    switch value {
    case .any: return .any
    case .constants(let constants):
      return .values(
        constants.map {
          ExpressionSyntax(.literal($0.placed(at: parameter.span)), parameter.span)
        }
      )
    case .name, .period, .days:
      error(
        2307,
        "\"$\(declared.name)\" is of type \(declared.typeName), and IN takes values",
        parameter.span
      )
      return nil
    }
  }

  // MARK: Counts, dates and periods

  /// The whole number that a parameter stands for, at least 0.
  mutating func count(_ parameter: ParameterSyntax) -> Int? {
    guard let constant = constant(parameter, "a whole number") else { return nil }
    guard case .number(let number) = constant.value, let whole = number.whole, whole >= 0 else {
      refuse(parameter, "a whole number")
      return nil
    }
    return whole
  }

  /// The days of a parameter that stands for a date.
  mutating func days(_ parameter: ParameterSyntax) -> BoundDays? {
    guard let constant = constant(parameter, "a date") else { return nil }
    guard let days = day(constant) else {
      refuse(parameter, "a date")
      return nil
    }
    return days
  }

  /// The currency code that a parameter stands for.
  mutating func currency(_ parameter: ParameterSyntax) -> String? {
    guard let constant = constant(parameter, "a currency") else { return nil }
    guard case .text(let code) = constant.value, CatalogReader.isCurrency(code) else {
      refuse(parameter, "a currency such as 'INR'")
      return nil
    }
    return code
  }

  /// The name of a time zone that a parameter stands for.
  mutating func zoneName(_ parameter: ParameterSyntax) -> String? {
    guard let constant = constant(parameter, "a time zone") else { return nil }
    guard case .text(let name) = constant.value else {
      refuse(parameter, "a time zone such as 'Asia/Dubai'")
      return nil
    }
    return name
  }

  /// The range of a parameter that stands for a period or a date.
  mutating func range(_ parameter: ParameterSyntax) -> BoundRange? {
    guard let declared = parameterWithValue(parameter), let value = declared.value else {
      return nil
    }
    switch value {
    case .period, .days:
      let folded = CatalogName.folded(declared.name)
      guard !openParameters.contains(folded) else {
        error(2202, "\"$\(declared.name)\" is defined by itself", parameter.span)
        return nil
      }
      openParameters.append(folded)
      defer { openParameters.removeLast() }
      return range(value, at: parameter.span)
    case .constants, .any, .name:
      return days(parameter).map { .days(from: $0.from, to: $0.to) }
    }
  }

  /// The days of a period's value; what is wrong with it is reported where it is used.
  mutating func range(_ value: DeclaredParameter.Value, at span: SourceSpan) -> BoundRange? {
    switch value {
    case .days(let days): return .days(from: days.from, to: days.to)
    case .period(let period, let text):
      let (script, outer) = (source, outerSpan)
      source = text
      outerSpan = outer ?? span
      defer { (source, outerSpan) = (script, outer) }
      return range(period)
    case .constants, .any, .name: return nil
    }
  }

  private mutating func constant(_ parameter: ParameterSyntax, _ what: String) -> LiteralSyntax? {
    guard let declared = parameterWithValue(parameter), let value = declared.value else {
      return nil
    }
    guard case .constants(_, isList: false) = declared.kind, !declared.allowsAny,
      case .constants(let constants) = value, let constant = constants.first
    else {
      refuse(parameter, what)
      return nil
    }
    return constant.placed(at: parameter.span)
  }

  private mutating func refuse(_ parameter: ParameterSyntax, _ what: String) {
    let type = parameters[CatalogName.folded(parameter.name)]?.typeName ?? "another type"
    error(2307, "\"$\(parameter.name)\" is of type \(type), and \(what) is needed", parameter.span)
  }

  /// Whether a span is a parameter of the text rather than a value that was written there.
  func isParameter(_ span: SourceSpan) -> Bool { source.slice(span).hasPrefix("$") }
}
