import QueryLang

/// The engines, for one report at a time.
final class Bench {
  private let engines: [EngineProcess]

  init(_ options: Options) throws {
    engines = try options.dialects.map { try EngineProcess($0, python: options.python) }
  }

  func stop() {
    for engine in engines { engine.stop() }
  }

  /// What each engine says differently; nil where there is nothing to compare.
  func differences(_ world: World, _ sketch: ReportSketch) async throws -> [(
    SQLDialect, String, isError: Bool
  )]? {
    // A model that has lost something that it needs is none.
    guard let stored = try? StoredWorld(world) else { return nil }
    let trial = Trial(world: stored, sketch: sketch)
    guard case .answered(let result, let statements) = await trial.outcome(engines.map(\.dialect))
    else { return nil }
    var found: [(SQLDialect, String, isError: Bool)] = []
    for (engine, statement) in zip(engines, statements) {
      try engine.replaceTables(stored)
      _ = try engine.ask(statement)
      let answer = try engine.answer().1
      if let (words, isError) = Worker.difference(answer, result) {
        found.append((engine.dialect, words, isError))
      }
    }
    return found
  }

  /// Prints a world, a report and all answers; false when they differ.
  func show(_ world: World, _ sketch: ReportSketch) async throws -> Bool {
    print("today: \(World.day(world.today))\n--- model\n\(world.yaml)--- rows")
    for table in world.tables where !table.rows.isEmpty {
      print("\(table.name): \(table.columns.map(\.name).joined(separator: " | "))")
      for row in table.rows {
        let cells = zip(row, table.columns).map { StoredText.cell($0, $1.type) }
        print("  \(cells.joined(separator: " | "))")
      }
    }
    print("--- report\n\(sketch.text)")
    for (name, value) in sketch.given.sorted(by: { $0.key < $1.key }) {
      print("$\(name) = \(value)")
    }
    let stored = try StoredWorld(world)
    let trial = Trial(world: stored, sketch: sketch)
    switch await trial.outcome(engines.map(\.dialect)) {
    case .refused(let code):
      print("refused: \(code) \(trial.prepared.diagnostics.map(\.message))")
    case .refusedForData(let code): print("refused for the data: \(code)")
    case .unlowered(let reason): print("no statement: \(reason)")
    case .answered(let result, let statements): return try show(stored, result, statements)
    }
    return true
  }

  private func show(
    _ stored: StoredWorld,
    _ result: ReportResult,
    _ statements: [SQLStatement]
  ) throws -> Bool {
    print("--- our answer\nrow_kind | \(result.columns.map(\.name).joined(separator: " | "))")
    for (row, kind) in zip(result.rows, result.rowKinds) {
      let cells = zip(row, result.columns).map { Comparison.text($0, $1.type) }
      print(([kind.rawValue] + cells).joined(separator: " | "))
    }
    var isSame = true
    for (engine, statement) in zip(engines, statements) {
      print("--- \(engine.dialect.engineName)\n\(statement.text)")
      for parameter in statement.parameters { print("  \(parameter.name) = \(parameter.value)") }
      try engine.replaceTables(stored)
      _ = try engine.ask(statement)
      let answer = try engine.answer().1
      switch answer {
      case .error(let message): print("error: \(message)")
      case .table(let table):
        print(table.names.joined(separator: " | "))
        for row in table.rows { print(row.map { $0 ?? "null" }.joined(separator: " | ")) }
      }
      let words = Worker.difference(answer, result)?.words
      isSame = isSame && words == nil
      print("difference: \(words ?? "none")")
    }
    return isSame
  }
}
