/// The clauses of a report, each from its first keyword to its last part.
extension Parser {
  mutating func byClause() -> ByClauseSyntax {
    let keyword = take(.keyword).span
    let items = list { (parser: inout Parser) throws(SyntaxFailure) in
      let start = parser.current.span.start
      let dimension = try parser.dimension()
      let alias = try parser.alias()
      let span = parser.span(from: start)
      try parser.expectItemEnd("\",\", AS or a clause is needed")
      return ByItemSyntax(dimension: dimension, alias: alias, span: span)
    }
    return ByClauseSyntax(keyword: keyword, items: items, span: span(from: keyword.start))
  }

  mutating func whereClause() throws(SyntaxFailure) -> WhereClauseSyntax {
    let keyword = take(.keyword).span
    let condition = try expression()
    return WhereClauseSyntax(
      keyword: keyword,
      condition: condition,
      span: span(from: keyword.start)
    )
  }

  mutating func havingClause() throws(SyntaxFailure) -> HavingClauseSyntax {
    let keyword = take(.keyword).span
    let condition = try expression()
    return HavingClauseSyntax(
      keyword: keyword,
      condition: condition,
      span: span(from: keyword.start)
    )
  }

  mutating func compareClause() throws(SyntaxFailure) -> CompareClauseSyntax {
    let first = take(.keyword).span
    let keyword = first.union(try expect(.to))
    let comparisons = list { (parser: inout Parser) throws(SyntaxFailure) in
      let comparison = try parser.comparison()
      try parser.expectItemEnd("\",\", AS or a clause is needed")
      return comparison
    }
    return CompareClauseSyntax(
      keyword: keyword,
      comparisons: comparisons,
      span: span(from: keyword.start)
    )
  }

  mutating func cohortClause() throws(SyntaxFailure) -> CohortClauseSyntax {
    let keyword = take(.keyword).span
    mayFollow(.cohort)
    let name = try plainName("the name of a cohort")
    try expect(.by)
    let grain = try grainWord()
    let length = accept(.for) != nil ? try duration() : nil
    return CohortClauseSyntax(
      keyword: keyword,
      name: name,
      grain: grain,
      length: length,
      span: span(from: keyword.start)
    )
  }

  mutating func topClause() throws(SyntaxFailure) -> TopClauseSyntax {
    let isTop = at(.top)
    let keyword = take(.keyword).span
    let count = try count("the number of members")
    let dimension = at(.within) || at(.by) ? nil : try dimension()
    let within = accept(.within) != nil ? try dimensions() : []
    try expect(.by)
    let metric = try expression()
    let withOthers = accept(.with) != nil
    if withOthers {
      try expect(.others)
    }
    return TopClauseSyntax(
      keyword: keyword,
      direction: isTop ? .top : .bottom,
      count: count,
      dimension: dimension,
      within: within,
      metric: metric,
      withOthers: withOthers,
      span: span(from: keyword.start)
    )
  }

  mutating func fillClause() -> FillClauseSyntax {
    let keyword = take(.keyword).span
    let items = list { (parser: inout Parser) throws(SyntaxFailure) in
      let item = try parser.fillItem()
      try parser.expectItemEnd("\",\", FOR or a clause is needed")
      return item
    }
    return FillClauseSyntax(keyword: keyword, items: items, span: span(from: keyword.start))
  }

  private mutating func fillItem() throws(SyntaxFailure) -> FillItemSyntax {
    let methods: [Keyword: FillItemSyntax.Method] = [
      .none: .none, .zero: .zero, .null: .null, .previous: .previous, .linear: .linear,
    ]
    mayFollow(oneOf: methods.keys)
    guard case .word(let keyword?) = current.kind, let method = methods[keyword] else {
      throw fail("NONE, ZERO, NULL, PREVIOUS or LINEAR is needed")
    }
    let start = take(.keyword).span.start
    var columns: [NameSyntax] = []
    if accept(.for) != nil {
      let opening = try expect(.leftParenthesis)
      repeat {
        mayFollow(.column)
        columns.append(try identifier("a column"))
      } while accept(.comma) != nil
      try close(opening)
    }
    return FillItemSyntax(method: method, columns: columns, span: span(from: start))
  }

  mutating func totalsClause() throws(SyntaxFailure) -> TotalsClauseSyntax {
    let keyword = take(.keyword).span
    let isShownOnly = accept(.shown) != nil
    let levels: TotalsClauseSyntax.Levels
    if accept(.all) != nil {
      levels = .all
    } else if accept(.by) != nil {
      var keys = [try dimensions()]
      while accept(.comma) != nil {
        keys.append(try dimensions())
      }
      levels = .keys(keys)
    } else {
      levels = .grand
    }
    return TotalsClauseSyntax(
      keyword: keyword,
      isShownOnly: isShownOnly,
      levels: levels,
      span: span(from: keyword.start)
    )
  }

