/// An expression as written, with the span that covers it.
///
/// Its height is kept and limited by the parser, so walking a tree by recursion is always safe.
struct ExpressionSyntax: Sendable, Hashable {
  indirect enum Kind: Sendable, Hashable {
    case literal(LiteralSyntax)
    case parameter(ParameterSyntax)
    case name(NameReferenceSyntax)
    case call(CallSyntax)
    case negation(ExpressionSyntax)
    case not(ExpressionSyntax)
    case arithmetic(ArithmeticSyntax)
    case comparison(ComparisonSyntax)
    case logical(LogicalSyntax)
    case membership(MembershipSyntax)
    case between(BetweenSyntax)
    case textMatch(TextMatchSyntax)
    case blankTest(BlankTestSyntax)
    case has(HasSyntax)
    case modified(ModifiedSyntax)
    case conditional(CaseSyntax)
    case share(ContextSyntax)
    case total(ContextSyntax)
    case rank(ContextSyntax)
    /// Written `RETENTION OF operand`.
    case retention(ExpressionSyntax)
    case aggregateOver(AggregateOverSyntax)
    /// Written `COVERED BY name`.
    case covered(by: NameSyntax)
    /// A place where an expression was needed and could not be read; a diagnostic says so already.
    case invalid
  }

  let kind: Kind
  let span: SourceSpan
  /// 1 for a leaf, else one more than the highest part.
  let height: Int

  init(_ kind: Kind, _ span: SourceSpan) {
    self.kind = kind
    self.span = span
    var height = 0
    for child in ExpressionSyntax.children(of: kind) {
      height = max(height, child.height)
    }
    self.height = height + 1
  }

  /// The expressions directly inside, in the order of the text.
  var children: [ExpressionSyntax] { ExpressionSyntax.children(of: kind) }

  /// Whether some part could not be read.
  var holdsInvalid: Bool {
    if case .invalid = kind {
      return true
    }
    return children.contains { $0.holdsInvalid }
  }

  private static func children(of kind: Kind) -> [ExpressionSyntax] {
    switch kind {
    case .literal, .parameter, .name, .covered, .invalid: []
    case .call(let call): call.arguments
    case .negation(let inner), .not(let inner), .retention(let inner): [inner]
    case .arithmetic(let node): [node.left, node.right]
    case .comparison(let node): [node.left, node.right]
    case .logical(let node): node.operands
    case .membership(let node): [node.subject] + node.values
    case .between(let node): [node.subject, node.lower, node.upper]
    case .textMatch(let node): [node.subject, node.pattern]
    case .blankTest(let node): [node.subject]
    case .has(let node): node.children
    case .modified(let node): node.children
    case .conditional(let node): node.children
    case .share(let node), .total(let node), .rank(let node): [node.operand] + node.within
    case .aggregateOver(let node): [node.operand] + node.per
    }
  }
}

/// Written `name(argument, …)`.
struct CallSyntax: Sendable, Hashable {
  let name: NameSyntax
  /// The span of `DISTINCT` before the first argument, or nil without it.
  let distinct: SourceSpan?
  let arguments: [ExpressionSyntax]
}

/// `left + right` and the like.
struct ArithmeticSyntax: Sendable, Hashable {
  enum Operator: String, Sendable, Hashable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
  }
  let `operator`: Operator
  let operatorSpan: SourceSpan
  let left: ExpressionSyntax
  let right: ExpressionSyntax
}

/// `left = right` and the like.
struct ComparisonSyntax: Sendable, Hashable {
  enum Operator: String, Sendable, Hashable {
    case equal = "="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
  }
  let `operator`: Operator
  let operatorSpan: SourceSpan
  let left: ExpressionSyntax
  let right: ExpressionSyntax
}

/// `operand AND operand AND …`, or the same with `OR`; at least two operands.
struct LogicalSyntax: Sendable, Hashable {
  enum Operator: Sendable, Hashable { case and, or }
  let `operator`: Operator
  let operands: [ExpressionSyntax]
}

/// Written `subject NOT IN (value, …)`, `subject IN $parameter`, `subject IN SEGMENT name`.
struct MembershipSyntax: Sendable, Hashable {
  enum Members: Sendable, Hashable {
    case values([ExpressionSyntax])
    case parameter(ParameterSyntax)
    case segment(NameSyntax)
  }
  let subject: ExpressionSyntax
  let isNegated: Bool
  /// From `NOT` or `IN` to the end of `IN`.
  let operatorSpan: SourceSpan
  let members: Members

