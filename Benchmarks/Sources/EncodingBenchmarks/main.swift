// Every form of a page and of a dictionary's texts, both ways, beside zstd of the same values as they
// come, in one run: bytes and nanoseconds a row, and how many times less than zstd alone. Ends with 1
// where a form gains less than it has to.

import Glibc
import Measuring

let titles = ["bytes", "gain", "encode", "gain", "decode", "gain"]
print(
  Cell.padded("values", 24) + Cell.padded("form", 20) + titles.map { Cell.padded($0, 9) }.joined()
)
var failures = 0
for encoding in try EncodingData().encodings() {
  let times = Measurement(rounds: 60).shortest(
    rows: encoding.rows,
    of: [encoding.encode, encoding.plain.encode, encoding.decode, encoding.plain.decode]
  )
  let size = Double(encoding.plain.byteCount) / Double(max(1, encoding.byteCount))
  let gains = [size, times[1] / times[0], times[3] / times[2]]
  let values = [Double(encoding.byteCount) / Double(encoding.rows), times[0], times[2]]
  var line = Cell.padded(encoding.name, 24) + Cell.padded(encoding.form, 20)
  for (value, gain) in zip(values, gains) {
    line += Cell.padded(Cell.rounded(value, 1_000), 9) + Cell.padded(Cell.rounded(gain, 100), 9)
  }
  let wanted = [
    encoding.thresholds.size, encoding.thresholds.encode, encoding.thresholds.decode,
  ]
  if zip(gains, wanted).contains(where: { $0 < $1 }) {
    line += "less than \(wanted)"
    failures += 1
  }
  print(line)
}
exit(failures == 0 ? 0 : 1)
