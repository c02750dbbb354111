import Foundation
import QueryLang

/// An engine in a process of its own that answers statements in their order.
final class EngineProcess {
  /// What an engine says to a statement.
  enum Answer {
    case table(AnswerTable)
    case error(String)
  }

  let dialect: SQLDialect
  private let process = Process()
  private let requests = Pipe()
  private let answers = Pipe()
  private var buffer: [UInt8] = []
  private var position = 0
  private var nextID = 1

  /// Starts an engine; `python` has the engines' packages.
  ///
  /// - Throws: An error of the system when it cannot be started.
  init(_ dialect: SQLDialect, python: String) throws {
    self.dialect = dialect
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("engine.py")
    process.executableURL = URL(fileURLWithPath: python)
    process.arguments = [script.path, dialect == .duckdb ? "duckdb" : "chdb"]
    process.standardInput = requests
    process.standardOutput = answers
    try process.run()
  }

  /// Replaces all tables by those of a world.
  func replaceTables(_ world: StoredWorld) throws {
    let tables = world.world.tables.compactMap { table -> String? in
      guard let schema = world.catalog.tables[table.name] else { return nil }
      let columns = table.columns.enumerated().map { place, column in
        let cells = table.rows.map { StoredText.cell($0[place], column.type) }
        return JSONText.object([
          ("name", JSONText.string(column.name)), ("cells", JSONText.array(cells)),
        ])
      }
      return JSONText.object([
        ("name", JSONText.string(table.name)),
        ("definition", JSONText.string(SQLTable.definition(of: schema, in: dialect))),
        ("columns", JSONText.array(columns)),
      ])
    }
    try send(JSONText.object([("tables", JSONText.array(tables))]))
  }

  /// Asks for the answer of a statement and returns its number.
  func ask(_ statement: SQLStatement) throws -> Int {
    let id = nextID
    nextID += 1
    let parameters = statement.parameters.map { parameter -> String in
      let (kind, value) = StoredText.parameter(parameter.value)
      return JSONText.array([JSONText.string(parameter.name), JSONText.string(kind), value])
    }
    try send(
      JSONText.object([
        ("id", "\(id)"), ("sql", JSONText.string(statement.text)),
        ("parameters", JSONText.array(parameters)),
      ])
    )
    return id
  }

  /// Waits for the next answer, which is of the statement that was asked first.
  func answer() throws -> (id: Int, Answer) {
    let line = String(decoding: try bytes(until: 0x0A), as: UTF8.self).split(separator: " ")
    guard line.count == 3, let id = Int(line[0]), let count = Int(line[2]) else {
      throw EngineFailure("\(dialect.rawValue) answered with \(line)")
    }
    let body = try bytes(count: count)
    guard line[1] == "ok" else { return (id, .error(String(decoding: body, as: UTF8.self))) }
    return (id, .table(AnswerTable(body)))
  }

  func stop() {
    // A process that has ended already needs no end of its input.
    try? requests.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  private func send(_ line: String) throws {
    try requests.fileHandleForWriting.write(contentsOf: Data((line + "\n").utf8))
  }

  private func fill() throws {
    if position > 0 {
      buffer.removeFirst(position)
      position = 0
    }
    let data = answers.fileHandleForReading.availableData
    guard !data.isEmpty else { throw EngineFailure("\(dialect.rawValue) has ended") }
    buffer.append(contentsOf: data)
  }

  private func bytes(until end: UInt8) throws -> [UInt8] {
    while true {
      if let place = buffer[position...].firstIndex(of: end) {
        defer { position = place + 1 }
        return Array(buffer[position..<place])
      }
      try fill()
    }
  }

  private func bytes(count: Int) throws -> [UInt8] {
    while buffer.count - position < count { try fill() }
    defer { position += count }
    return Array(buffer[position..<(position + count)])
  }
}

struct EngineFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
