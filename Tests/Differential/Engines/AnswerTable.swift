/// The answer of an engine: names and cells as texts, nil for null.
struct AnswerTable {
  var names: [String] = []
  var rows: [[String?]] = []

  /// Reads tab-separated lines, names first, with the escapes of ClickHouse.
  init(_ bytes: [UInt8]) {
    var isFirst = true
    var cells: [String?] = []
    var cell: [UInt8] = []
    var isNull = false
    var position = 0
    func finish() {
      cells.append(isNull ? nil : String(decoding: cell, as: UTF8.self))
      cell.removeAll(keepingCapacity: true)
      isNull = false
    }
    while position < bytes.count {
      let byte = bytes[position]
      switch byte {
      case UInt8(ascii: "\t"): finish()
      case UInt8(ascii: "\n"):
        finish()
        if isFirst { names = cells.map { $0 ?? "" } } else { rows.append(cells) }
        isFirst = false
        cells = []
      case UInt8(ascii: "\\") where position + 1 < bytes.count:
        position += 1
        switch bytes[position] {
        case UInt8(ascii: "N"): isNull = true
        case UInt8(ascii: "t"): cell.append(0x09)
        case UInt8(ascii: "n"): cell.append(0x0A)
        case UInt8(ascii: "r"): cell.append(0x0D)
        case UInt8(ascii: "0"): cell.append(0)
        case UInt8(ascii: "b"): cell.append(0x08)
        case UInt8(ascii: "f"): cell.append(0x0C)
        case let other: cell.append(other)
        }
      default: cell.append(byte)
      }
      position += 1
    }
  }
}
