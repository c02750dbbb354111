internal import Yams

/// Everything that is wrong with a model file.
public struct CatalogError: Error, Sendable, Equatable {
  /// The text of the file.
  public let source: SourceText
  /// The problems, sorted by place.
  public let diagnostics: [Diagnostic]

  init(_ source: SourceText, _ diagnostics: [Diagnostic]) {
    self.source = source
    self.diagnostics = diagnostics.sorted {
      ($0.span.start, $0.span.end, $0.id.number) < ($1.span.start, $1.span.end, $1.id.number)
    }
  }

  init(_ source: SourceText, _ message: String, _ number: Int) {
    let span = SourceSpan(start: 0, end: 0)
    self.init(source, [Diagnostic(DiagnosticID(.error, number), message, at: span)])
  }

  init(_ source: SourceText, _ error: YamlError, _ lines: LineStarts) {
    let problem: String
    let mark: Mark?
    switch error {
    case .scanner(_, let text, let place, _), .parser(_, let text, let place, _),
      .composer(_, let text, let place, _):
      (problem, mark) = (text, place)
    case .duplicatedKeysInMapping(let keys, let context):
      let names = keys.map { "\"\($0)\"" }.joined(separator: ", ")
      (problem, mark) = ("a key stands twice: \(names)", context.mark)
    case .no, .memory, .reader, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
      (problem, mark) = ("\(error)", nil)
    @unknown default:
      (problem, mark) = ("\(error)", nil)
    }
    let start = mark.map { lines.offset(line: $0.line, column: $0.column) } ?? 0
    self.init(
      source,
      [
        Diagnostic(
          DiagnosticID(.error, 8003),
          "the model file is no valid YAML: \(problem)",
          at: SourceSpan(start: start, end: min(start + 1, source.byteCount))
        )
      ]
    )
  }
}

extension CatalogError: CustomStringConvertible {
  /// The problems, one on each line, each with its file, line and column.
  public var description: String {
    diagnostics.map { diagnostic in
      let place = source.location(of: diagnostic.span.start)
      let name = source.name.map { "\($0):" } ?? ""
      let label = diagnostic.label.map { " (\($0))" } ?? ""
      return "\(name)\(place.line):\(place.column): \(diagnostic.message)\(label)"
    }.joined(separator: "\n")
  }
}
