import ArgumentParser
import QueryLang

/// Checks a report without running it.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check a report against the model, without reading data."
  )

  @Argument(help: "A report, a file with one, or - for standard input.")
  var report: String

  @OptionGroup var model: ModelOption

  @OptionGroup var diagnostics: DiagnosticOptions

  func run() throws {
    let source = try ReportText.source(of: report)
    let catalog = try model.catalog(diagnostics)
    let prepared = Report.prepare(
      source.text,
      name: source.name,
      catalog: catalog,
      context: try ReportZone(catalog.defaults.timezone).context()
    )
    diagnostics.report(prepared.diagnostics, in: prepared.source)
    guard prepared.isRunnable else { throw CommandFailure(.refused, nil) }
  }
}