  mutating func pivotClause() -> PivotClauseSyntax {
    let keyword = take(.keyword).span
    let dimensions = list { (parser: inout Parser) throws(SyntaxFailure) in
      let dimension = try parser.dimension()
      try parser.expectItemEnd("\",\" or a clause is needed")
      return dimension
    }
    return PivotClauseSyntax(
      keyword: keyword,
      dimensions: dimensions,
      span: span(from: keyword.start)
    )
  }

  mutating func orderClause() throws(SyntaxFailure) -> OrderClauseSyntax {
    let first = take(.keyword).span
    let keyword = first.union(try expect(.by))
    let items = list { (parser: inout Parser) throws(SyntaxFailure) in
      let item = try parser.orderItem()
      try parser.expectItemEnd("\",\", ASC, DESC or a clause is needed")
      return item
    }
    return OrderClauseSyntax(keyword: keyword, items: items, span: span(from: keyword.start))
  }

  private mutating func orderItem() throws(SyntaxFailure) -> OrderItemSyntax {
    let start = current.span.start
    let expression = try expression()
    var direction: OrderItemSyntax.Direction?
    if accept(.asc) != nil {
      direction = .ascending
    } else if accept(.desc) != nil {
      direction = .descending
    }
    var blanks: OrderItemSyntax.Blanks?
    if accept(.nulls) != nil {
      if accept(.first) != nil {
        blanks = .first
      } else if accept(.last) != nil {
        blanks = .last
      } else {
        throw fail("FIRST or LAST is needed")
      }
    }
    return OrderItemSyntax(
      expression: expression,
      direction: direction,
      blanks: blanks,
      span: span(from: start)
    )
  }

  mutating func limitClause() throws(SyntaxFailure) -> LimitClauseSyntax {
    let keyword = take(.keyword).span
    let count = try count("the number of rows")
    let offset = accept(.offset) != nil ? try self.count("the number of rows to skip") : nil
    return LimitClauseSyntax(
      keyword: keyword,
      count: count,
      offset: offset,
      span: span(from: keyword.start)
    )
  }

  mutating func currencyClause() throws(SyntaxFailure) -> CurrencyClauseSyntax {
    let keyword = take(.keyword).span
    mayFollow(.currency)
    let currency: CurrencyClauseSyntax.Currency
    if let parameter = parameter() {
      currency = .parameter(parameter)
    } else if let code = currencyCode() {
      currency = .code(NameSyntax(text: code, isQuoted: false, span: take().span))
    } else {
      throw fail("a currency code such as INR is needed")
    }
    return CurrencyClauseSyntax(
      keyword: keyword,
      currency: currency,
      span: span(from: keyword.start)
    )
  }

  mutating func timeZoneClause() throws(SyntaxFailure) -> TimeZoneClauseSyntax {
    let keyword = take(.keyword).span
    let zone: TimeZoneClauseSyntax.Zone
    mayFollow(.zone)
    if let parameter = parameter() {
      zone = .parameter(parameter)
    } else {
      zone = .name(try text("a time zone such as 'Asia/Kolkata'"))
    }
    return TimeZoneClauseSyntax(keyword: keyword, zone: zone, span: span(from: keyword.start))
  }

  mutating func asOfClause() throws(SyntaxFailure) -> AsOfClauseSyntax {
    let keyword = take(.keyword).span.union(try expect(.of))
    mayFollow(.date)
    let date = try expression(from: .sum)
    return AsOfClauseSyntax(keyword: keyword, date: date, span: span(from: keyword.start))
  }

  mutating func outputClause() throws(SyntaxFailure) -> OutputClauseSyntax {
    let first = take(.keyword).span
    if let word = accept(.table) {
      let keyword = first.union(word)
      return OutputClauseSyntax(keyword: keyword, form: .table, span: keyword)
    }
    let keyword = first.union(try expect(.chart))
    mayFollow(.chart)
    let kind = try plainName("the kind of chart")
    var arguments: [ChartArgumentSyntax] = []
    if let opening = accept(.leftParenthesis) {
      repeat {
        arguments.append(try chartArgument())
      } while accept(.comma) != nil
      try close(opening)
    }
    return OutputClauseSyntax(
      keyword: keyword,
      form: .chart(kind: kind, arguments: arguments),
      span: span(from: keyword.start)
    )
  }

  private mutating func chartArgument() throws(SyntaxFailure) -> ChartArgumentSyntax {
    mayFollow(.chartSetting)
    let name = try plainName("the name of a chart setting")
    try expect(.equal)
    mayFollow(.column)
    let start = current.span.start
    let value: ExpressionSyntax
    switch current.kind {
    case .word(let keyword) where !(keyword?.isReserved ?? false):
      value = try node(.name(try nameReference("a column")), from: start)
    case .quotedName:
      value = try node(.name(try nameReference("a column")), from: start)
    case .word, .text, .number, .percent, .parameter, .date, .symbol, .unreadable, .end:
      let literal = try literal()
      value = try node(.literal(literal), from: start)
    }
    return ChartArgumentSyntax(name: name, value: value, span: span(from: name.span.start))
  }
}
