internal import HTTPTypes
internal import Hummingbird
internal import Logging

/// What stands before every operation: it answers problems, refuses other hosts, and writes the log.
struct RequestGate: RouterMiddleware {
  typealias Context = BasicRequestContext

  /// For each path, the methods that it answers.
  let methods: [String: [String]]

  /// Passes a request on and turns whatever fails into a response.
  func handle(
    _ request: Request,
    context: BasicRequestContext,
    next: (Request, BasicRequestContext) async throws -> Response
  ) async throws -> Response {
    let clock = ContinuousClock()
    let start = clock.now
    let path = request.uri.path
    let response: Response
    do {
      if let authority = request.head.authority, !Loopback.isNamed(byAuthority: authority) {
        throw Problem.foreignHost
      }
      response = try await next(request, context)
    } catch let problem as Problem {
      response = ErrorEnvelope(problem: problem, instance: path).response()
    } catch is CancellationError {
      context.logger.info("the client left", metadata: ["path": "\(path)"])
      throw CancellationError()
    } catch let error as HTTPError where error.status == .notFound {
      let allowed = methods[path].map(Problem.methodNotAllowed) ?? .notFound(path: path)
      response = ErrorEnvelope(problem: allowed, instance: path).response()
    } catch {
      context.logger.error("a request failed", metadata: ["path": "\(path)", "error": "\(error)"])
      response = ErrorEnvelope(problem: .internalFailure, instance: path).response()
    }
    context.logger.info(
      "request",
      metadata: [
        "method": "\(request.method)", "path": "\(path)", "status": "\(response.status.code)",
        "milliseconds": "\((clock.now - start).milliseconds)",
      ]
    )
    return response
  }
}

extension Duration {
  /// The duration in whole milliseconds.
  fileprivate var milliseconds: Int64 {
    components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000
  }
}
