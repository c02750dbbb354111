internal import ColumnStore

/// A script as an editor has it: read and bound once, asked many times.
///
/// The text may be half written. Offsets and spans are UTF-8 bytes; an offset outside the text
/// counts as its end. Every answer follows from the text, the model and the surroundings alone: no
/// data is read, and nothing waits.
public struct EditedScript: Sendable {
  /// The text.
  public let source: SourceText
  /// What is wrong with the text or worth knowing, sorted by place.
  public let diagnostics: [Diagnostic]
  let catalog: Catalog
  let context: ReportContext
  let reading: ReportParser.Reading
  /// The model without what the workspace shares.
  private let model: Catalog

  /// Reads and binds a text; takes time proportional to its length.
  public init(_ source: SourceText, catalog: Catalog, context: ReportContext) {
    self.source = source
    self.context = context
    reading = ReportParser.read(source)
    model = catalog
    var binder = Binder(catalog, source, context)
    self.catalog = binder.catalog
    _ = binder.statements(reading.script)
    diagnostics = PreparedScript.merged(reading.diagnostics, binder.diagnostics)
  }

  // MARK: Places

  /// The offset cut to the text and moved back to the beginning of a character.
  func placed(_ offset: Int) -> Int {
    var place = min(max(source.markLength, offset), source.byteCount)
    while place > 0, place < source.byteCount, source.bytes[place] & 0xC0 == 0x80 {
      place -= 1
    }
    return place
  }

  /// The statement that an offset stands in or right behind, before its semicolon.
  func statement(at offset: Int) -> StatementSyntax? {
    guard let found = reading.script.statements.last(where: { $0.span.start <= offset }) else {
      return nil
    }
    let isOver = reading.tokens.contains { token in
      token.kind == .symbol(.semicolon) && token.span.start >= found.span.end
        && token.span.end <= offset
    }
    return isOver ? nil : found
  }

  /// The report that an offset stands in or right behind.
  func report(at offset: Int) -> ReportSyntax? {
    statement(at: offset)?.report
  }

  // MARK: Names

  /// A binder that knows what stands before an offset, and has no problems yet.
  func binder(before offset: Int) -> Binder {
    var binder = startingBinder()
    for statement in reading.script.statements where statement.span.end < offset {
      binder.learn(statement)
    }
    return binder
  }

  /// Visits the statements in order, each with a binder that knows what stands before it.
  func visit(_ body: (StatementSyntax, Binder) -> Void) {
    var binder = startingBinder()
    for statement in reading.script.statements {
      body(statement, binder)
      binder.learn(statement)
    }
  }

  private func startingBinder() -> Binder {
    var binder = Binder(model, source, context)
    binder.declareModelParameters()
    binder.diagnostics = []
    return binder
  }
}

extension Binder {
  /// Takes in what a statement defines or drops, without keeping its problems.
  fileprivate mutating func learn(_ statement: StatementSyntax) {
    switch statement {
    case .define, .drop:
      var bound: [BoundStatement] = []
      bind(statement, &bound)
      diagnostics = []
    case .report, .explain, .show, .describe: break
    }
  }
}

extension StatementSyntax {
  /// The word that the statement begins with.
  var keyword: SourceSpan {
    switch self {
    case .report(let report): report.select.keyword
    case .define(let define): define.keyword
    case .explain(let explain): explain.keyword
    case .show(let show): show.keyword
    case .describe(let describe): describe.keyword
    case .drop(let drop): drop.keyword
    }
  }

  /// The report that the statement is, or that it explains.
  var report: ReportSyntax? {
    switch self {
    case .report(let report): return report
    case .explain(let explain):
      guard case .report(let report) = explain.subject else { return nil }
      return report
    case .define, .show, .describe, .drop: return nil
    }
  }
}

extension SourceSpan {
  /// Whether an offset stands in the span or at one of its ends.
  func touches(_ offset: Int) -> Bool { start <= offset && offset <= end }
}
