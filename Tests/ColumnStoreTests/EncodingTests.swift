@testable import ColumnStore
import TestKit
import Testing

@Suite struct EncodingTests {
  static let sizes = [1, 63, 64, 65, 4_095, 4_096, 4_097, 65_535, 65_536]

  static let efforts = [PageEffort.quick, .thorough]

  /// Decodes what was encoded.
  private func roundTrip(
    _ page: PageEncoder.Page,
    type: ColumnType,
    rowCount: Int,
    kind: ColumnRows.Kind
  ) throws -> (ColumnRows, ColumnVector) {
    let file = MappedFile(path: "page", copying: page.bytes)
    let decoder = PageDecoder(descriptor: page.descriptor, type: type, rowCount: rowCount)
    let vector = try decoder.decode(file, in: 0..<file.count)
    var rows = ColumnRows(kind: kind)
    rows.append(vector, rows: Array(0..<rowCount))
    return (rows, vector)
  }

  private func encoder(_ effort: PageEffort = .quick) throws -> PageEncoder {
    PageEncoder(codec: try ZstdCodec(), effort: effort)
  }

  private func nulls(_ count: Int, _ share: Int, _ random: inout SeededRandom) -> [Bool] {
    guard share > 0 else { return [] }
    return (0..<count).map { _ in Int.random(in: 0..<100, using: &random) < share }
  }

  @Test(arguments: sizes, [0, 30, 100])
  func integersComeBack(count: Int, nullShare: Int) throws {
    let ranges: [ClosedRange<Int64>] = [
      7...7, 0...1, -100...100, 0...60_000, -2_000_000_000...2_000_000_000, .min ... .max,
    ]
    var random = SeededRandom(seed: UInt64(count + nullShare))
    for range in ranges {
      for step in [Int64(1), 2_500] where range.upperBound < .max / step {
        let flags = nulls(count, nullShare, &random)
        var values: [Int64] = (0..<count).map { _ in
          Int64.random(in: range, using: &random) * step
        }
        for row in flags.indices where flags[row] { values[row] = 0 }
        let page = try encoder().encode(integers: values, nulls: flags)
        let (rows, vector) = try roundTrip(page, type: .int64, rowCount: count, kind: .integers)
        #expect(rows.integers == values)
        let nullCount = flags.count { $0 }
        #expect(vector.validity.nullCount == nullCount)
        #expect(page.descriptor.nullCount == nullCount)
        let present = values.indices.filter { flags.isEmpty || !flags[$0] }.map { values[$0] }
        #expect(page.descriptor.sum == present.reduce(0) { $0 + Int128($1) })
        if let least = present.min(), let greatest = present.max() {
          #expect(page.descriptor.bounds == .integers(minimum: least, maximum: greatest))
        } else {
          #expect(page.descriptor.bounds == .empty)
        }
      }
    }
  }

  @Test func aCommonDivisorMakesCodesNarrow() throws {
    let values = (0..<1_000).map { Int64($0 % 200) * 1_000_000 - 5 }
    let page = try encoder().encode(integers: values, nulls: [])
    #expect(page.descriptor.multiplier == 1_000_000)
    #expect(page.descriptor.width == .bits8)
  }

  @Test func extremesOfBothSignsComeBack() throws {
    let cases: [[Int64]] = [[.min, .max], [.max, .min, 0], [.min, .min + 1], [-1, .max]]
    for values in cases {
      let page = try encoder().encode(integers: values, nulls: [])
      let (rows, _) = try roundTrip(page, type: .int64, rowCount: values.count, kind: .integers)
      #expect(rows.integers == values)
    }
  }

