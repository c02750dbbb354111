/// A pattern as steps, of which a search follows all ways at once.
struct PatternProgram: Sendable {
  /// One step; numbers are places of steps.
  enum Step: Sendable {
    case scalar(UInt32)
    /// A scalar whose folded form is this.
    case folded(UInt32)
    case any
    case anyInLine
    /// A scalar of the set at a place of `sets`.
    case set(Int)
    case check(PatternCheck)
    case split(Int, Int)
    case jump(Int)
    case found
  }

  private(set) var steps: [Step] = []
  private(set) var sets: [ScalarSet] = []

  /// Compiles a tree.
  init(_ node: PatternNode) {
    add(node)
    steps.append(.found)
  }

  private mutating func add(_ node: PatternNode) {
    switch node {
    case .empty: break
    case .scalar(let value, let isFolded):
      steps.append(isFolded ? .folded(value) : .scalar(value))
    case .any(let holdsLineEnds): steps.append(holdsLineEnds ? .any : .anyInLine)
    case .set(let set):
      sets.append(set)
      steps.append(.set(sets.count - 1))
    case .check(let check): steps.append(.check(check))
    case .sequence(let parts): for part in parts { add(part) }
    case .choice(let parts): add(choice: parts)
    case .repeated(let part, let least, let most): add(part, least, most)
    }
  }

  private mutating func add(choice parts: [PatternNode]) {
    var ends: [Int] = []
    for (index, part) in parts.enumerated() {
      guard index < parts.count - 1 else {
        add(part)
        break
      }
      let split = steps.count
      steps.append(.jump(0))
      add(part)
      ends.append(steps.count)
      steps.append(.jump(0))
      steps[split] = .split(split + 1, steps.count)
    }
    for end in ends { steps[end] = .jump(steps.count) }
  }

  private mutating func add(_ part: PatternNode, _ least: Int, _ most: Int?) {
    if most == nil, least > 0 {
      // The last copy is the one that repeats, so that nested repetitions do not multiply.
      for _ in 1..<least { add(part) }
      let start = steps.count
      add(part)
      steps.append(.split(start, steps.count + 1))
      return
    }
    for _ in 0..<least { add(part) }
    guard let most else {
      let split = steps.count
      steps.append(.jump(0))
      add(part)
      steps.append(.jump(split))
      steps[split] = .split(split + 1, steps.count)
      return
    }
    var splits: [Int] = []
    for _ in least..<max(least, most) {
      splits.append(steps.count)
      steps.append(.jump(0))
      add(part)
    }
    for split in splits { steps[split] = .split(split + 1, steps.count) }
  }

  /// Tells whether a step that takes a scalar takes this one.
  func takes(_ step: Int, _ scalar: Unicode.Scalar) -> Bool {
    switch steps[step] {
    case .scalar(let value): value == scalar.value
    case .folded(let value): value == TextMatcher.folded(scalar).value
    case .any: true
    case .anyInLine: scalar.value != 10
    case .set(let place): sets[place].contains(scalar.value)
    case .check, .split, .jump, .found: false
    }
  }
}

/// A search for a pattern, with its memory.
struct PatternSearch: Sendable {
  /// Steps in the order in which they were reached, each once.
  private struct StepSet {
    private(set) var members: [Int] = []
    private var places: [Int]

    init(_ count: Int) { places = Array(repeating: 0, count: count) }

    mutating func insert(_ step: Int) -> Bool {
      let place = places[step]
      if place < members.count, members[place] == step { return false }
      places[step] = members.count
      members.append(step)
      return true
    }

    mutating func removeAll() { members.removeAll(keepingCapacity: true) }
  }

  private let program: PatternProgram
  private var current: StepSet
  private var following: StepSet
  private var open: [Int] = []

  /// Prepares a search.
  init(_ pattern: RegularExpression) {
    program = pattern.program
    current = StepSet(program.steps.count)
    following = StepSet(program.steps.count)
  }

  /// Tells whether the pattern fits a part of a text.
  mutating func isFound(in text: String) -> Bool {
    current.removeAll()
    open.removeAll(keepingCapacity: true)
    var scalars = text.unicodeScalars.makeIterator()
    var edge = Edge(previous: nil, next: scalars.next())
    while true {
      // A part may begin anywhere.
      if PatternSearch.reach(0, &current, &open, program, edge) { return true }
      guard let scalar = edge.next else { return false }
      edge = Edge(previous: scalar, next: scalars.next())
      following.removeAll()
      for step in current.members where program.takes(step, scalar) {
        if PatternSearch.reach(step + 1, &following, &open, program, edge) { return true }
      }
      swap(&current, &following)
    }
  }

  /// The scalars on both sides of a place; nil for the ends of the text.
  private struct Edge {
    let previous: Unicode.Scalar?
    let next: Unicode.Scalar?
  }

  /// Adds a step and all that can be reached from it without taking a scalar; tells whether the
  /// pattern is through.
  private static func reach(
    _ first: Int,
    _ set: inout StepSet,
    _ open: inout [Int],
    _ program: PatternProgram,
    _ edge: Edge
  ) -> Bool {
    open.append(first)
    while let step = open.popLast() {
      guard set.insert(step) else { continue }
      switch program.steps[step] {
      case .found: return true
      case .jump(let target): open.append(target)
      case .split(let one, let other):
        open.append(other)
        open.append(one)
      case .check(let check):
        if check.holds(after: edge.previous?.value, before: edge.next?.value) {
          open.append(step + 1)
        }
      case .scalar, .folded, .any, .anyInLine, .set: break
      }
    }
    return false
  }
}
