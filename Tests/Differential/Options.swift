import QueryLang

/// What the command line asks for.
struct Options {
  var reports = 1_000
  var seed: UInt64 = 1
  var workers = 2
  var dialects = SQLDialect.allCases
  var python = "python3"
  var reportsPerWorld = 40
  var keepsGoing = false
  var showsRefusals = false
  var plants = false
  /// The seeds of one world and one report, to look at these alone.
  var only: (world: UInt64, report: UInt64)?

  static let usage = """
    usage: differential [--reports N] [--seed S] [--workers N] [--engines duckdb,chdb]
      [--python PATH] [--planted] [--keep-going] [--show-refusals] [--only WORLD:REPORT]
    """

  /// Reads the arguments, or returns nil when they are wrong.
  init?(_ arguments: [String]) {
    var rest = arguments[...]
    while let word = rest.popFirst() {
      switch word {
      case "--planted": plants = true
      case "--keep-going": keepsGoing = true
      case "--show-refusals": showsRefusals = true
      default:
        guard let value = rest.popFirst(), read(word, value) else { return nil }
      }
    }
  }

  private mutating func read(_ word: String, _ value: String) -> Bool {
    switch word {
    case "--reports":
      guard let number = Int(value), number > 0 else { return false }
      reports = number
    case "--seed":
      guard let number = UInt64(value) else { return false }
      seed = number
    case "--workers":
      guard let number = Int(value), (1...64).contains(number) else { return false }
      workers = number
    case "--per-model":
      guard let number = Int(value), number > 0 else { return false }
      reportsPerWorld = number
    case "--python": python = value
    case "--engines":
      let names = value.split(separator: ",").map { $0 == "chdb" ? "clickhouse" : String($0) }
      let found = names.compactMap { SQLDialect(rawValue: $0) }
      guard found.count == names.count else { return false }
      dialects = found
    case "--only":
      let parts = value.split(separator: ":").compactMap { UInt64($0) }
      guard parts.count == 2 else { return false }
      only = (parts[0], parts[1])
    default: return false
    }
    return true
  }
}
