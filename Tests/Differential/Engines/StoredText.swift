import ColumnStore
import QueryLang

/// Values as the requests to engines carry them.
enum StoredText {
  /// A stored cell as JSON: null, or a text that the engine reads by the column's type.
  static func cell(_ value: Scalar, _ type: String) -> String {
    switch value {
    case .null: return "null"
    case .string(let text): return JSONText.string(text)
    case .double(let number): return JSONText.string("\(number)")
    case .integer(let number):
      switch type {
      case "date": return JSONText.string(World.day(Int32(clamping: number)))
      case "timestamp": return JSONText.string(instant(number))
      case "bool": return JSONText.string(number == 0 ? "false" : "true")
      case "money": return JSONText.string(decimal(Int128(number)))
      default: return JSONText.string("\(number)")
      }
    }
  }

  /// Ten-thousandths as a decimal.
  static func decimal(_ amount: Int128) -> String {
    let size = amount.magnitude
    let rest = String(size % 10_000)
    let digits = String(repeating: "0", count: 4 - rest.count) + rest
    return "\(amount < 0 ? "-" : "")\(size / 10_000).\(digits)"
  }

  private static func instant(_ microseconds: Int64) -> String {
    let perDay: Int64 = 86_400_000_000
    let day = (microseconds - (microseconds % perDay + perDay) % perDay) / perDay
    let rest = microseconds - day * perDay
    let seconds = rest / 1_000_000
    let fraction = String(rest % 1_000_000 + 1_000_000).dropFirst()
    let clock = [seconds / 3_600, seconds / 60 % 60, seconds % 60].map { World.padded(Int($0)) }
    return "\(World.day(Int32(clamping: day))) \(clock.joined(separator: ":")).\(fraction)"
  }

  /// The kind of a parameter's value and the value as JSON.
  static func parameter(_ value: SQLParameter.Value) -> (kind: String, String) {
    switch value {
    case .text(let text): ("text", text.map { JSONText.string($0) } ?? "null")
    case .integer(let number): ("integer", number.map { "\($0)" } ?? "null")
    case .number(let number): ("number", number.map { "\($0)" } ?? "null")
    case .date(let day): ("date", day.map { "\($0)" } ?? "null")
    case .flag(let flag): ("flag", flag.map { "\($0)" } ?? "null")
    case .texts(let texts): ("texts", JSONText.array(texts.map { JSONText.string($0) }))
    case .integers(let numbers): ("integers", JSONText.array(numbers.map { "\($0)" }))
    case .numbers(let numbers): ("numbers", JSONText.array(numbers.map { "\($0)" }))
    case .dates(let days): ("dates", JSONText.array(days.map { "\($0)" }))
    }
  }
}
