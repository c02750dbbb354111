import ColumnStore
import QueryLang

/// Makes a world and a report smaller while an engine's answer stays different.
struct Shrinking {
  private let bench: Bench
  private let difference: Difference
  private let clock = ContinuousClock()
  private let end: ContinuousClock.Instant

  static let longest: Duration = .seconds(180)

  init(_ options: Options, _ difference: Difference) throws {
    bench = try Bench(options)
    self.difference = difference
    end = clock.now + Shrinking.longest
  }

  /// Prints the smallest world and report that still differ.
  func show() async throws {
    var maker = WorldMaker(seed: difference.worldSeed)
    var world = maker.world()
    var reports = ReportMaker(world, seed: difference.reportSeed)
    var sketch = reports.report()
    print("seed \(difference.worldSeed):\(difference.reportSeed), made smaller:")
    while clock.now < end {
      let before = (sketch.text.utf8.count, world.size)
      sketch = try await smaller(sketch, world)
      world = try await smaller(world, sketch)
      if before == (sketch.text.utf8.count, world.size) { break }
    }
    _ = try await bench.show(world, sketch)
    bench.stop()
  }

  private func differs(_ world: World, _ sketch: ReportSketch) async throws -> Bool {
    let found = try await bench.differences(world, sketch) ?? []
    return found.contains { $0.0 == difference.dialect && $0.isError == difference.isError }
  }

  private func smaller(_ sketch: ReportSketch, _ world: World) async throws -> ReportSketch {
    var best = sketch
    var isOpen = true
    while isOpen, clock.now < end {
      isOpen = false
      for candidate in best.smaller where clock.now < end {
        guard candidate.text != best.text, try await differs(world, candidate) else { continue }
        best = candidate
        isOpen = true
        break
      }
    }
    return best
  }

  private func smaller(_ world: World, _ sketch: ReportSketch) async throws -> World {
    var best = world
    for table in best.tables.indices {
      var step = max(1, best.tables[table].rows.count / 2)
      while step >= 1, clock.now < end {
        var start = 0
        while start < best.tables[table].rows.count, clock.now < end {
          var candidate = best
          let last = min(start + step, candidate.tables[table].rows.count)
          candidate.tables[table].rows.removeSubrange(start..<last)
          if try await differs(candidate, sketch) { best = candidate } else { start += step }
        }
        step /= 2
      }
    }
    return try await simplified(best, sketch)
  }

  /// Leaves out what the model has beyond need.
  private func simplified(_ world: World, _ sketch: ReportSketch) async throws -> World {
    var best = world
    var isOpen = true
    while isOpen, clock.now < end {
      isOpen = false
      for candidate in best.simpler where clock.now < end {
        guard try await differs(candidate, sketch) else { continue }
        best = candidate
        isOpen = true
        break
      }
    }
    return best
  }
}

extension World {
  /// How much there is of it.
  var size: Int {
    tables.reduce(0) { $0 + $1.rows.count * $1.columns.count } + yaml.utf8.count
  }

  /// Worlds that lack one thing of the model each, or a column.
  var simpler: [World] {
    var found: [World] = []
    func leaving(_ count: Int, _ change: (inout World, Int) -> Void) {
      for place in (0..<count).reversed() {
        var world = self
        change(&world, place)
        found.append(world)
      }
    }
    leaving(metrics.count) { $0.metrics.remove(at: $1) }
    leaving(parameters.count) { $0.parameters.remove(at: $1) }
    leaving(segments.count) { $0.segments.remove(at: $1) }
    leaving(periods.count) { $0.periods.remove(at: $1) }
    leaving(cohorts.count) { $0.cohorts.remove(at: $1) }
    leaving(facts.count) { $0.facts.remove(at: $1) }
    leaving(dimensions.count) { world, place in
      let name = world.dimensions.remove(at: place).name
      for fact in world.facts.indices {
        world.facts[fact].relations.removeAll { $0.dimension == name }
        world.facts[fact].covers.removeAll { $0.dimension == name }
      }
    }
    for fact in facts.indices {
      leaving(facts[fact].relations.count) { $0.facts[fact].relations.remove(at: $1) }
      leaving(facts[fact].columns.count) { $0.facts[fact].columns.remove(at: $1) }
      leaving(facts[fact].covers.count) { $0.facts[fact].covers.remove(at: $1) }
    }
    leaving(tables.count) { $0.tables.remove(at: $1) }
    for table in tables.indices {
      leaving(tables[table].columns.count) { world, column in
        world.tables[table].columns.remove(at: column)
        for row in world.tables[table].rows.indices {
          world.tables[table].rows[row].remove(at: column)
        }
      }
    }
    return found
  }
}

extension ReportSketch {
  /// Reports that lack one part each, or have a smaller one.
  var smaller: [ReportSketch] {
    var found: [ReportSketch] = []
    func add(_ change: (inout ReportSketch) -> Void) {
      var sketch = self
      change(&sketch)
      found.append(sketch)
    }
    add { $0.totals = nil }
    add { $0.limit = nil }
    add { $0.having = nil }
    add { $0.filter = nil }
    add { $0.dates = nil }
    add { $0.order = [] }
    add { $0.fill = [] }
    add { $0.tops = [] }
    add { $0.comparisons = [] }
    add { $0.others = [] }
    for name in given.keys { add { $0.given[name] = nil } }
    func leaving<Part>(_ path: WritableKeyPath<ReportSketch, [Part]>) {
      for place in self[keyPath: path].indices.reversed() {
        add { $0[keyPath: path].remove(at: place) }
      }
    }
    if columns.count > 1 { leaving(\.columns) }
    leaving(\.keys)
    leaving(\.definitions)
    leaving(\.order)
    leaving(\.fill)
    leaving(\.tops)
    leaving(\.comparisons)
    leaving(\.others)
    for place in columns.indices {
      for phrase in columns[place].phrase.smaller { add { $0.columns[place].phrase = phrase } }
    }
    func simpler(_ path: WritableKeyPath<ReportSketch, [Phrase]>) {
      for place in self[keyPath: path].indices {
        for phrase in self[keyPath: path][place].smaller {
          add { $0[keyPath: path][place] = phrase }
        }
      }
    }
    for phrase in filter?.smaller ?? [] { add { $0.filter = phrase } }
    for phrase in having?.smaller ?? [] { add { $0.having = phrase } }
    for place in keys.indices {
      for phrase in keys[place].phrase.smaller { add { $0.keys[place].phrase = phrase } }
    }
    simpler(\.tops)
    simpler(\.order)
    simpler(\.definitions)
    return found
  }
}
