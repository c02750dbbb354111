import ColumnStore
import Foundation
import Ingest
import QueryLang

/// The engine behind `mandi bench`: a store, the executor of its newest version, and a suite.
struct BenchEngine {
  /// Decoded pages may take this share of the machine's memory.
  private static let cacheShare: UInt64 = 4
  /// The groups of plans may take this one.
  private static let stateShare: UInt64 = 6
  /// The groups of a scan may take this one.
  private static let scanShare: UInt64 = 4
  private static let longestReport: Duration = .seconds(600)

  private let suite: BenchSuite
  private let pool: ScanPool
  private let clock = ContinuousClock()
  /// States answer only what has changed: no repeated question is answered from a cache.
  private let states = StateCache(
    byteBudget: MemoryShare.part(of: stateShare)
  )
  private var store: Store?
  private var directory = ""
  /// For runs that are timed.
  private var timed: LocalBackend?
  /// For the run whose answer is written down: it also makes the states that the first run after an
  /// append uses.
  private var written: LocalBackend?

  /// Makes an engine without a store.
  init(suite: BenchSuite, threads: Int) {
    self.suite = suite
    pool = ScanPool(threads: threads)
  }

  /// Answers a request; what goes wrong is said in the reply.
  mutating func reply(to line: String) async -> BenchReply {
    let version = "Mandi \(MandiCommand.version)"
    let start = clock.now
    do {
      let request = try JSONDecoder().decode(BenchRequest.self, from: Data(line.utf8))
      try await answer(request)
      let parts = (clock.now - start).components
      let milliseconds = Double(parts.seconds) * 1_000 + Double(parts.attoseconds) / 1e15
      return BenchReply(
        ok: true,
        ms: milliseconds,
        error: nil,
        version: version,
        isLast: request.op == "quit"
      )
    } catch {
      let reason = (error as? CommandFailure)?.message ?? "\(error)"
      return BenchReply(ok: false, ms: nil, error: reason, version: version)
    }
  }

  private mutating func answer(_ request: BenchRequest) async throws {
    switch request.op {
    case "hello", "quit": return
    case "load":
      guard (request.format ?? "csv") == "csv" else {
        throw CommandFailure(.refused, "only CSV files are read, not \(request.format ?? "")")
      }
      try load(
        request.need(request.data, "data"),
        into: request.need(request.db, "db")
      )
    case "open": try open(request.need(request.db, "db"), mode: .readWrite)
    case "query":
      try await query(request.need(request.id, "id"), answer: request.answer)
    case "append":
      try importFile(request.need(request.csv, "csv"), dataset: suite.appended)
      try refresh()
    default: throw CommandFailure(.refused, "there is no request \"\(request.op)\"")
    }
  }

  private mutating func open(_ path: String, mode: Store.OpenMode) throws {
    directory = path
    store = try Store.open(
      DiskDirectory(path: path + "/store"),
      mode: mode,
      cacheByteBudget: MemoryShare.part(of: Self.cacheShare)
    )
    try refresh()
  }

  private mutating func load(_ data: String, into path: String) throws {
    guard !FileManager.default.fileExists(atPath: path + "/store") else {
      throw CommandFailure(.refused, "there is a store in \(path) already")
    }
    try open(path, mode: .readWrite)
    try ProcessMemory.withoutReserves {
      for table in suite.tables { try importFile("\(data)/\(table).csv", dataset: table) }
    }
    try refresh()
  }

  private func importFile(_ path: String, dataset: String) throws {
    guard let store else { throw CommandFailure(.refused, "no store is open; send load or open") }
    let importer = Importer(
      store: store,
      dataDirectory: directory,
      library: ChannelLibrary(channels: []),
      pool: pool
    )
    var request = ImportRequest(channel: nil, dataset: dataset, isStrict: true)
    request.definition = suite.definition
    _ = try importer.importFile(path, request)
  }

  private mutating func refresh() throws {
    guard let store else { return }
    let snapshot = try store.snapshot()
    if timed?.snapshotVersion == snapshot.version { return }
    timed = LocalBackend(snapshot: snapshot, pool: pool, states: states, use: .afterChanges)
    written = LocalBackend(snapshot: snapshot, pool: pool, states: states, use: .making)
  }

  private func query(_ id: String, answer path: String?) async throws {
    guard let backend = path == nil ? timed : written else {
      throw CommandFailure(.refused, "no store is open; send load or open")
    }
    guard let query = suite.queries[id] else {
      let known = suite.queries.keys.sorted().joined(separator: ", ")
      throw CommandFailure(.refused, "the suite has no report \(id); it has \(known)")
    }
    let prepared = Report.prepare(
      query.text,
      name: query.file,
      catalog: suite.catalog,
      context: suite.context
    )
    guard prepared.isRunnable else {
      let renderer = DiagnosticRenderer(colour: .never)
      throw CommandFailure(.refused, renderer.render(prepared.diagnostics, in: prepared.source))
    }
    let results = try await prepared.run(
      on: backend,
      policy: .unrestricted(reason: "whoever runs the benchmark may read the files themselves"),
      limits: ScanLimits(bytes: MemoryShare.part(of: Self.scanShare), time: Self.longestReport)
    )
    guard case .report(let result)? = results.last else {
      throw CommandFailure(.refused, "\(query.file) has no report")
    }
    guard let path else { return }
    let text = try BenchAnswer(columns: query.columns).text(result)
    let url = URL(fileURLWithPath: path)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(),
      withIntermediateDirectories: true
    )
    try Data(text.utf8).write(to: url)
  }
}
