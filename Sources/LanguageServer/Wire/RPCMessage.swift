/// The number of a request, as the client gave it.
enum RequestID: Hashable {
  case integer(Int)
  case string(String)

  var json: JSONValue {
    switch self {
    case .integer(let number): .integer(number)
    case .string(let text): .string(text)
    }
  }
}

/// Why a message is not answered with a result.
///
/// Source: JSON-RPC 2.0, error object; Language Server Protocol 3.17, error codes.
struct RPCError: Error, Hashable {
  enum Code: Int, Hashable {
    case parseError = -32700
    case invalidRequest = -32600
    case methodNotFound = -32601
    case invalidParams = -32602
    case serverNotInitialized = -32002
    case requestFailed = -32803
  }

  let code: Code
  let message: String

  init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }
}

/// A message of the client.
enum RPCMessage: Hashable {
  case request(RequestID, method: String, params: JSONValue)
  case notification(method: String, params: JSONValue)
  /// An answer to a request of ours; we send none that need an answer.
  case response
  /// Something that is none of these; the number is that of the request, where it has one.
  case invalid(RequestID?, RPCError)

  init(_ bytes: [UInt8]) {
    let value: JSONValue
    do {
      value = try JSONReader.value(of: bytes)
    } catch {
      let sentence = "the message is no JSON: \(error.reason) at byte \(error.offset)"
      self = .invalid(nil, RPCError(.parseError, sentence))
      return
    }
    self.init(value)
  }

  private init(_ value: JSONValue) {
    guard case .object(let members) = value else {
      self = .invalid(nil, RPCError(.invalidRequest, "a message is one object"))
      return
    }
    var id: RequestID?
    switch members["id"] {
    case .integer(let number): id = .integer(number)
    case .string(let text): id = .string(text)
    case nil, .null, .bool, .number, .array, .object: break
    }
    func refuse(_ sentence: String) -> RPCMessage {
      .invalid(id, RPCError(.invalidRequest, sentence))
    }
    guard members["jsonrpc"] == "2.0" else {
      self = refuse("\"jsonrpc\" must be \"2.0\"")
      return
    }
    guard let method = members["method"]?.string else {
      let isAnswer = members["method"] == nil && (members["result"] ?? members["error"]) != nil
      self = isAnswer ? .response : refuse("\"method\" must be a text")
      return
    }
    let params = members["params"] ?? .null
    switch params {
    case .null, .array, .object: break
    case .bool, .integer, .number, .string:
      self = refuse("\"params\" must be an object or an array")
      return
    }
    if let id {
      self = .request(id, method: method, params: params)
    } else if members["id"] == nil {
      self = .notification(method: method, params: params)
    } else {
      self = refuse("\"id\" must be a whole number or a text")
    }
  }

  // MARK: Answers

  static func result(_ id: RequestID, _ result: JSONValue) -> JSONValue {
    ["jsonrpc": "2.0", "id": id.json, "result": result]
  }

  static func failure(_ id: RequestID?, _ error: RPCError) -> JSONValue {
    [
      "jsonrpc": "2.0", "id": id?.json ?? .null,
      "error": ["code": .integer(error.code.rawValue), "message": .string(error.message)],
    ]
  }

  static func notification(_ method: String, _ params: JSONValue) -> JSONValue {
    ["jsonrpc": "2.0", "method": .string(method), "params": params]
  }
}
