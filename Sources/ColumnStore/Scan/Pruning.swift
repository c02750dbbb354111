/// What zone maps say about a condition on the rows of a block.
///
/// Only `never` and `always` are claims; what is not known is `maybe`, and the block is read.
/// Example: with dates from 1 to 31 March in a block, "from February" is `always`, "from April" is
/// `never`, and "from 15 March" is `maybe`.
enum BlockVerdict: Sendable {
  case never
  case maybe
  case always

  /// The verdict on the opposite condition.
  var negated: BlockVerdict {
    switch self {
    case .never: .always
    case .maybe: .maybe
    case .always: .never
    }
  }
}

extension ScanProgram {
  /// Returns what zone maps say about a condition; `zone` gives those of the schema's fields.
  func verdict(on condition: Int, _ zone: (Int) -> ZoneMap) -> BlockVerdict {
    switch conditions[condition] {
    case .constant(let holds): return holds ? .always : .never
    case .and(let parts):
      var answer = BlockVerdict.always
      for part in parts {
        switch verdict(on: part, zone) {
        case .never: return .never
        case .maybe: answer = .maybe
        case .always: continue
        }
      }
      return answer
    case .or(let parts):
      var answer = BlockVerdict.never
      for part in parts {
        switch verdict(on: part, zone) {
        case .always: return .always
        case .maybe: answer = .maybe
        case .never: continue
        }
      }
      return answer
    case .not(let part): return verdict(on: part, zone).negated
    case .range(let value, let low, let high):
      guard let map = zoneMap(of: value, zone) else { return .maybe }
      return verdict(map, low: low, high: high)
    case .flags(let value, let table):
      guard let map = zoneMap(of: value, zone) else { return .maybe }
      return verdict(map, flags[table])
    case .isNull(let value):
      guard let map = zoneMap(of: value, zone) else { return .maybe }
      return map.nullCount == 0 ? .never : map.nullCount == map.rowCount ? .always : .maybe
    case .doubles(let left, let relation, let right):
      return verdict(left, relation, right, zone)
    case .integers, .text, .unlisted: return .maybe
    }
  }

  private func zoneMap(of value: Int, _ zone: (Int) -> ZoneMap) -> ZoneMap? {
    guard case .column(let column) = values[value].operation else { return nil }
    return zone(columns[column].index)
  }

  private func verdict(_ map: ZoneMap, low: Int64, high: Int64) -> BlockVerdict {
    switch map.bounds {
    case .empty: return .never
    case .integers(let minimum, let maximum):
      if maximum < low || minimum > high { return .never }
      return minimum >= low && maximum <= high && map.nullCount == 0 ? .always : .maybe
    case .doubles, .unknown: return .maybe
    }
  }

  private func verdict(_ map: ZoneMap, _ table: FlagTable) -> BlockVerdict {
    let nullPasses = table.flags[0] == 1
    switch map.bounds {
    case .empty: return nullPasses ? .always : .never
    case .integers(let minimum, let maximum):
      guard minimum <= maximum, let found = table.passing(minimum...maximum) else { return .maybe }
      let hasNulls = map.nullCount > 0
      if found.passing == 0 && !(hasNulls && nullPasses) { return .never }
      return found.passing == found.of && (!hasNulls || nullPasses) ? .always : .maybe
    case .doubles, .unknown: return .maybe
    }
  }

  private func verdict(
    _ left: Int,
    _ relation: ComparisonOperator,
    _ right: Int,
    _ zone: (Int) -> ZoneMap
  ) -> BlockVerdict {
    if case .double(let bits) = values[right].operation, let map = zoneMap(of: left, zone) {
      return verdict(map, relation, Double(bitPattern: bits))
    }
    if case .double(let bits) = values[left].operation, let map = zoneMap(of: right, zone) {
      return verdict(map, relation.flipped, Double(bitPattern: bits))
    }
    return .maybe
  }

  private func verdict(
    _ map: ZoneMap,
    _ relation: ComparisonOperator,
    _ constant: Double
  ) -> BlockVerdict {
    switch map.bounds {
    case .empty: return .never
    case .integers, .unknown: return .maybe
    case .doubles(let minimum, let maximum):
      let (isNever, isAlways) =
        switch relation {
        case .equal:
          (constant < minimum || constant > maximum, minimum == constant && maximum == constant)
        case .notEqual:
          (minimum == constant && maximum == constant, constant < minimum || constant > maximum)
        case .less: (minimum >= constant, maximum < constant)
        case .lessOrEqual: (minimum > constant, maximum <= constant)
        case .greater: (maximum <= constant, minimum > constant)
        case .greaterOrEqual: (maximum < constant, minimum >= constant)
        }
      if isNever { return .never }
      return isAlways && map.nullCount == 0 ? .always : .maybe
    }
  }
}
