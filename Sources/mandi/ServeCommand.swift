import ArgumentParser
import ColumnStore
import Foundation
import Logging
import QueryLang
import Server
import ServiceLifecycle
import UnixSignals

/// Serves reports over HTTP.
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Answer reports over HTTP, on this machine only."
  )

  private static let longestShutdown: Duration = .seconds(20)

  /// The part of the machine's memory that groups of plans may take, to be kept between requests.
  private static let stateShare: UInt64 = 12
  /// The part that the groups of all reports that run at once may take.
  private static let scanShare: UInt64 = 4

  @OptionGroup var data: DataOption

  @OptionGroup var model: ModelOption

  @Option(help: "The address to listen on, one of this machine's own.")
  var host = "127.0.0.1"

  @Option(help: "The port; 0 lets the system choose a free one.")
  var port = 8080

  @Flag(
    inversion: .prefixedNo,
    help: "Merge small segments meanwhile, with at most a quarter of one processor."
  )
  var compaction = true

  @OptionGroup var diagnostics: DiagnosticOptions

  func run() async throws {
    let threads = ProcessInfo.processInfo.activeProcessorCount
    var configuration = try configuration()
    configuration.reportByteCount = MemoryShare.part(of: Self.scanShare * UInt64(threads))
    let catalog = try model.catalog(diagnostics)
    let timezone = catalog.defaults.timezone
    let zone = try ReportZone(timezone)
    let backends = StoreBackends(
      store: try data.openForReading(),
      pool: ScanPool(threads: threads),
      stateByteBudget: MemoryShare.part(of: Self.stateShare)
    )
    let logger = Logger(label: "mandi") { _ in JSONLogHandler() }
    let server = ServerApplication(
      configuration: configuration,
      catalog: catalog,
      backends: backends,
      context: { zone.context(at: Date()) },
      logger: logger
    )
    let host = configuration.host
    let application = server.application { port in
      logger.notice("listening", metadata: ["host": "\(host)", "port": "\(port ?? 0)"])
    }
    var group: [ServiceGroupConfiguration.ServiceConfiguration] = [
      .init(service: application, successTerminationBehavior: .gracefullyShutdownGroup)
    ]
    if compaction {
      let path = data.storePath
      let compactor = Compactor(logger: logger) {
        try Store.open(DiskDirectory(path: path), mode: .readWrite)
      }
      group.append(
        .init(service: CompactionService(compactor), successTerminationBehavior: .ignore)
      )
    }
    var services = ServiceGroupConfiguration(
      services: group,
      gracefulShutdownSignals: [.sigint, .sigterm],
      logger: logger
    )
    services.maximumGracefulShutdownDuration = Self.longestShutdown
    do {
      try await ServiceGroup(configuration: services).run()
    } catch {
      throw CommandFailure(.couldNot, "cannot serve on \(host) port \(port): \(error)")
    }
    logger.notice("stopped")
  }

  private func configuration() throws(CommandFailure) -> ServerConfiguration {
    do {
      return try ServerConfiguration(host: host, port: port)
    } catch {
      throw CommandFailure(.usage, "\(error)")
    }
  }
}

/// Merges while the server runs.
private struct CompactionService: Service {
  private let compactor: Compactor

  init(_ compactor: Compactor) { self.compactor = compactor }

  func run() async {
    await cancelWhenGracefulShutdown { await compactor.run() }
  }
}
