internal import HTTPTypes
internal import Hummingbird

/// One operation of the API, declared once: its route, what it is called, and what it does.
struct Endpoint: Sendable {
  /// What an operation answers a request with.
  typealias Handler = @Sendable (Request, BasicRequestContext) async throws -> Response

  let method: HTTPRequest.Method
  let path: String
  let operationID: String
  let summary: String
  let handler: Handler
}
