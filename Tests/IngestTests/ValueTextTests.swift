import TestKit
import Testing

@testable import Ingest

@Suite struct DecimalTextTests {
  private func read(_ text: String, comma: Bool = false) -> DecimalText.Reading {
    let bytes = Array(text.utf8)
    return DecimalText.read(bytes.span, 0..<bytes.count, hasDecimalComma: comma)
  }

  @Test(arguments: [
    ("0", 0), ("1", 10_000), ("12.5", 125_000), ("1299.00", 12_990_000), (".5", 5_000),
    ("5.", 50_000), ("1,23,456.78", 1_234_567_800), ("1,234,567", 12_345_670_000),
    ("₹1,299", 12_990_000), ("₹ 1,299.50", 12_995_000), ("Rs. 12", 120_000), ("Rs 12", 120_000),
    ("INR 12.25", 122_500), ("$3", 30_000), ("-12", -120_000), ("+12", 120_000),
    ("(12.00)", -120_000), ("(₹1,200)", -12_000_000), ("12-", -120_000), ("-₹5", -50_000),
    ("₹-5", -50_000), ("0.0001", 1), ("1.230000", 12_300), (" 7 ", 70_000), ("\u{A0}7", 70_000),
    ("922337203685477.5807", Int64.max),
  ])
  func amountsAreReadExactly(_ text: String, _ expected: Int64) {
    #expect(read(text) == .value(expected))
  }

  @Test(arguments: [
    ("", DecimalText.Reading.blank), ("  ", .blank), ("abc", .notANumber), ("1.2.3", .notANumber),
    ("12 34", .notANumber), ("1,,2", .notANumber), (",5", .notANumber), ("1.5,0", .notANumber),
    ("--5", .notANumber), ("(-5)", .notANumber), ("-", .notANumber), ("₹", .notANumber),
    ("()", .notANumber), ("5e", .notANumber), ("8.91E+12", .scientific), ("1e5", .scientific),
    ("1.00001", .tooPrecise), ("922337203685477.5808", .tooLarge),
    ("99999999999999999999", .tooLarge), ("0x10", .notANumber), ("#REF!", .notANumber),
  ])
  func otherTextsAreRefusedForTheirReason(_ text: String, _ expected: DecimalText.Reading) {
    #expect(read(text) == expected)
  }

  @Test func aDecimalCommaSwitchesTheMarks() {
    #expect(read("1.234,50", comma: true) == .value(12_345_000))
    #expect(read("1,234.50", comma: true) == .notANumber)
  }

  @Test func everyAmountWithFourDecimalsReadsBack() {
    let seed: UInt64 = 41
    print("seed \(seed)")
    var random = SeededRandom(seed: seed)
    for _ in 0..<2000 {
      let value = Int64.random(in: -9_000_000_000_000...9_000_000_000_000, using: &random)
      let digits = String(value.magnitude)
      let padded = String(repeating: "0", count: max(0, 5 - digits.count)) + digits
      let text = (value < 0 ? "-" : "") + padded.dropLast(4) + "." + padded.suffix(4)
      #expect(read(text) == .value(value))
    }
  }
}

@Suite struct DateReaderTests {
  private func day(_ text: String, _ pattern: String) -> String? {
    guard let pattern = DatePattern(pattern) else { return "no pattern" }
    let bytes = Array(text.utf8)
    return DateReader.read(bytes.span, 0..<bytes.count, pattern: pattern)
      .map { CalendarDay.text($0.days) }
  }

  private func iso(_ text: String) -> DateReader.Moment? {
    let bytes = Array(text.utf8)
    return DateReader.readISO(bytes.span, 0..<bytes.count)
  }

  @Test(arguments: [
    ("19970101", "yyyyMMdd", "1997-01-01"), ("31-03-2026", "dd-MM-yyyy", "2026-03-31"),
    ("03/31/2026", "MM/dd/yyyy", "2026-03-31"), ("1/2/26", "d/M/yy", "2026-02-01"),
    ("19-Jan-26", "dd-MMM-yy", "2026-01-19"), ("9 September 2026", "d MMM yyyy", "2026-09-09"),
    ("29-02-2024", "dd-MM-yyyy", "2024-02-29"),
    ("2026-03-31 11:05 PM", "yyyy-MM-dd hh:mm a", "2026-03-31"),
  ])
  func datesAreReadByTheirPattern(_ text: String, _ pattern: String, _ expected: String) {
    #expect(day(text, pattern) == expected)
  }

