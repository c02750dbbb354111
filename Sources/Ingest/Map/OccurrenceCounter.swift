/// Numbers the lines of one file that have the same key, from 1 in the order of the file.
///
/// The columns that count are those of the natural key: two lines of one order with one listing get
/// 1 and 2 whether or not the rest of them is the same, so no line is lost and a line that appears
/// twice on purpose counts twice. A key is remembered as 128 bits of hash.
struct OccurrenceCounter: Sendable {
  private struct LineKey: Hashable {
    let first: UInt64
    let second: UInt64

    func hash(into hasher: inout Hasher) {
      hasher.combine(first)
    }
  }

  private let positions: [Int]
  private var counts: [LineKey: UInt32] = [:]

  init(positions: [Int]) {
    self.positions = positions
  }

  /// Returns the number of every row of a page; flawed rows count as well.
  mutating func numbers(for page: DecodedPage) -> [UInt32] {
    var numbers = [UInt32](repeating: 1, count: page.rowCount)
    guard !positions.isEmpty else { return numbers }
    let bytes = page.bytes.span
    for row in 0..<page.rowCount {
      var first: UInt64 = 0xCBF2_9CE4_8422_2325
      var second: UInt64 = 0x6C62_272E_07BB_0142
      for position in positions {
        let range = page.field(row: row, column: position)
        // Fields are hashed one after another, each with its length, so that shifting a byte from
        // one field to the next makes another key.
        first = ByteHash.hash(bytes, range, seed: first ^ UInt64(range.count))
        second = ByteHash.hash(bytes, range, seed: second &+ UInt64(range.count))
      }
      let key = LineKey(first: first, second: second)
      let count = (counts[key] ?? 0) &+ 1
      counts[key] = count
      numbers[row] = count
    }
    return numbers
  }
}
