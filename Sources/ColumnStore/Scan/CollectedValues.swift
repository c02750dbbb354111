/// All values of every slot, for percentiles: pairs of a slot and a value in the order in which rows
/// came, put together by slot at the end.
///
/// It belongs to one thread.
/// A double is kept as an integer of the same order, so that one kernel selects both.
final class CollectedValues {
  private var slots: [UInt32] = []
  private var values: [Int64] = []

  /// The bytes that the pairs take.
  var byteCount: Int { slots.capacity * 4 + values.capacity * 8 }

  /// Takes the integers of rows; rows with slot 0 do not count.
  func add(_ integers: Span<Int64>, _ rowSlots: Span<UInt32>, count: Int) {
    reserve(count)
    for row in 0..<count where rowSlots[row] != 0 {
      slots.append(rowSlots[row])
      values.append(integers[row])
    }
  }

  /// Takes the doubles of rows; rows with slot 0, and what is not a number, do not count.
  func add(_ doubles: Span<Double>, _ rowSlots: Span<UInt32>, count: Int) {
    reserve(count)
    for row in 0..<count where rowSlots[row] != 0 && !doubles[row].isNaN {
      slots.append(rowSlots[row])
      values.append(CollectedValues.ordered(doubles[row]))
    }
  }

  /// Adds what another thread has collected; its slots lie here as a map says.
  func merge(_ other: CollectedValues, slots map: SlotMap) {
    slots.reserveCapacity(slots.count + other.slots.count)
    for slot in other.slots { slots.append(UInt32(truncatingIfNeeded: map[Int(slot)])) }
    values.append(contentsOf: other.values)
  }

  /// Returns a percentile of each slot, in the units of the values; not a number where a slot has
  /// no value.
  func percentiles(_ fraction: Double, isDouble: Bool, slotCount: Int) -> [Double] {
    var (starts, sorted) = bySlot(slotCount)
    var result = [Double](repeating: .nan, count: slotCount)
    var span = sorted.mutableSpan
    for slot in 1..<max(1, slotCount) where starts[slot] < starts[slot + 1] {
      let range = starts[slot]..<starts[slot + 1]
      result[slot] = CollectedValues.percentile(&span, range, fraction, isDouble: isDouble)
    }
    return result
  }

  /// Returns the percentile of some values, between two of them in proportion; nil of none.
  ///
  /// The fraction lies between 0 and 1, and no value is NaN. Takes linear time on average.
  static func percentile(_ values: [Double], _ fraction: Double) -> Double? {
    guard !values.isEmpty else { return nil }
    var ordered = values.map { CollectedValues.ordered($0) }
    var span = ordered.mutableSpan
    return percentile(&span, 0..<values.count, fraction, isDouble: true)
  }

  /// The percentile of the values in a range, which are put in another order.
  private static func percentile(
    _ span: inout MutableSpan<Int64>,
    _ range: Range<Int>,
    _ fraction: Double,
    isDouble: Bool
  ) -> Double {
    let place = fraction * Double(range.count - 1)
    let whole = min(Int(place), range.count - 1)
    SelectKernel.select(&span, range, place: range.lowerBound + whole)
    let lower = CollectedValues.number(span[range.lowerBound + whole], isDouble)
    let part = place - Double(whole)
    guard part > 0 else { return lower }
    // What follows is not smaller, so the next value is the least of it.
    let rest = (range.lowerBound + whole + 1)..<range.upperBound
    let upper = CollectedValues.number(SelectKernel.least(span, rest), isDouble)
    return lower == upper ? lower : lower + (upper - lower) * part
  }

  /// The values put together by slot, and where each slot begins.
  private func bySlot(_ slotCount: Int) -> (starts: [Int], values: [Int64]) {
    var starts = [Int](repeating: 0, count: slotCount + 1)
    for slot in slots { starts[Int(slot) + 1] += 1 }
    for slot in 0..<slotCount { starts[slot + 1] += starts[slot] }
    var next = starts
    var placed = [Int64](repeating: 0, count: values.count)
    for (slot, value) in zip(slots, values) {
      placed[next[Int(slot)]] = value
      next[Int(slot)] += 1
    }
    return (starts, placed)
  }

  private func reserve(_ count: Int) {
    let needed = slots.count + count
    guard needed > slots.capacity else { return }
    slots.reserveCapacity(max(needed, slots.capacity * 2))
    values.reserveCapacity(max(needed, values.capacity * 2))
  }

  /// An integer that has the order of a double.
  private static func ordered(_ double: Double) -> Int64 {
    // The sign of zero does not count.
    let bits = Int64(bitPattern: (double + 0).bitPattern)
    return bits ^ (bits &>> 63 & .max)
  }

  private static func number(_ value: Int64, _ isDouble: Bool) -> Double {
    guard isDouble else { return Double(value) }
    return Double(bitPattern: UInt64(bitPattern: value ^ (value &>> 63 & .max)))
  }
}

/// Percentiles of numbers outside a scan.
public enum Percentile {
  /// Returns the value below which a fraction of some values lies, between two of them in proportion,
  /// as spreadsheets do; nil of no values.
  ///
  /// The fraction lies between 0 and 1, and no value is NaN. Takes linear time on average.
  public static func value(of values: [Double], at fraction: Double) -> Double? {
    CollectedValues.percentile(values, fraction)
  }
}
