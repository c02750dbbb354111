import QueryLang

/// A bug that one side is given, to see that the test would find it.
///
/// None of them is in the product: our side answers another report or has another model, its answer is
/// changed, or the engine's statement is.
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
      var answers: [EngineProcess.Answer] = []
      for (engine, statement) in zip(worker.engines, statements) {
        _ = try engine.ask(statement)
        answers.append(try engine.answer().1)
      }
      // What differs anyway shows nothing.
      guard answers.allSatisfy({ Worker.difference($0, result) == nil }) else { continue }
      for bug in open {
        let found = try await isCaught(
          bug,
          Case(
            trial: trial,
            world: worlds[bug.name],
            result: result,
            answers: answers,
            statements: statements
          )
        )
        guard let found else { continue }
        tries[bug.name, default: 0] += 1
        guard found else { continue }
        caught.append((bug.name, tries[bug.name, default: 0], reports))
        open.removeAll { $0.name == bug.name }
      }
    }
  }

  private struct Case {
    let trial: Trial
    /// The world with the bug, where it is in the world.
    let world: StoredWorld?
    let result: ReportResult
    let answers: [EngineProcess.Answer]
    let statements: [SQLStatement]
  }

  /// Whether a bug shows in a report; nil where it could not.
  private func isCaught(_ bug: PlantedBug, _ one: Case) async throws -> Bool? {
    let changed: ReportResult?
    switch bug.kind {
    case .report(let change):
      guard let sketch = change(one.trial.sketch, one.result) else { return nil }
      changed = await Planting.result(one.trial.world, sketch)
    case .world:
      guard let world = one.world else { return nil }
      changed = await Planting.result(world, one.trial.sketch)
    case .result(let change): changed = change(one.trial.sketch, one.result)
    case .reports(let change):
      changed = await change(one.trial.world, one.trial.sketch, one.result)
    case .statement(let change): return try isCaught(change, one)
    }
    guard let changed else { return nil }
    return one.answers.allSatisfy { Worker.difference($0, changed) != nil }
  }

  private func isCaught(_ change: (String) -> String?, _ one: Case) throws -> Bool? {
    var found: [Bool] = []
    for (engine, statement) in zip(worker.engines, one.statements) {
      guard let text = change(statement.text) else { return nil }
      var changed = statement
      changed.text = text
      _ = try engine.ask(changed)
      found.append(Worker.difference(try engine.answer().1, one.result) != nil)
    }
    return found.allSatisfy { $0 }
  }

  /// The answer of our side to a report, or nil where there is none.
  static func result(_ world: StoredWorld, _ sketch: ReportSketch) async -> ReportResult? {
    guard case .answered(let result, _) = await Trial(world: world, sketch: sketch).outcome([])
    else { return nil }
    return result
  }
}
