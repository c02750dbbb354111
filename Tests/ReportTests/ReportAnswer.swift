import Export
import Foundation
import QueryLang

/// What a report file came to on one engine: tables, plans, and everything that was said.
struct ReportAnswer {
  /// One text for each answer, under the name of its section.
  var outputs: [(section: String, text: String)] = []
  /// The rendered diagnostics.
  var messages = ""

  /// Runs a file's report on an engine.
  static func of(_ file: ReportFile, on engine: any ReportEngine) async throws -> ReportAnswer {
    var data = try ReportData()
    if let name = file.setting("data") { data = try await ReportData.named(name) }
    if let model = file.section("model") {
      do throws(CatalogError) {
        data.catalog = try Catalog.load(
          yaml: model.text + "\n",
          name: "model.yaml",
          extending: data.catalog,
          schemas: Array(data.catalog.tables.values)
        )
      } catch {
        let text = DiagnosticRenderer().render(error.diagnostics, in: error.source)
        return ReportAnswer(messages: text)
      }
    }
    for section in file.sections where section.name.hasPrefix("rows ") {
      try data.add(rows: section.text, to: String(section.name.dropFirst("rows ".count)))
    }
    var answer = ReportAnswer()
    if let model = file.section("model") {
      let source = SourceText(model.text + "\n", name: "model.yaml")
      answer.messages = DiagnosticRenderer().render(data.catalog.warnings, in: source)
    }
    guard let report = file.section("report") else { return answer }
    try await answer.run(report.text, file, data, engine)
    return answer
  }

  private mutating func run(
    _ text: String,
    _ file: ReportFile,
    _ data: ReportData,
    _ engine: any ReportEngine
  ) async throws {
    let today = file.setting("as of").flatMap { ReportData.day($0) } ?? 20_527
    let prepared = Report.prepare(
      text,
      name: nil,
      catalog: data.catalog,
      context: ReportContext(
        today: today,
        parameters: file.parameters.mapValues { values in
          values.count == 1 ? .written(values[0]) : .list(values.map { .written($0) })
        }
      )
    )
    var said = prepared.diagnostics
    if prepared.isRunnable {
      do {
        let results = try await engine.results(of: prepared, over: data)
        for case .report(let result) in results {
          said += result.header.diagnostics.filter { !said.contains($0) }
        }
        outputs = try results.compactMap { result in
          switch result {
          case .report(let result):
            let isShown = file.setting("reasons") == "shown"
            return ("table", try CSVExport.text(result, reasons: isShown ? .shown : .hidden))
          case .plan(let text): return ("plan", text)
          case .defined, .dropped: return nil
          }
        }
      } catch let error as ReportError {
        guard case .refused(let diagnostic) = error else { throw error }
        said.append(diagnostic)
      }
    }
    let rendered = DiagnosticRenderer().render(said, in: prepared.source)
    messages += (messages.isEmpty || rendered.isEmpty ? "" : "\n\n") + rendered
  }
}
