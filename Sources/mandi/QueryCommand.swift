import ArgumentParser
import ColumnStore
import Export
import Foundation
import QueryLang

/// Runs reports.
struct QueryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "query",
    abstract: "Run a report over the newest snapshot of the store."
  )

  @OptionGroup var data: DataOption

  @OptionGroup var model: ModelOption

  @OptionGroup var parameters: ParameterOption

  @Option(help: "How results are written: table, csv, json, ndjson or series.")
  var format: ResultFormat = .table

  @Option(help: "The day that counts as today, such as 2026-04-01.")
  var asOf: String?

  @Flag(help: "Write the reasons of blanks beside the values (csv).")
  var reasons = false

  @Option(name: .customLong("repeat"), help: "How often the report runs; it is printed once.")
  var repetitions = 1

  @Flag(help: "Print milliseconds and CPU time of every repetition to standard error.")
  var timing = false

  @OptionGroup var diagnostics: DiagnosticOptions

  @Argument(help: "A report, a file with one, or - for standard input.")
  var report: String

  func validate() throws {
    guard repetitions >= 1 else { throw ValidationError("--repeat must be at least 1") }
  }

  func run() async throws {
    let source = try ReportText.source(of: report)
    let catalog = try model.catalog(diagnostics)
    var surroundings = try ReportZone(catalog.defaults.timezone).context(asOf: asOf)
    surroundings.parameters = parameters.values
    let shared = DefinitionFile(DiskDirectory(path: data.directory))
    surroundings.definitions = try data.sharedDefinitions()
    let now = Int64(Date().timeIntervalSince1970 * 1_000_000)
    surroundings.sharing = .allowed(author: NSUserName(), time: now)
    let context = surroundings
    func prepare() -> PreparedScript {
      Report.prepare(
        source.text,
        name: source.name,
        catalog: catalog,
        context: context
      )
    }
    var prepared = prepare()
    diagnostics.report(
      prepared.diagnostics.filter { $0.severity != .note },
      in: prepared.source
    )
    guard prepared.isRunnable else { throw CommandFailure(.refused, nil) }
    let backend = try backend()
    var results: [StatementResult] = []
    for repetition in 1...repetitions {
      var stopwatch = Stopwatch()
      if repetition > 1 { prepared = prepare() } else { _ = prepare() }
      stopwatch.endPlan()
      results = try await ReportRun.results(
        of: prepared,
        on: backend,
        diagnostics,
        definitions: shared
      )
      stopwatch.endScan()
      if timing { StandardStreams.note("run \(repetition): \(stopwatch.text)") }
    }
    try write(results, of: prepared)
  }

  private func backend() throws(CommandFailure) -> LocalBackend {
    let store = try data.openForReading()
    do {
      return LocalBackend(
        snapshot: try store.snapshot(),
        pool: ScanPool(threads: ProcessInfo.processInfo.activeProcessorCount)
      )
    } catch {
      throw CommandFailure(error)
    }
  }

  private func write(_ results: [StatementResult], of prepared: PreparedScript) throws {
    var isFirst = true
    for result in results {
      switch result {
      case .report(let report):
        let said = Set(prepared.diagnostics)
        let news = report.header.diagnostics.filter { $0.severity != .note && !said.contains($0) }
        diagnostics.report(news, in: prepared.source)
        if !isFirst, format.separatesResults { try StandardStreams.write("\n") }
        isFirst = false
        do {
          try StandardStreams.write(
            try format.text(report, source: prepared.source, reasons: reasons)
          )
        } catch let error as ExportError {
          throw CommandFailure(.refused, "\(error)")
        }
      case .plan(let text):
        isFirst = false
        try StandardStreams.write(text.hasSuffix("\n") ? text : text + "\n")
      case .defined(let name): StandardStreams.note("defined \(name)")
      case .dropped(let name): StandardStreams.note("dropped \(name)")
      }
    }
  }
}
