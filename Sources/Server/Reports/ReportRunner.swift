internal import ColumnStore
internal import Export
internal import Logging
internal import QueryLang

/// Runs the reports of requests: text in, JSON out, problems for everything else.
struct ReportRunner: Sendable {
  let catalog: Catalog
  let backends: any ReportBackends
  /// The surroundings of a report that begins now.
  let context: @Sendable () -> ReportContext
  let limits: ScanLimits

  /// Runs a report on the newest snapshot and returns its answer.
  ///
  /// Cancelling the task stops the scans.
  func answer(to request: QueryRequest, logger: Logger) async throws(Problem) -> [UInt8] {
    if let timezone = request.timezone, timezone != catalog.defaults.timezone {
      throw .notSupported(
        "reports are in the time zone of the model, \(catalog.defaults.timezone); "
          + "leave out timezone"
      )
    }
    let prepared = prepare(request.query, asOf: request.asOf)
    let errors = prepared.diagnostics.filter { $0.severity == .error }
    guard prepared.isRunnable, errors.isEmpty else {
      throw .reportRefused(prepared.diagnostics, source: prepared.source)
    }
    let results = try await run(prepared, logger: logger)
    return try Self.body(of: results, shape: request.shape, source: prepared.source)
  }

  /// Returns the diagnostics of a report as JSON, without reading any data.
  func check(_ request: CheckRequest) -> [UInt8] {
    let prepared = prepare(request.query, asOf: nil)
    var writer = JSONWriter()
    writer.object { writer in
      writer.key("runnable")
      writer.bool(prepared.isRunnable)
      writer.key("diagnostics")
      DiagnosticExport.write(prepared.diagnostics, source: prepared.source, to: &writer)
    }
    return writer.bytes
  }

  /// Returns the version of the newest snapshot.
  func snapshotVersion(logger: Logger) throws(Problem) -> UInt64 {
    do {
      return try backends.newest().snapshotVersion
    } catch {
      logger.error("the store cannot be read", metadata: ["error": "\(error)"])
      throw ReportFailure(error).problem
    }
  }

  private func prepare(_ text: String, asOf: Int32?) -> PreparedScript {
    var context = context()
    if let asOf { (context.today, context.now) = (asOf, nil) }
    return Report.prepare(text, name: nil, catalog: catalog, context: context)
  }

  private func run(
    _ prepared: PreparedScript,
    logger: Logger
  ) async throws(Problem) -> [StatementResult] {
    do {
      let backend = try backends.newest()
      return try await prepared.run(
        on: backend,
        policy: .unrestricted(reason: "no accounts exist, and only this machine is answered"),
        limits: limits
      )
    } catch {
      logger.error("a report failed", metadata: ["error": "\(error)"])
      throw ReportFailure(error, source: prepared.source).problem
    }
  }

  /// A request has one answer: of a script, the one report that it ends with.
  private static func body(
    of results: [StatementResult],
    shape: ResultShape,
    source: SourceText
  ) throws(Problem) -> [UInt8] {
    var reports: [ReportResult] = []
    for result in results {
      switch result {
      case .report(let report): reports.append(report)
      case .plan, .defined, .dropped: continue
      }
    }
    guard let report = reports.last, reports.count == 1 else {
      throw .notSupported(
        "a request runs one report, and this text has \(reports.count); "
          + "definitions may stand before it"
      )
    }
    var writer = JSONWriter()
    do {
      switch shape {
      case .table: try JSONExport.write(report, source: source, to: &writer)
      case .series: try SeriesExport.write(report, source: source, to: &writer)
      }
    } catch {
      throw .limitReached("\(error)")
    }
    return writer.bytes
  }
}
