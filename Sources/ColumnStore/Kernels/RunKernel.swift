/// The loops between a value for each run of a block and a value for each row.
enum RunKernel {
  /// Gives every row the value of its run; `starts` has a bit for each row, 1 where a run begins.
  static func expand<Value: BitwiseCopyable>(
    _ values: Span<Value>,
    _ starts: Span<UInt64>,
    into rows: inout MutableSpan<Value>
  ) {
    precondition(areRuns(starts, rowCount: rows.count, runCount: values.count), "a value a run")
    var run = -1
    for place in 0..<(rows.count / 64) {
      var bits = starts[place]
      // Safe: 64 rows for each bit of a whole word, all below `rows.count`; the first bit is set, so
      // that `run` is at least 0, and there are as many bits as values, both checked above.
      for row in (place &* 64)..<(place &* 64 &+ 64) {
        run &+= Int(truncatingIfNeeded: bits & 1)
        bits &>>= 1
        unsafe rows[unchecked: row] = values[unchecked: run]
      }
    }
    for row in (rows.count & ~63)..<rows.count {
      run &+= Int(truncatingIfNeeded: starts[row &>> 6] &>> UInt64(row & 63) & 1)
      rows[row] = values[run]
    }
  }

  /// Gives every row the bit of its run; bits past the last row become zero.
  static func expandBits(
    _ bits: Span<UInt64>,
    _ starts: Span<UInt64>,
    rowCount: Int,
    into rows: inout MutableSpan<UInt64>
  ) {
    precondition(rows.count == starts.count, "a bit for every row")
    let runCount = count(starts)
    precondition(areRuns(starts, rowCount: rowCount, runCount: runCount), "runs of these rows")
    precondition(bits.count == (runCount &+ 63) / 64, "a bit for every run")
    var run = -1
    var row = 0
    for place in starts.indices {
      var rest = starts[place]
      var word: UInt64 = 0
      let length = min(64, rowCount &- row)
      for bit in 0..<UInt64(length) {
        run &+= Int(truncatingIfNeeded: rest & 1)
        rest &>>= 1
        // Safe: `run` is at least 0, since the first bit of `starts` is set, and below the number of
        // its bits, for each of which there is one in `bits`; all this is checked above.
        let held = unsafe bits[unchecked: run &>> 6]
        word |= (held &>> UInt64(truncatingIfNeeded: run) & 1) &<< bit
      }
      rows[place] = word
      row &+= length
    }
  }

  /// Gives the first row of a run its code, and each next one a code that is one higher; a code may
  /// wrap, since the caller compares it with its bounds.
  static func expandCounted<Code: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
    _ codes: Span<Code>,
    _ starts: Span<UInt64>,
    into rows: inout MutableSpan<Code>
  ) {
    precondition(areRuns(starts, rowCount: rows.count, runCount: codes.count), "a code a run")
    var run = -1
    var first = 0
    for row in 0..<rows.count {
      let isStart = starts[row &>> 6] &>> UInt64(row & 63) & 1
      run &+= Int(truncatingIfNeeded: isStart)
      first = isStart == 1 ? row : first
      // Safe: `run` is at least 0, since the first bit of `starts` is set, and below the number of
      // its bits, which is that of codes; both are checked above. `row` is below `rows.count`.
      unsafe rows[unchecked: row] = codes[unchecked: run] &+ Code(truncatingIfNeeded: row &- first)
    }
  }

  /// Tells whether bits begin so many runs among so many rows, the first at the first row.
  private static func areRuns(_ starts: Span<UInt64>, rowCount: Int, runCount: Int) -> Bool {
    guard rowCount > 0, starts.count == (rowCount &+ 63) / 64, starts[0] & 1 == 1 else {
      return false
    }
    return count(starts) == runCount
  }

  private static func count(_ starts: Span<UInt64>) -> Int {
    var count = 0
    for place in starts.indices { count &+= starts[place].nonzeroBitCount }
    return count
  }
}
