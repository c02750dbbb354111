import Foundation
import Testing

@testable import SampleShop

@Suite struct ShopDayTests {
  @Test func everyDayOfTwoCenturiesReadsBack() {
    var day = ShopDay(year: 1990, month: 1, day: 1)
    let end = ShopDay(year: 2199, month: 12, day: 31)
    var weekday = day.weekday
    while day <= end {
      #expect(ShopDay(day.description) == day)
      #expect(day.weekday == weekday)
      weekday = (weekday + 1) % 7
      day = day.advanced(by: 1)
    }
  }

  @Test func knownDaysHaveTheirNumbers() {
    #expect(ShopDay(year: 1970, month: 1, day: 1).number == 0)
    #expect(ShopDay(year: 2000, month: 3, day: 1).number == 11_017)
    #expect(ShopDay(year: 1970, month: 1, day: 1).weekday == 3)
    #expect(ShopDay.standardEnd.description == "2026-10-31")
  }

  @Test(arguments: [
    "", "2026-1-01", "2026-13-01", "2025-02-29", "2026-04-31", "2026/04/30", "20260430",
    "2026-04-3x", "0001-01-01", "2026-04-00", "2026-04-30 ",
  ])
  func whatIsNoDayIsRefused(text: String) {
    #expect(ShopDay(text) == nil)
  }

  @Test func monthsKnowTheirLastDay() throws {
    let february = try #require(ShopDay("2024-02-10")).month
    #expect(february.lastDay.description == "2024-02-29")
    #expect(february.description == "2024-02")
  }

  @Test func buyersComeBackOverTheMonths() {
    var buyers = Buyers(seed: 9)
    var random = ShopRandom(seed: 9, stream: 0)
    var visits: [Int: Int] = [:]
    for _ in 0..<900 {
      buyers.beginDay()
      for _ in 0..<20 { visits[buyers.next(dayCount: 900, using: &random), default: 0] += 1 }
    }
    let returning = visits.values.count { $0 > 1 }
    #expect(visits.count > 5000 && visits.count < 16_000)
    #expect(returning * 100 / visits.count > 25)
  }
}