  @Test(arguments: [
    ("29-02-2026", "dd-MM-yyyy"), ("31-04-2026", "dd-MM-yyyy"), ("13/13/2026", "MM/dd/yyyy"),
    ("1-1-2026", "dd-MM-yyyy"), ("2026-03-31x", "yyyy-MM-dd"), ("", "yyyy-MM-dd"),
    ("12-Foo-26", "dd-MMM-yy"),
  ])
  func whatTheCalendarOrThePatternDoesNotHaveIsRefused(_ text: String, _ pattern: String) {
    #expect(day(text, pattern) == nil)
  }

  @Test func patternsNeedADayAndKnownLetters() {
    #expect(DatePattern("yyyy-MM") == nil)
    #expect(DatePattern("yyyy-MM-dd QQ") == nil)
    #expect(DatePattern("yyyy-MM-dd'T'HH:mm:ssXXX") != nil)
  }

  @Test(arguments: [
    ("2026-03-31T18:45:00Z", "2026-04-01"), ("2026-03-31T18:29:59+00:00", "2026-03-31"),
    ("2026-03-31 23:59:59 +0530", "2026-03-31"), ("2026-03-31T18:30:00.000Z", "2026-04-01"),
    ("2026-03-31T10:00:00-09:00", "2026-04-01"), ("2026-03-31 23:59", "2026-03-31"),
    ("2026-03-31", "2026-03-31"),
  ])
  func instantsFallOnTheBusinessDayOfTheZone(_ text: String, _ expected: String) throws {
    let zone = try #require(ZoneRules(identifier: "Asia/Kolkata"))
    let moment = try #require(iso(text))
    #expect(CalendarDay.text(zone.day(of: moment.instant(zone: zone))) == expected)
  }

  @Test(arguments: ["2026-03-31T24:00Z", "2026-3-31", "2026-03-31T18:45:00+5", "31.03.2026", "x"])
  func otherTextsAreNoInstants(_ text: String) {
    #expect(iso(text) == nil)
  }

  @Test func zonesWithSummerTimeChangeTheirOffset() throws {
    let zone = try #require(ZoneRules(identifier: "America/New_York"))
    let winter = Int64(1_768_478_400) * 1_000_000  // 2026-01-15T12:00:00Z
    let summer = Int64(1_784_116_800) * 1_000_000  // 2026-07-15T12:00:00Z
    #expect(zone.offset(at: winter) == -5 * 3_600_000_000)
    #expect(zone.offset(at: summer) == -4 * 3_600_000_000)
    let local = summer + zone.offset(at: summer)
    #expect(zone.instant(ofLocal: local) == summer)
  }

  @Test(arguments: [
    ("America/New_York", "2026-11-01T01:30Z", "2026-11-01T06:30Z"),
    ("America/New_York", "2026-11-01T00:59Z", "2026-11-01T04:59Z"),
    ("America/New_York", "2026-11-01T02:00Z", "2026-11-01T07:00Z"),
    ("America/New_York", "2026-03-08T02:30Z", "2026-03-08T07:30Z"),
    ("Europe/Berlin", "2026-10-25T02:30Z", "2026-10-25T01:30Z"),
    ("Europe/Berlin", "2026-10-25T01:59Z", "2026-10-24T23:59Z"),
    ("Asia/Kolkata", "2026-10-25T02:30Z", "2026-10-24T21:00Z"),
  ])
  func aTimeThatClocksShowTwiceIsTheLaterOne(
    _ name: String,
    _ local: String,
    _ expected: String
  ) throws {
    let utc = try #require(ZoneRules(identifier: "UTC"))
    let zone = try #require(ZoneRules(identifier: name))
    let shown = try #require(iso(local)).instant(zone: utc)
    #expect(zone.instant(ofLocal: shown) == (try #require(iso(expected))).instant(zone: utc))
  }

  @Test func everyDayReadsBack() {
    for days in stride(from: Int64(-200_000), to: 1_000_000, by: 37) {
      #expect(iso(CalendarDay.text(days))?.days == days)
    }
  }
}
