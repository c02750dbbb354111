import ArgumentParser
import QueryLang

/// The values of a script's parameters.
struct ParameterOption: ParsableArguments {
  @Option(
    name: .customLong("param"),
    help: ArgumentHelp(
      "A value for a parameter of the report, such as city=Mumbai; again for more of a list.",
      valueName: "name=value"
    )
  )
  var parameters: [String] = []

  func validate() throws {
    for text in parameters where Self.pair(text) == nil {
      throw ValidationError("--param is \"\(text)\", but must be name=value")
    }
  }

  /// The values by name; they are read by the types that the script declares.
  var values: [String: ParameterValue] {
    var written: [String: [String]] = [:]
    for (name, value) in parameters.compactMap(Self.pair) {
      written[name, default: []].append(value)
    }
    return written.mapValues { values in
      values.count == 1
        ? .written(values[0]) : .list(values.map { ParameterValue.written($0) })
    }
  }

  private static func pair(_ text: String) -> (name: String, value: String)? {
    guard let mark = text.firstIndex(of: "="), mark != text.startIndex else { return nil }
    return (String(text[..<mark]), String(text[text.index(after: mark)...]))
  }
}
