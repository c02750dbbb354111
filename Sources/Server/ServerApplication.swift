internal import ColumnStore
public import Hummingbird
public import Logging
internal import NIOCore
public import QueryLang

/// The HTTP server: reports over the newest snapshot of one store.
public struct ServerApplication: Sendable {
  private static let idleSeconds: Int64 = 60

  private let configuration: ServerConfiguration
  private let routes: Routes
  private let logger: Logger

  /// Makes a server.
  ///
  /// `context` tells the day that counts as today, and the zone, whenever a report begins.
  public init(
    configuration: ServerConfiguration,
    catalog: Catalog,
    backends: any ReportBackends,
    context: @escaping @Sendable () -> ReportContext,
    logger: Logger
  ) {
    self.configuration = configuration
    self.logger = logger
    routes = Routes(
      runner: ReportRunner(
        catalog: catalog,
        backends: backends,
        context: context,
        limits: ScanLimits(bytes: configuration.reportByteCount, time: configuration.reportTime)
      ),
      maximumBodyByteCount: configuration.maximumBodyByteCount
    )
  }

  /// Returns the application, a service that runs until it is told to stop and lets requests that
  /// are under way finish.
  ///
  /// `onStart` is called with the port once the server listens.
  public func application(
    onStart: @escaping @Sendable (Int?) async -> Void = { _ in }
  ) -> some ApplicationProtocol {
    Application(
      router: routes.router(),
      server: .http1(
        configuration: .init(
          idleTimeout: .seconds(Self.idleSeconds)
        )
      ),
      configuration: ApplicationConfiguration(
        address: .hostname(configuration.host, port: configuration.port),
        serverName: "mandi"
      ),
      onServerRunning: { channel in await onStart(channel.localAddress?.port) },
      logger: logger
    )
  }
}