  @Test(arguments: sizes, [0, 30, 100])
  func codesComeBackAndStayInTheDictionary(count: Int, nullShare: Int) throws {
    var random = SeededRandom(seed: UInt64(count + nullShare))
    for range in [UInt32(3)...3, 0...255, 0...256, 5...70_000] {
      let flags = nulls(count, nullShare, &random)
      var codes = (0..<count).map { _ in UInt32.random(in: range, using: &random) }
      for row in flags.indices where flags[row] { codes[row] = 0 }
      let page = try encoder().encode(codes: codes, nulls: flags)
      let (rows, vector) = try roundTrip(page, type: .string, rowCount: count, kind: .codes)
      #expect(rows.codes == codes)
      if case .dictionary(.bits8, let buffer) = vector.storage {
        #expect(
          buffer.withSpan(of: UInt8.self) { s in
            s.indices.allSatisfy { range.contains(UInt32(s[$0])) }
          }
        )
      }
    }
  }

  @Test(arguments: sizes, [0, 30, 100])
  func doublesComeBackBitByBit(count: Int, nullShare: Int) throws {
    var random = SeededRandom(seed: UInt64(count + nullShare))
    let special = [0.0, -0.0, .infinity, -.infinity, .leastNonzeroMagnitude, 1 / 3]
    for pool in [special, [2.5], [-0.0, 0.0]] {
      let flags = nulls(count, nullShare, &random)
      var values = (0..<count).map { _ in pool.randomElement(using: &random) ?? 0 }
      for row in flags.indices where flags[row] { values[row] = 0 }
      let page = try encoder().encode(doubles: values, nulls: flags)
      let (rows, _) = try roundTrip(page, type: .float64, rowCount: count, kind: .doubles)
      #expect(rows.doubles.map(\.bitPattern) == values.map(\.bitPattern))
    }
  }

  @Test(arguments: sizes, [0, 30, 100])
  func textsComeBack(count: Int, nullShare: Int) throws {
    var random = SeededRandom(seed: UInt64(count + nullShare))
    let flags = nulls(count, nullShare, &random)
    var values = (0..<count).map { _ in "é\(Int.random(in: 0..<500, using: &random))" }
    values[0] = ""
    for row in flags.indices where flags[row] { values[row] = "" }
    let page = try encoder().encode(texts: values, nulls: flags)
    let (rows, _) = try roundTrip(page, type: .string, rowCount: count, kind: .texts)
    #expect(rows.texts == values)
  }

  /// Values for which one form of codes or another is best.
  private func shape(_ number: Int, _ count: Int, _ random: inout SeededRandom) -> [Int64] {
    var value: Int64 = 0
    return (0..<count).map { row in
      switch number {
      case 0:
        value += .random(in: 0...3, using: &random)
        return value
      case 1:
        value += .random(in: 0...70_000, using: &random)
        return value
      case 2: return .random(in: 0..<5_000_000, using: &random)
      case 3: return [3, 900_000, 77, 1 << 40].randomElement(using: &random) ?? 0
      case 4: return .random(in: 0..<3_000, using: &random) * .random(in: 1...300, using: &random)
      case 5: return Int64(row / 300) * 70_000
      default: return .random(in: .min ... .max, using: &random)
      }
    }
  }

  @Test(arguments: sizes, efforts)
  func everyFormOfCodesComesBack(count: Int, effort: PageEffort) throws {
    var random = SeededRandom(seed: UInt64(count))
    var forms: Set<CodeCoding.Form> = []
    for number in 0...6 {
      for share in [0, 20] {
        let flags = nulls(count, share, &random)
        var values = shape(number, count, &random)
        for row in flags.indices where flags[row] { values[row] = 0 }
        let page = try encoder(effort).encode(integers: values, nulls: flags)
        forms.insert(page.descriptor.coding.form)
        let (rows, _) = try roundTrip(page, type: .int64, rowCount: count, kind: .integers)
        let isSame = rows.integers == values
        #expect(isSame, "shape \(number)")
        let codes = values.map { UInt32(truncatingIfNeeded: $0) & 0x7FFF_FFFF }
        let coded = try encoder(effort).encode(codes: codes, nulls: flags)
        let (texts, _) = try roundTrip(coded, type: .string, rowCount: count, kind: .codes)
        for row in codes.indices where flags.isEmpty || !flags[row] {
          #expect(texts.codes[row] == codes[row])
        }
        let doubles = values.map { Double($0) }
        let real = try encoder(effort).encode(doubles: doubles, nulls: flags)
        let (reals, _) = try roundTrip(real, type: .float64, rowCount: count, kind: .doubles)
        let areSame = reals.doubles == doubles
        #expect(areSame, "shape \(number)")
      }
    }
    if count > 60_000 { #expect(forms == Set(CodeCoding.Form.allCases)) }
  }

  @Test(arguments: 1...30)
  func rowsAreWrittenInTheSortOrderAndStay(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let count = [1, 2, 100, 5_000].randomElement(using: &random) ?? 1
    let wide = Bool.random(using: &random)
    var first = ColumnRows(kind: .integers)
    first.integers = (0..<count).map { _ in
      wide ? .random(in: .min ... .max, using: &random) : .random(in: -3...3, using: &random)
    }
    first.nulls = nulls(count, seed % 2 == 0 ? 20 : 0, &random)
    for row in first.nulls.indices where first.nulls[row] { first.integers[row] = 0 }
    var second = ColumnRows(kind: .doubles)
    second.doubles = (0..<count).map { _ in Double(Int.random(in: -2...2, using: &random)) }
    let order = RowOrder.sorting([first, second], rowCount: count) ?? Array(0..<count)
    let expected = (0..<count).sorted { a, b in
      if first.isNull(a) != first.isNull(b) { return first.isNull(a) }
      if first.integers[a] != first.integers[b] { return first.integers[a] < first.integers[b] }
      if second.doubles[a] != second.doubles[b] { return second.doubles[a] < second.doubles[b] }
      return a < b
    }
    #expect(order == expected)
  }
}
