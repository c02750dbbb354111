/// Lines of CSV as fields; a field that is empty and not quoted is missing.
enum CSVRows {
  /// Returns the fields of every line.
  static func read(_ text: String) -> [[String?]] {
    var rows: [[String?]] = []
    var row: [String?] = []
    var field = ""
    var isQuoted = false
    var wasQuoted = false
    var bytes = Array(text.unicodeScalars)[...]
    func finished() -> String? { field.isEmpty && !wasQuoted ? nil : field }
    while let scalar = bytes.popFirst() {
      if isQuoted {
        if scalar != "\"" {
          field.unicodeScalars.append(scalar)
        } else if bytes.first == "\"" {
          field.unicodeScalars.append(bytes.removeFirst())
        } else {
          isQuoted = false
        }
        continue
      }
      switch scalar {
      case "\"": (isQuoted, wasQuoted) = (true, true)
      case ",":
        row.append(finished())
        (field, wasQuoted) = ("", false)
      case "\n":
        rows.append(row + [finished()])
        (row, field, wasQuoted) = ([], "", false)
      case "\r": break
      default: field.unicodeScalars.append(scalar)
      }
    }
    if !row.isEmpty || !field.isEmpty || wasQuoted { rows.append(row + [finished()]) }
    return rows
  }
}
