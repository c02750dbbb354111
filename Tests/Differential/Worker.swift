import Foundation
import QueryLang

/// A difference between our answer and that of an engine.
struct Difference {
  let worldSeed: UInt64
  let reportSeed: UInt64
  let dialect: SQLDialect
  let words: String
  /// Whether the engine could not run the statement at all.
  let isError: Bool
}

/// Works through worlds: makes reports, asks the engines, and compares.
///
/// While the engines work on one world the reports of the next are made and answered here.
final class Worker {
  /// A report whose answers are on the way.
  struct Question {
    let worldSeed: UInt64
    let reportSeed: UInt64
    let sketch: ReportSketch
    let result: ReportResult
  }

  let options: Options
  let engines: [EngineProcess]
  private(set) var tally = Tally()
  private(set) var differences: [Difference] = []
  private var dialects: [SQLDialect] { engines.map(\.dialect) }

  init(_ options: Options) throws {
    self.options = options
    engines = try options.dialects.map { try EngineProcess($0, python: options.python) }
  }

  /// Compares so many reports, over the worlds of every `stride`-th number from a first one on.
  func work(_ quota: Int, first: Int, stride: Int) async throws {
    var number = first
    var open: [Question] = []
    var asked = 0
    while asked < quota, differences.isEmpty || options.keepsGoing {
      let seed = Seeds.world(options.seed, number)
      number += stride
      let world = try stored(seed)
      for engine in engines { try engine.replaceTables(world) }
      let questions = try await ask(world, seed, most: quota - asked)
      asked += questions.count
      tally.worlds += 1
      for question in open { try compare(question) }
      open = questions
    }
    for question in open { try compare(question) }
    for engine in engines { engine.stop() }
  }

  func stored(_ seed: UInt64) throws -> StoredWorld {
    var maker = WorldMaker(seed: seed)
    let world = maker.world()
    do {
      return try StoredWorld(world)
    } catch {
      throw EngineFailure("the model of seed \(seed) is refused: \(error)\n\(world.yaml)\n\(error)")
    }
  }

  private func ask(_ world: StoredWorld, _ seed: UInt64, most: Int) async throws -> [Question] {
    var questions: [Question] = []
    for number in 0..<options.reportsPerWorld where questions.count < most {
      let reportSeed = Seeds.report(seed, number)
      var maker = ReportMaker(world.world, seed: reportSeed)
      let sketch = maker.report()
      switch await Trial(world: world, sketch: sketch).outcome(dialects) {
      case .answered(let result, let statements):
        guard Worker.isTaken(statements, reportSeed) else {
          tally.leftOut += 1
          continue
        }
        for (engine, statement) in zip(engines, statements) { _ = try engine.ask(statement) }
        questions.append(
          Question(worldSeed: seed, reportSeed: reportSeed, sketch: sketch, result: result)
        )
      case .refused(let code):
        tally.refusals[code, default: 0] += 1
        if options.showsRefusals {
          print("refused \(code) at \(seed):\(reportSeed)\n\(sketch.text)\n")
        }
      case .refusedForData(let code): tally.dataRefusals[code, default: 0] += 1
      case .unlowered(let reason):
        tally.unlowered[reason, default: 0] += 1
        if options.showsRefusals {
          print("unlowered \(reason) at \(seed):\(reportSeed)\n\(sketch.text)\n")
        }
      }
    }
    return questions
  }

  /// Statements from which on only some are asked: the engines take long for them.
  private static let longStatement = 8_000

  /// Whether a report is asked; of those with long statements one in five is.
  private static func isTaken(_ statements: [SQLStatement], _ seed: UInt64) -> Bool {
    seed % 5 == 0 || statements.allSatisfy { $0.text.utf8.count < longStatement }
  }

  private func compare(_ question: Question) throws {
    tally.add(question.sketch, question.result)
    for engine in engines {
      let answer = try engine.answer().1
      guard let (words, isError) = Worker.difference(answer, question.result) else { continue }
      if options.keepsGoing {
        let place = "\(engine.dialect.engineName) at \(question.worldSeed):\(question.reportSeed)"
        FileHandle.standardError.write(Data("\(place): \(words.prefix(300))\n".utf8))
      }
      differences.append(
        Difference(
          worldSeed: question.worldSeed,
          reportSeed: question.reportSeed,
          dialect: engine.dialect,
          words: words,
          isError: isError
        )
      )
    }
  }

  /// What is different in an answer, in words, and whether it is an error.
  static func difference(
    _ answer: EngineProcess.Answer,
    _ result: ReportResult
  ) -> (words: String, isError: Bool)? {
    switch answer {
    case .error(let message): ("cannot run it: \(message)", true)
    case .table(let table): Comparison(result: result).difference(table).map { ($0, false) }
    }
  }
}

/// Seeds of what is made, from the seed of a run.
enum Seeds {
  static func world(_ seed: UInt64, _ number: Int) -> UInt64 {
    var dice = Dice(seed &* 0x9E37_79B9 &+ UInt64(number))
    return dice.seed() >> 20
  }

  static func report(_ world: UInt64, _ number: Int) -> UInt64 {
    var dice = Dice(world &* 1_000_003 &+ UInt64(number))
    return dice.seed() >> 20
  }
}
