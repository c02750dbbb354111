// Every vector kernel beside its reference in Swift, in one run: nanoseconds a row, and how many
// times faster. Ends with 1 where the best level gains less than a kernel in C has to.

import Glibc
import Measuring

@testable import ColumnStore

let data = KernelData()
let levels = KernelLevel.supported
print(
  Cell.padded("kernel", 24)
    + levels.map { Cell.padded("\($0)", 10) + Cell.padded("gain", 8) }.joined()
)
var failures = 0
for kernel in data.kernels {
  let times = Measurement().shortest(
    rows: KernelData.rows,
    of: levels.map { level in { kernel.run(level) } }
  )
  var line = Cell.padded(kernel.name, 24)
  for time in times {
    line +=
      Cell.padded(Cell.rounded(time, 1_000), 10) + Cell.padded(Cell.rounded(times[0] / time, 10), 8)
  }
  let isEnough = levels.count == 1 || times[0] / (times.last ?? 1) >= kernel.threshold
  if !isEnough {
    line += "less than \(kernel.threshold) times"
    failures += 1
  }
  print(line)
}
exit(failures == 0 ? 0 : 1)
