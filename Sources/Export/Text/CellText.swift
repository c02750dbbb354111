internal import QueryLang

/// The plain text of a cell, as CSV carries it: exact, without grouping or currency sign.
enum CellText {
  /// The digits after the point that money has at least.
  private static let moneyDigits = 2

  /// Returns the text of a cell of a column; a blank is empty.
  static func plain(_ cell: ResultCell, of column: ResultColumn) -> String {
    let type = column.type
    return switch cell {
    case .integer(let value): integer(value, type: type, calendar: column.calendar)
    case .decimal(let value): NumberText.decimal(value, atLeast: minimumDigits(type))
    case .double(let value): NumberText.double(value, atLeast: minimumDigits(type))
    case .text(let text): text
    case .blank: ""
    }
  }

  /// Returns the text of an integer, which the type of its column tells how to read; periods are
  /// named by a calendar.
  static func integer(_ value: Int64, type: ResultType, calendar: ReportCalendar?) -> String {
    switch type {
    case .date: CalendarText.day(value)
    case .grain(let grain):
      CalendarText.period(value, grain: grain, in: calendar ?? ReportCalendar())
    case .timestamp: CalendarText.instant(value)
    case .bool: value == 0 ? "false" : "true"
    case .money: NumberText.decimal(Int128(value) * NumberText.decimalScale, atLeast: moneyDigits)
    case .count, .number, .percent, .string: String(value)
    }
  }

  private static func minimumDigits(_ type: ResultType) -> Int {
    switch type {
    case .money: moneyDigits
    case .count, .number, .percent, .date, .grain, .timestamp, .string, .bool: 0
    }
  }
}
