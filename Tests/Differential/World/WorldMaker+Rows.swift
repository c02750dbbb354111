import ColumnStore
import QueryLang

/// The rows of the tables.
extension WorldMaker {
  mutating func addRows(_ world: inout World) {
    let currencies = dice.chance(12) ? ["INR", "USD"] : [world.settings.currency]
    // The first day that some rows have in common, so that there are ties.
    let common = (0..<4).map { _ in rowDay() }
    for place in world.tables.indices {
      let table = world.tables[place]
      switch table.name {
      case "shops": world.tables[place].rows = shopRows()
      case "items": world.tables[place].rows = itemRows()
      case "people": world.tables[place].rows = peopleRows()
      default:
        let count = rowCount()
        let nulls = dice.pick([0, 5, 20])
        world.tables[place].rows = (0..<count).map {
          factRow($0, nulls: nulls, currencies, common)
        }
      }
    }
  }

  private mutating func rowCount() -> Int {
    switch dice.below(100) {
    case 0..<5: 0
    case 5..<15: dice.number(in: 1...10)
    case 15..<98: dice.number(in: 20...200)
    default: 2_000
    }
  }

  mutating func rowDay() -> Int32 {
    let past = today
    switch dice.below(100) {
    case 0..<40: return past - Int32(dice.below(100))
    case 40..<55: return past - Int32(dice.below(400))
    case 55..<65: return past - Int32(dice.below(800))
    case 65..<75:
      let month = CivilDay(number: past - Int32(dice.below(400)))
      let last = CivilDay.lastDay(ofMonth: month.month, year: month.year)
      return CivilDay(year: month.year, month: month.month, day: last).number
    case 75..<80:
      return CivilDay(year: 2024, month: 2, day: 28).number + Int32(dice.below(3))
    default: return past - 3 + Int32(dice.below(6))
    }
  }

  private mutating func maybe(_ percent: Int, _ value: Scalar) -> Scalar {
    dice.chance(percent) ? value : .null
  }

  private mutating func text(_ list: [String], null percent: Int) -> Scalar {
    maybe(100 - percent, .string(dice.pick(list)))
  }

  private mutating func day(null percent: Int) -> Scalar {
    maybe(100 - percent, .integer(Int64(rowDay())))
  }

  // Some keys that rows have are in none of these tables.

  private mutating func shopRows() -> [[Scalar]] {
    (0..<(dice.chance(5) ? 0 : 5)).map { number in
      [
        .string("s\(number)"), text(WorldMaker.titles, null: 10),
        text(["one", "two", "s1"], null: 40),
        maybe(80, .integer(Int64(dice.below(3)))), text(WorldMaker.regions, null: 20),
        day(null: 20), maybe(80, .integer(Int64(dice.below(4)))),
        maybe(80, .integer(Int64(dice.below(2)))),
        maybe(80, .double(Double(dice.number(in: -8...8)) / 4)),
      ]
    }
  }

  private mutating func itemRows() -> [[Scalar]] {
    (0..<7).map { number in
      [
        .string("i\(number)"), text(WorldMaker.groups, null: 15),
        text(["Acme", "acme", "Öko"], null: 30), day(null: 20),
      ]
    }
  }

  private mutating func peopleRows() -> [[Scalar]] {
    (0..<10).map { number in
      [.string("p\(number)"), text(["Pune", "pune", "Köln"], null: 20), day(null: 20)]
    }
  }

  private mutating func factRow(
    _ number: Int,
    nulls: Int,
    _ currencies: [String],
    _ common: [Int32]
  ) -> [Scalar] {
    let day = dice.chance(20) ? dice.pick(common) : rowDay()
    let microseconds = (Int64(day) * 86_400 + Int64(dice.below(86_400))) * 1_000_000
    let sign: Int64 = dice.chance(12) ? -1 : 1
    return [
      .integer(Int64(number)), .integer(Int64(day)),
      maybe(100 - nulls, .integer(microseconds + Int64(dice.below(2) * 999_999))),
      text((0..<7).map { "s\($0)" }, null: nulls), text((0..<9).map { "i\($0)" }, null: nulls),
      text((0..<12).map { "p\($0)" }, null: nulls), text((0..<6).map { "o\($0)" }, null: nulls),
      text(WorldMaker.statuses, null: nulls), maybe(100 - nulls, .integer(Int64(dice.below(4)))),
      maybe(100 - nulls, .integer(Int64(dice.below(2)))), self.day(null: nulls),
      maybe(100 - nulls, .integer(Int64(dice.number(in: -1...6)))),
      maybe(100 - nulls, .integer(sign * Int64(dice.below(400)) * 2_500)),
      maybe(100 - nulls, .integer(sign * Int64(dice.below(3_000_000)))),
      maybe(100 - nulls, .double(Double(dice.number(in: -64...640)) / 64)),
      maybe(100 - nulls, .integer(Int64(dice.number(in: -4...40)) * 2_500)),
      maybe(100 - nulls, .double(Double(dice.below(65)) / 64)),
      .string(dice.pick(currencies)),
    ]
  }
}
