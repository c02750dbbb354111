import QueryLang

/// A bug that one side is given, to see that the test would find it.
///
/// None of them is in the product: our side answers another report or has another model, its answer
/// is changed, or the engine's statement is.
struct PlantedBug: Sendable {
  enum Kind: Sendable {
    /// Our side answers another report; nil where the bug would change nothing.
    case report(@Sendable (ReportSketch, ReportResult) -> ReportSketch?)
    /// Our side has another model or another day.
    case world(@Sendable (World) -> World?)
    /// The answer of our side is another one.
    case result(@Sendable (ReportSketch, ReportResult) -> ReportResult?)
    /// The answer of our side is made of those of several reports.
    case reports(@Sendable (StoredWorld, ReportSketch, ReportResult) async -> ReportResult?)
    /// The statement is another one.
    case statement(@Sendable (String) -> String?)
  }

  let name: String
  let kind: Kind
}

/// Plants bugs one after the other into the reports of a run until all are caught.
final class Planting {
  private let options: Options
  private let worker: Worker
  private var open = PlantedBug.all
  /// Reports of which each bug could have changed something, and those of all.
  private var tries: [String: Int] = [:]
  private var reports = 0
  private var caught: [(name: String, tries: Int, reports: Int)] = []

  init(_ options: Options) throws {
    self.options = options
    worker = try Worker(options)
  }

  /// Prints what was caught; false when something was not.
  func run() async throws -> Bool {
    var number = 0
    while reports < options.reports, !open.isEmpty {
      let seed = Seeds.world(options.seed, number)
      number += 1
      let world = try worker.stored(seed)
      for engine in worker.engines { try engine.replaceTables(world) }
      try await plant(in: world, seed)
    }
    for engine in worker.engines { engine.stop() }
    for bug in caught {
      print("caught: \(bug.name) (fitting report \(bug.tries), report \(bug.reports))")
    }
    for bug in open {
      print("not caught: \(bug.name) (\(tries[bug.name, default: 0]) fitting reports)")
    }
    print("\(caught.count) of \(PlantedBug.all.count) planted bugs caught")
    return open.isEmpty
  }

  private func plant(in world: StoredWorld, _ seed: UInt64) async throws {
    // Worlds with a bug of their own are made once.
    var worlds: [String: StoredWorld] = [:]
    for bug in open {
      if case .world(let change) = bug.kind, let changed = change(world.world) {
        worlds[bug.name] = try StoredWorld(changed)
      }
    }
    for number in 0..<options.reportsPerWorld where !open.isEmpty {
      var maker = ReportMaker(world.world, seed: Seeds.report(seed, number))
      let sketch = maker.report()
      let trial = Trial(world: world, sketch: sketch)
      guard case .answered(let result, let statements) = await trial.outcome(options.dialects)
      else { continue }
      reports += 1
      let changes = await changes(trial, result, statements, worlds)
      guard !changes.isEmpty else { continue }
      let answers = try answers(statements)
      // What differs anyway shows nothing.
      guard answers.allSatisfy({ Worker.difference($0, result) == nil }) else { continue }
      for (name, change) in changes {
        tries[name, default: 0] += 1
        let isCaught: Bool
        switch change {
        case .result(let changed):
          isCaught = answers.allSatisfy { Worker.difference($0, changed) != nil }
        case .statements(let changed):
          isCaught = try self.answers(changed).allSatisfy { Worker.difference($0, result) != nil }
        }
        guard isCaught else { continue }
        caught.append((name, tries[name, default: 0], reports))
        open.removeAll { $0.name == name }
      }
    }
  }

  /// What a bug makes of one side.
  private enum Change {
    case result(ReportResult)
    case statements([SQLStatement])
  }

  /// What the bugs that are not caught yet make of a report; nothing of those that change nothing.
  private func changes(
    _ trial: Trial,
    _ result: ReportResult,
    _ statements: [SQLStatement],
    _ worlds: [String: StoredWorld]
  ) async -> [(String, Change)] {
    var found: [(String, Change)] = []
    for bug in open {
      let changed: ReportResult?
      switch bug.kind {
      case .report(let change):
        guard let sketch = change(trial.sketch, result) else { continue }
        changed = await Planting.result(trial.world, sketch)
      case .world:
        guard let world = worlds[bug.name] else { continue }
        changed = await Planting.result(world, trial.sketch)
      case .result(let change): changed = change(trial.sketch, result)
      case .reports(let change): changed = await change(trial.world, trial.sketch, result)
      case .statement(let change):
        let texts = statements.compactMap { change($0.text) }
        guard texts.count == statements.count else { continue }
        var others = statements
        for place in others.indices { others[place].text = texts[place] }
        found.append((bug.name, .statements(others)))
        continue
      }
      if let changed, changed.rows != result.rows { found.append((bug.name, .result(changed))) }
    }
    return found
  }

  private func answers(_ statements: [SQLStatement]) throws -> [EngineProcess.Answer] {
    for (engine, statement) in zip(worker.engines, statements) { _ = try engine.ask(statement) }
    return try worker.engines.map { try $0.answer().1 }
  }

  /// The answer of our side to a report, or nil where there is none.
  static func result(_ world: StoredWorld, _ sketch: ReportSketch) async -> ReportResult? {
    guard case .answered(let result, _) = await Trial(world: world, sketch: sketch).outcome([])
    else { return nil }
    return result
  }
}
