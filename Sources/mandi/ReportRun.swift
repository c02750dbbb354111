import ColumnStore
import QueryLang

/// Runs a prepared script for the command line.
enum ReportRun {
  private static let longestReport: Duration = .seconds(600)
  /// The groups of a scan may take this share of the machine's memory.
  private static let scanShare: UInt64 = 4

  /// Returns the results of all statements.
  ///
  /// - Throws: A failure with the exit code that fits; what the report itself is to blame for is
  ///   reported as a diagnostic before.
  static func results(
    of prepared: PreparedScript,
    on backend: any ScanBackend,
    _ diagnostics: DiagnosticOptions,
    definitions: (any DefinitionStore)? = nil
  ) async throws(CommandFailure) -> [StatementResult] {
    do {
      return try await prepared.run(
        on: backend,
        policy: .unrestricted(reason: "whoever runs the command may read the files themselves"),
        limits: ScanLimits(bytes: MemoryShare.part(of: scanShare), time: longestReport),
        definitions: definitions
      )
    } catch {
      switch error {
      case .store(let error): throw CommandFailure(error)
      case .refused(let diagnostic):
        diagnostics.report([diagnostic], in: prepared.source)
        throw CommandFailure(.refused, nil)
      case .denied, .notRunnable: throw CommandFailure(.refused, "\(error)")
      case .unauthorised, .engine: throw CommandFailure(.couldNot, "\(error)")
      }
    }
  }
}
