// What a report costs that finds nothing, what planning typical reports of the language costs, and what a scan makes of the machine's memory bus: the time
// from text to plan, the time of the whole report on empty tables, and a scan of a resident column
// beside plain reading of as many bytes, in turns. Ends with 1 where planning takes 200 µs or more, or
// a scan reads less than half as fast as the machine does.

import ColumnStore
import Foundation
import Glibc
import Measuring
import QueryLang

let folder = CommandLine.arguments.dropFirst().first ?? "suite"
let reports = try SuiteReports(folder: folder)
print(
  Cell.padded("report", 24)
    + ["to a plan", "empty table"].map { Cell.padded($0 + ", µs", 18) }.joined()
)
for report in reports.reports {
  let (planning, running) = try await reports.times(report)
  print(
    Cell.padded(report.name, 24)
      + [planning, running].map { Cell.padded(Cell.rounded($0, 10), 18) }.joined()
  )
}

var isFast = true
let longestPlanning = 200.0
let examples = try SuiteReports(
  model: "Tests/ReportTests/Data/shop/model.yaml",
  folder: "Tests/QueryLangTests/Examples",
  names: [
    "02.mandi", "03.mandi", "05.mandi", "07.mandi", "10.mandi", "11.mandi", "12.mandi", "13.mandi",
    "17.mandi", "23.mandi", "40.mandi", "43.mandi", "45.mandi", "49.mandi",
  ]
)
print("\n" + Cell.padded("example", 24) + "to a logical plan, µs")
for report in examples.reports {
  let time = try await examples.planningTime(report)
  print(Cell.padded(report.name, 24) + Cell.padded(Cell.rounded(time, 10), 18))
  if time >= longestPlanning { isFast = false }
}

let column = try ResidentColumn()
print("\n" + Cell.padded("scan of a column", 24) + "scanned GB/s      read GB/s         share")
for scan in column.scans {
  let times = Measurement(rounds: 60).shortest(
    rows: ResidentColumn.rowCount,
    of: [{ column.run(scan.plan) }, { column.read(byteCount: scan.byteCount) }]
  )
  // Bytes of a row in a nanosecond are gigabytes a second.
  let rates = times.map { Double(scan.byteCount) / Double(ResidentColumn.rowCount) / $0 }
  let share = rates[0] / rates[1]
  print(
    Cell.padded(scan.name, 24) + rates.map { Cell.padded(Cell.rounded($0, 10), 18) }.joined()
      + Cell.rounded(share, 100)
  )
  if share < 0.5 { isFast = false }
}
exit(isFast ? 0 : 1)
