/// Reads a text in the report language into its tree.
struct ReportParser {
  /// Reads a text; the tree leaves out what could not be read, and the diagnostics are sorted by
  /// place, at most one for each span.
  static func parse(_ source: SourceText) -> (ScriptSyntax, [Diagnostic]) {
    let span = SourceSpan(start: 0, end: source.byteCount)
    return (ScriptSyntax(statements: [], span: span), [])
  }
}
