import ArgumentParser
import QueryLang

/// Writes a report in its canonical form.
struct FormatCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "format",
    abstract: "Print a report with one clause on each line."
  )

  @Argument(help: "A report, a file with one, or - for standard input.")
  var report: String

  @OptionGroup var diagnostics: DiagnosticOptions

  func run() throws {
    let source = try ReportText.source(of: report)
    switch SyntaxPrinter.format(source) {
    case .formatted(let text):
      try StandardStreams.write(text.hasSuffix("\n") ? text : text + "\n")
    case .refused(let list):
      diagnostics.report(list, in: source)
      throw CommandFailure(.refused, nil)
    }
  }
}
