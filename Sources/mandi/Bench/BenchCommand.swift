import ArgumentParser
import Foundation

/// Speaks the benchmark's protocol: one JSON object a line in, one out.
///
/// | request | what happens |
/// |---|---|
/// | `{"op":"hello"}` | nothing: the process is up |
/// | `{"op":"load","data":DIR,"db":DIR,"format":"csv"}` | files become a new store under `db` |
/// | `{"op":"open","db":DIR}` | opens that store |
/// | `{"op":"query","id":"q01","answer":PATH or null}` | answers a report; writes it when asked to |
/// | `{"op":"append","csv":PATH}` | adds rows to the suite's table |
/// | `{"op":"quit"}` | ends |
struct BenchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Answer the requests of a benchmark on standard input."
  )

  @Option(help: "The folder of the suite: suite.yaml, a model, definitions and reports.")
  var suite = "Benchmarks/suite"

  @Option(help: "Threads that work on one report; by default $BENCH_THREADS, then all cores.")
  var threads: Int?

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads must be at least 1") }
  }

  func run() async throws {
    var engine = BenchEngine(suite: try BenchSuite(directory: suite), threads: threadCount)
    while let line = readLine() {
      if line.allSatisfy(\.isWhitespace) { continue }
      let reply = await engine.reply(to: line)
      try StandardStreams.write(try reply.line())
      if reply.isLast { return }
    }
  }

  private var threadCount: Int {
    if let threads { return threads }
    let given = ProcessInfo.processInfo.environment["BENCH_THREADS"].flatMap { Int($0) }
    return max(1, given ?? ProcessInfo.processInfo.activeProcessorCount)
  }
}

/// One request of the protocol.
struct BenchRequest: Decodable {
  var op: String
  var data: String?
  var db: String?
  var format: String?
  var id: String?
  var answer: String?
  var csv: String?

  /// Returns a field that the request must have.
  func need(_ value: String?, _ name: String) throws(CommandFailure) -> String {
    guard let value else {
      throw CommandFailure(.refused, "the request \"\(op)\" needs \"\(name)\"")
    }
    return value
  }
}

/// One answer of the protocol.
struct BenchReply: Encodable {
  var ok: Bool
  var ms: Double?
  var error: String?
  var version: String
  /// Whether the engine ends after it.
  var isLast = false

  private enum CodingKeys: String, CodingKey {
    case ok, ms, error, version
  }

  func line() throws -> String {
    String(decoding: try JSONEncoder().encode(self), as: UTF8.self) + "\n"
  }
}
