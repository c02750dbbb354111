import ColumnStore
import QueryLang

/// One report of one world, answered by our own executor.
struct Trial {
  enum Outcome {
    /// The answer, with a statement for each dialect that was asked for.
    case answered(ReportResult, [SQLStatement])
    /// The text is wrong, by the code of its first problem.
    case refused(String)
    /// The data does not allow an answer, or it would be too large, by code.
    case refusedForData(String)
    /// There is no statement, and why.
    case unlowered(String)
  }

  static let policy = AccessPolicy.unrestricted(reason: "differential test")
  static let limits = ScanLimits(time: .seconds(600))

  let world: StoredWorld
  let sketch: ReportSketch

  var prepared: PreparedScript {
    Report.prepare(
      sketch.text,
      name: nil,
      catalog: world.catalog,
      context: ReportContext(today: world.world.today, parameters: sketch.given)
    )
  }

  /// Answers the report and makes its statements.
  func outcome(_ dialects: [SQLDialect]) async -> Outcome {
    let prepared = prepared
    guard prepared.isRunnable else {
      let first = prepared.diagnostics.first { $0.severity == .error }
      return .refused(first?.id.code ?? "none")
    }
    do {
      let results = try await prepared.run(
        on: world.backend,
        policy: Trial.policy,
        limits: Trial.limits
      )
      guard case .report(let result) = results.last else { return .refused("no report") }
      return statements(prepared, result, dialects)
    } catch {
      if case .refused(let diagnostic) = error { return .refusedForData(diagnostic.id.code) }
      return .refusedForData("\(error)")
    }
  }

  private func statements(
    _ prepared: PreparedScript,
    _ result: ReportResult,
    _ dialects: [SQLDialect]
  ) -> Outcome {
    var statements: [SQLStatement] = []
    do {
      for dialect in dialects {
        guard let last = try prepared.sql(dialect, policy: Trial.policy).last else {
          return .unlowered("no statement")
        }
        statements.append(last)
      }
    } catch {
      return .unlowered("\(error)")
    }
    return .answered(result, statements)
  }
}
