internal import ColumnStore

/// Finds the places of groups in a table of which some keys are columns.
struct PivotBuilder {
  private let report: BoundReport
  private let reader: KeyReader
  private let rowKeys: [Int]

  init(_ report: BoundReport, _ reader: KeyReader) {
    self.report = report
    self.reader = reader
    rowKeys = report.keys.indices.filter { !report.pivot.contains($0) }
  }

  /// What tells rows, or headers, apart.
  struct Place: Hashable {
    /// The keys that are not summed over.
    let level: [Int]
    let identity: [Scalar]
    let others: UInt16
  }

  /// The place of a group among the rows of the table.
  func row(_ group: ReportGroup) -> Place { place(group, rowKeys) }

  private func place(_ group: ReportGroup, _ keys: [Int]) -> Place {
    // A key that is summed over has no value; a missing member has one.
    let level = keys.filter { group.keyCells[$0] != .blank(.empty) }
    return Place(
      level: level,
      identity: level.flatMap { group.identity[reader.parts(of: $0)] },
      others: level.reduce(0) { $0 | (group.others & 1 << UInt16($1)) }
    )
  }

  /// The groups of the rows that a limit leaves.
  func limited(_ groups: [ReportGroup], limit: Int?, offset: Int) -> [ReportGroup] {
    var places: [Place: Int] = [:]
    return groups.filter { group in
      let row = row(group)
      let place = places[row] ?? places.count
      places[row] = place
      return place >= offset && place - offset < limit ?? .max
    }
  }

  /// The number of different headers of some groups.
  func headerCount(_ groups: [ReportGroup]) -> Int {
    Set(groups.map { place($0, report.pivot) }).count
  }

  // MARK: The description

  /// A row of the table while its place is not known.
  private struct OpenRow {
    let kind: RowKind
    let cells: [ResultCell]
    /// The last detail row that it stands below, or its own number.
    var anchor: Int
    /// The keys that it sums over.
    let summedCount: Int
  }

  func description(_ groups: [ReportGroup]) -> PivotDescription {
    let headers = headers(groups)
    var rows: [OpenRow] = []
    var numbers: [Place: Int] = [:]
    for group in groups {
      let place = row(group)
      guard numbers[place] == nil else { continue }
      numbers[place] = rows.count
      rows.append(
        OpenRow(
          kind: kind(place),
          cells: rowKeys.map { group.keyCells[$0] },
          anchor: rows.count,
          summedCount: rowKeys.count - place.level.count
        )
      )
    }
    anchor(&rows, groups, numbers)
    let order = rows.indices.sorted {
      (rows[$0].anchor, rows[$0].summedCount, $0) < (rows[$1].anchor, rows[$1].summedCount, $1)
    }
    var final = Array(repeating: 0, count: rows.count)
    for (place, row) in order.enumerated() { final[row] = place }
    return PivotDescription(
      keys: report.pivot.map { report.keys[$0].name },
      headers: headers.cells,
      rows: order.map { PivotDescription.Row(kind: rows[$0].kind, cells: rows[$0].cells) },
      places: groups.map { group in
        PivotDescription.Place(
          row: numbers[row(group)].map { final[$0] } ?? 0,
          header: headers.places[place(group, report.pivot)]
        )
      }
    )
  }

  private func kind(_ place: Place) -> RowKind {
    if place.level.count == rowKeys.count { return place.others == 0 ? .detail : .others }
    return place.level.isEmpty ? .total : .subtotal
  }

  /// Puts every sum below the last row with the members that it is the sum of.
  private func anchor(
    _ rows: inout [OpenRow],
    _ groups: [ReportGroup],
    _ numbers: [Place: Int]
  ) {
    var last: [Place: Int] = [:]
    let levels = Set(numbers.keys.map(\.level))
    for group in groups {
      let own = row(group)
      guard own.level.count == rowKeys.count, let number = numbers[own] else { continue }
      for level in levels {
        let sum = place(group, level)
        last[sum] = max(last[sum] ?? 0, number)
      }
    }
    for (place, number) in numbers where place.level.count < rowKeys.count {
      rows[number].anchor = place.level.isEmpty ? .max : last[place] ?? .max
    }
  }

  /// The headers in the order of their keys, which is the report's where it orders by them.
  private func headers(
    _ groups: [ReportGroup]
  ) -> (cells: [[ResultCell]], places: [Place: Int]) {
    var firsts: [(place: Place, group: ReportGroup)] = []
    var known: Set<Place> = []
    for group in groups {
      let place = place(group, report.pivot)
      guard place.level.count == report.pivot.count, known.insert(place).inserted else { continue }
      firsts.append((place, group))
    }
    firsts.sort { precedes($0.group, $1.group) }
    var places: [Place: Int] = [:]
    for (index, first) in firsts.enumerated() { places[first.place] = index }
    return (firsts.map { first in report.pivot.map { first.group.keyCells[$0] } }, places)
  }

  private func precedes(_ left: ReportGroup, _ right: ReportGroup) -> Bool {
    for key in report.pivot {
      if left.isOthers(key) != right.isOthers(key) { return right.isOthers(key) }
      let entry = report.order.first { $0.target == .key(key) }
      let order = reader.order(
        key,
        left,
        right,
        isDescending: entry?.isDescending ?? false,
        putsBlanksFirst: entry?.putsBlanksFirst ?? false
      )
      if order != 0 { return order < 0 }
    }
    return false
  }
}
