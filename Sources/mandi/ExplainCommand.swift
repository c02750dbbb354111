import ArgumentParser
import ColumnStore
import Foundation
import QueryLang

/// Prints how a report would run.
struct ExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Print the plan of a report, or its SQL."
  )

  @OptionGroup var data: DataOption

  @OptionGroup var model: ModelOption

  @OptionGroup var diagnostics: DiagnosticOptions

  @Option(help: "Print the report as one statement of SQL instead: clickhouse or duckdb.")
  var sql: Dialect?

  /// The databases that a report can be written for.
  enum Dialect: String, CaseIterable, ExpressibleByArgument {
    case clickhouse
    case duckdb

    var dialect: SQLDialect {
      switch self {
      case .clickhouse: .clickhouse
      case .duckdb: .duckdb
      }
    }
  }

  @Argument(help: "A report, a file with one, or - for standard input.")
  var report: String

  func run() async throws {
    let source = try ReportText.source(of: report)
    let catalog = try model.catalog(diagnostics)
    var surroundings = try ReportZone(catalog.defaults.timezone).context()
    surroundings.definitions = try data.sharedDefinitions()
    let context = surroundings
    let written = Report.prepare(
      source.text,
      name: source.name,
      catalog: catalog,
      context: context
    )
    diagnostics.report(written.diagnostics, in: written.source)
    guard written.isRunnable else { throw CommandFailure(.refused, nil) }
    if let sql {
      try write(written, in: sql.dialect)
      return
    }
    let explained = Report.prepare(
      "EXPLAIN PLAN\n" + source.text,
      name: source.name,
      catalog: catalog,
      context: context
    )
    let runnable = explained.isRunnable ? explained : written
    let results = try await ReportRun.results(of: runnable, on: try backend(), diagnostics)
    for result in results {
      switch result {
      case .plan(let text):
        try StandardStreams.write(text.hasSuffix("\n") ? text : text + "\n")
      case .report, .defined, .dropped: continue
      }
    }
  }

  private func write(_ script: PreparedScript, in dialect: SQLDialect) throws {
    do {
      let policy = AccessPolicy.unrestricted(reason: "the operator's own command line")
      for statement in try script.sql(dialect, policy: policy) {
        try StandardStreams.write("\(statement);\n")
      }
    } catch let error as ReportError {
      throw CommandFailure(.refused, "\(error)")
    }
  }

  /// The store where there is one; else an empty one, since a plan needs no data.
  private func backend() throws(CommandFailure) -> LocalBackend {
    do {
      let store =
        if FileManager.default.fileExists(atPath: data.storePath) {
          try data.openForReading()
        } else {
          try Store.open(MemoryDirectory(), mode: .readWrite)
        }
      return LocalBackend(snapshot: try store.snapshot(), pool: ScanPool(threads: 1))
    } catch let error as StoreError {
      throw CommandFailure(error)
    } catch let failure as CommandFailure {
      throw failure
    } catch {
      throw CommandFailure(.couldNot, "\(error)")
    }
  }
}
