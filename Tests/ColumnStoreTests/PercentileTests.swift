import TestKit
import Testing

@testable import ColumnStore

/// Selection and percentiles against sorting, at sizes around strips and blocks.
@Suite struct PercentileTests {
  enum Shape: CaseIterable {
    case random
    case few
    case ascending
    case descending
    case organPipe
  }

  private func values(_ count: Int, _ shape: Shape) -> [Int64] {
    var random = SeededRandom(seed: UInt64(count) + 7)
    return (0..<count).map { index in
      switch shape {
      case .random: Int64.random(in: Int64.min...Int64.max, using: &random)
      case .few: Int64.random(in: -2...2, using: &random)
      case .ascending: Int64(index)
      case .descending: -Int64(index)
      case .organPipe: Int64(min(index, count - index))
      }
    }
  }

  @Test(arguments: KernelTests.sizes.filter { $0 > 0 }, Shape.allCases)
  func aSelectedValueLiesWhereSortingPutsIt(count: Int, shape: Shape) {
    let original = values(count, shape)
    let sorted = original.sorted()
    for place in Set([0, count / 10, count / 2, count - 1]) {
      var selected = original
      var span = selected.mutableSpan
      SelectKernel.select(&span, 0..<count, place: place)
      #expect(selected[place] == sorted[place], "place \(place)")
      #expect(selected[..<place].allSatisfy { $0 <= selected[place] }, "place \(place)")
      #expect(selected[place...].allSatisfy { $0 >= selected[place] }, "place \(place)")
      #expect(selected.sorted() == sorted, "place \(place)")
    }
  }

  @Test func fractionsLieBetweenTwoValuesInProportion() {
    let collected = CollectedValues()
    let slots: [UInt32] = [1, 1, 2, 1, 0, 1, 3]
    let integers: [Int64] = [10, 1, 7, 2, 99, 3, -4]
    collected.add(integers.span, slots.span, count: 7)
    let medians = collected.percentiles(0.5, isDouble: false, slotCount: 5)
    #expect(medians[1] == 2.5)
    #expect(medians[2] == 7)
    #expect(medians[3] == -4)
    #expect(medians[4].isNaN)
    #expect(collected.percentiles(0, isDouble: false, slotCount: 5)[1] == 1)
    #expect(collected.percentiles(1, isDouble: false, slotCount: 5)[1] == 10)
    #expect(collected.percentiles(0.9, isDouble: false, slotCount: 5)[1] == 3 + 7 * (2.7 - 2))
  }

  @Test func doublesKeepTheirOrderAndWhatIsNoNumberDoesNotCount() {
    let collected = CollectedValues()
    let doubles = [-0.0, 2.5, .nan, -7.25, .infinity, 0.0, -.infinity, 1e-300]
    let slots = [UInt32](repeating: 1, count: doubles.count)
    collected.add(doubles.span, slots.span, count: doubles.count)
    let sorted = doubles.filter { !$0.isNaN }.sorted()
    for place in sorted.indices {
      let fraction = Double(place) / Double(sorted.count - 1)
      let found = collected.percentiles(fraction, isDouble: true, slotCount: 2)[1]
      #expect(abs(found - sorted[place]) <= 1e-12 || found == sorted[place], "place \(place)")
    }
  }
}
