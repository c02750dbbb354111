internal import Export
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Logging

/// The list of operations; nothing is hidden elsewhere.
struct Routes: Sendable {
  let runner: ReportRunner
  let maximumBodyByteCount: Int

  /// Every operation of the API.
  var endpoints: [Endpoint] {
    [
      Endpoint(
        method: .get,
        path: "/v1/health",
        operationID: "getHealth",
        summary: "Tells that the server answers, and the version of the newest snapshot",
        handler: health
      ),
      Endpoint(
        method: .post,
        path: "/v1/query",
        operationID: "runQuery",
        summary: "Runs a report and answers with a table or with series for a chart",
        handler: query
      ),
      Endpoint(
        method: .post,
        path: "/v1/query/check",
        operationID: "checkQuery",
        summary: "Answers with the diagnostics of a report, without reading data",
        handler: check
      ),
    ]
  }

  /// Returns a router of all operations behind the gate.
  func router() -> Router<BasicRequestContext> {
    let router = Router(context: BasicRequestContext.self)
    let endpoints = endpoints
    let methods = Dictionary(grouping: endpoints, by: \.path)
      .mapValues { $0.map(\.method.rawValue) }
    router.middlewares.add(RequestGate(methods: methods))
    for endpoint in endpoints {
      router.on(RouterPath(endpoint.path), method: endpoint.method, use: endpoint.handler)
    }
    return router
  }

  private func health(_ request: Request, _ context: BasicRequestContext) throws -> Response {
    var writer = JSONWriter()
    let version = try runner.snapshotVersion(logger: context.logger)
    writer.object { writer in
      writer.key("status")
      writer.string("ok")
      writer.key("snapshot")
      writer.integer(version)
    }
    return Self.json(writer.bytes)
  }

  /// The answer ends the connection, since only then a client that leaves is noticed while the
  /// report runs.
  private func query(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
    try checkHead(of: request)
    return try await request.body.consumeWithCancellationOnInboundClose { body in
      let query = try QueryRequest(JSONBody(try await collect(body)))
      let answer = try await runner.answer(to: query, logger: context.logger)
      var response = Self.json(answer)
      response.headers[.connection] = "close"
      return response
    }
  }

  private func check(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
    try checkHead(of: request)
    let body = try CheckRequest(JSONBody(try await collect(request.body)))
    return Self.json(runner.check(body))
  }

  /// Refuses a body that is not JSON or too long by its own words, before any of it is read.
  private func checkHead(of request: Request) throws(Problem) {
    let type = request.headers[.contentType].map { $0.prefix { $0 != ";" } } ?? ""
    guard type.lowercased().filter({ $0 != " " }) == "application/json" else {
      throw .unsupportedMediaType
    }
    let length = request.headers[.contentLength].flatMap { Int($0) } ?? 0
    guard length <= maximumBodyByteCount else { throw .bodyTooLarge(limit: maximumBodyByteCount) }
  }

  private func collect(_ body: RequestBody) async throws -> Data {
    var data = Data()
    for try await part in body {
      guard data.count + part.readableBytes <= maximumBodyByteCount else {
        throw Problem.bodyTooLarge(limit: maximumBodyByteCount)
      }
      data.append(contentsOf: part.readableBytesView)
    }
    return data
  }

  private static func json(_ bytes: [UInt8]) -> Response {
    Response(
      status: .ok,
      headers: [.contentType: "application/json", .cacheControl: "no-store"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
    )
  }
}
