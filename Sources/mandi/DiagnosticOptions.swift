import ArgumentParser
import Export
import QueryLang

/// How the diagnostics of a text are written.
struct DiagnosticOptions: ParsableArguments {
  enum Form: String, CaseIterable, ExpressibleByArgument {
    case text
    case json
  }

  @Option(help: "How diagnostics are written to standard error: text or json.")
  var diagnostics: Form = .text

  /// Writes diagnostics to standard error; none writes nothing.
  func report(_ list: [Diagnostic], in source: SourceText) {
    guard !list.isEmpty else { return }
    switch diagnostics {
    case .text:
      let renderer = DiagnosticRenderer(colour: StandardStreams.isErrorTerminal ? .ansi : .never)
      StandardStreams.note(renderer.render(list, in: source))
    case .json: StandardStreams.note(DiagnosticExport.json(list, source: source))
    }
  }
}