  /// The values of a written list, else none.
  var values: [ExpressionSyntax] {
    switch members {
    case .values(let values): values
    case .parameter, .segment: []
    }
  }
}

/// Written `subject NOT BETWEEN lower AND upper`.
struct BetweenSyntax: Sendable, Hashable {
  let subject: ExpressionSyntax
  let isNegated: Bool
  let operatorSpan: SourceSpan
  let lower: ExpressionSyntax
  let upper: ExpressionSyntax
}

/// `subject NOT CONTAINS pattern` and the like.
struct TextMatchSyntax: Sendable, Hashable {
  enum Operator: Sendable, Hashable { case contains, startsWith, endsWith, like, matches }
  let subject: ExpressionSyntax
  let isNegated: Bool
  let `operator`: Operator
  let operatorSpan: SourceSpan
  let pattern: ExpressionSyntax
}

/// `subject IS NOT NULL` and the like.
struct BlankTestSyntax: Sendable, Hashable {
  enum Kind: Sendable, Hashable { case null, none, unknown }
  let subject: ExpressionSyntax
  let isNegated: Bool
  let kind: Kind
  let operatorSpan: SourceSpan
}

/// Written `subject NOT HAS (condition WHERE filter DURING period)`.
struct HasSyntax: Sendable, Hashable {
  let subject: ExpressionSyntax
  let isNegated: Bool
  let operatorSpan: SourceSpan
  let condition: ExpressionSyntax
  let filter: ExpressionSyntax?
  let dates: DateClauseSyntax?

  var children: [ExpressionSyntax] {
    var result = [subject, condition]
    if let filter {
      result.append(filter)
    }
    switch dates?.range {
    case .since(let first, let last):
      result.append(first)
      if let last {
        result.append(last)
      }
    case .during, nil:
      break
    }
    return result
  }
}

/// Written `base modifier`.
struct ModifiedSyntax: Sendable, Hashable {
  enum Modifier: Sendable, Hashable {
    case filter(ExpressionSyntax)
    case rolling(DurationSyntax)
    case cumulative(CumulativeStart)
    case toDate(GrainSyntax)
    case previous(StepSyntax)
  }
  enum CumulativeStart: Sendable, Hashable {
    case range
    case date(DateAtomSyntax)
    case allTime
  }
  let base: ExpressionSyntax
  let modifier: Modifier
  let modifierSpan: SourceSpan

  var children: [ExpressionSyntax] {
    switch modifier {
    case .filter(let condition): [base, condition]
    case .rolling, .cumulative, .toDate, .previous: [base]
    }
  }
}

/// Written `CASE WHEN condition THEN value … ELSE value END`.
struct CaseSyntax: Sendable, Hashable {
  struct Branch: Sendable, Hashable {
    let condition: ExpressionSyntax
    let value: ExpressionSyntax
  }
  let keyword: SourceSpan
  let branches: [Branch]
  let otherwise: ExpressionSyntax?

  var children: [ExpressionSyntax] {
    var result: [ExpressionSyntax] = []
    for branch in branches {
      result.append(branch.condition)
      result.append(branch.value)
    }
    if let otherwise {
      result.append(otherwise)
    }
    return result
  }
}

/// `SHARE OF operand WITHIN dimensions`; the same with `TOTAL` and `RANK`.
struct ContextSyntax: Sendable, Hashable {
  /// `SHARE OF`, `TOTAL OF` or `RANK OF`.
  let keyword: SourceSpan
  let operand: ExpressionSyntax
  /// The dimensions of `WITHIN`, or none without it.
  let within: [ExpressionSyntax]
}

/// `AVERAGE OF operand PER dimensions` and the like.
struct AggregateOverSyntax: Sendable, Hashable {
  enum Aggregation: Sendable, Hashable {
    case average, median, min, max, sum, count
    case percentile(DecimalLiteral)
  }
  /// `AVERAGE OF` and the like.
  let keyword: SourceSpan
  let aggregation: Aggregation
  let operand: ExpressionSyntax
  let per: [ExpressionSyntax]
}
