import ArgumentParser
import ColumnStore
import Commerce
import Foundation
import QueryLang

/// Checks a semantic model.
struct ModelCheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check a model file, or the built-in model."
  )

  @Argument(help: "The model file; without it the built-in model is checked.")
  var file: String?

  @Option(help: "A data directory; the model is checked against its data too.")
  var data: String?

  @OptionGroup var diagnostics: DiagnosticOptions

  func run() async throws {
    var option = ModelOption()
    option.model = file
    let catalog = try option.catalog(diagnostics)
    if let data { try await check(catalog, on: data) }
    try StandardStreams.write(
      "\(file ?? "the built-in model") is right: \(catalog.metrics.count) metrics, "
        + "\(catalog.dimensions.count) dimensions, \(catalog.facts.count) facts\n"
    )
  }

  private func check(_ catalog: Catalog, on directory: String) async throws {
    var option = DataOption()
    option.path = directory
    let store = try option.openForReading()
    let source =
      try file.map { try ModelOption.source(path: $0) }
      ?? SourceText(CommerceModel.text, name: CommerceModel.fileName)
    let problems: [Diagnostic]
    do {
      let backend = LocalBackend(
        snapshot: try store.snapshot(),
        pool: ScanPool(threads: ProcessInfo.processInfo.activeProcessorCount)
      )
      problems = try await catalog.problems(
        on: backend,
        source: source,
        limits: ScanLimits(bytes: MemoryShare.part(of: 4), time: .seconds(600))
      )
    } catch {
      throw CommandFailure(.couldNot, "cannot check the data: \(error)")
    }
    diagnostics.report(problems, in: source)
    guard !problems.contains(where: { $0.severity == .error }) else {
      throw CommandFailure(.refused, nil)
    }
  }
}
