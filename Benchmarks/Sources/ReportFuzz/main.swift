// Sends a million texts through lexer, parser and binder: random bytes, random words, changed texts of
// the grammar, and texts that nest as deep as their length allows. Whatever is sent has to be answered
// with at most 20 diagnostics in less than a second. Ends with 1 where it is not; a trap ends it too,
// and the seed that is printed makes the same texts again.
//
//     ReportFuzz MODEL [COUNT] [SEED]

import Foundation
import Glibc
import QueryLang
import TestKit

let arguments = CommandLine.arguments
guard arguments.count >= 2 else {
  print("usage: ReportFuzz MODEL [COUNT] [SEED]")
  exit(2)
}

/// Sends texts and keeps what came of them.
struct Run {
  let catalog: Catalog
  let clock = ContinuousClock()
  var slowest = Duration.zero
  var failures = 0

  /// Answers a text; returns whether it could run.
  mutating func answer(_ text: String, _ place: String) -> Bool {
    let start = clock.now
    let prepared = Report.prepare(
      text,
      name: nil,
      catalog: catalog,
      context: ReportContext(today: 20_553)
    )
    let time = clock.now - start
    slowest = max(slowest, time)
    if time >= .seconds(1) || prepared.diagnostics.count > 20 {
      failures += 1
      print("\(place): \(prepared.diagnostics.count) diagnostics, \(time): \(text.prefix(200))")
    }
    return prepared.isRunnable
  }
}

var run = Run(
  catalog: try Catalog.load(
    yaml: String(contentsOfFile: arguments[1], encoding: .utf8),
    name: "model.yaml",
    extending: nil,
    schemas: []
  )
)
let count = arguments.count > 2 ? Int(arguments[2]) ?? 0 : 1_000_000
let seed = arguments.count > 3 ? UInt64(arguments[3]) ?? 0 : UInt64.random(in: .min ... .max)
print("seed \(seed)")
// A trap must not take the seed away.
fflush(nil)
for (kind, share) in [(TextSource.Kind.bytes, 4), (.words, 4), (.mutated, 2)] {
  var texts = try TextSource(seed: seed)
  let start = run.clock.now
  var runnable = 0
  for index in 0..<(count * share / 10) where run.answer(texts.text(kind), "\(kind) \(index)") {
    runnable += 1
  }
  print("\(kind): \(count * share / 10) texts, \(runnable) can run, \(run.clock.now - start)")
}

let pieces = [
  "(", "NOT ", "-", "1 + ", "1 - 1 * ", "a.", "/*", "'", "\"", "CASE WHEN ", "SUM(", "IF(", "ABS(",
  "SHARE OF (", "AVERAGE OF (", "TOTAL OF ", "revenue FILTER (", "x,", ";", "SELECT revenue;", "$",
  "1", "FY2026", "2026-", "revenue PREVIOUS day ", "revenue AND ", "IN (", "HAS (", "--\n", "\u{0}",
  "é", "DEFINE METRIC x = ", "EXPLAIN ", "BY ", "WHERE ", "= ", "BETWEEN 1 AND ", "§",
]
for piece in pieces {
  for start in ["", "SELECT ", "SELECT revenue WHERE ", "SELECT revenue BY "] {
    for length in [2_000, 64 * 1024, 80_000] {
      let text = start + String(repeating: piece, count: max(1, length / piece.utf8.count))
      _ = run.answer(text, "\(start)\(piece) to \(length)")
    }
  }
}
print("slowest \(run.slowest), \(run.failures) failures")
exit(run.failures == 0 ? 0 : 1)
