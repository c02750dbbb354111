internal import Foundation

/// The members of a JSON object that came in as a body.
struct JSONBody {
  private let members: [String: JSONValue]

  /// Parses a body that has to be one JSON object.
  init(_ bytes: Data) throws(Problem) {
    let value: JSONValue
    do {
      value = try JSONDecoder().decode(JSONValue.self, from: bytes)
    } catch {
      throw .malformedBody("the body is not JSON")
    }
    guard case .object(let members) = value else {
      throw .malformedBody("the body is not a JSON object")
    }
    self.members = members
  }

  /// Refuses members that are not in a list of known keys.
  func allow(_ known: [String]) throws(Problem) {
    guard let unknown = members.keys.sorted().first(where: { !known.contains($0) }) else { return }
    throw .unknownKey(unknown, known: known)
  }

  /// Returns a text that has to be there.
  func requiredText(_ key: String) throws(Problem) -> String {
    guard let text = try text(key) else {
      throw .malformedBody("\(key) is missing; it holds a text")
    }
    return text
  }

  /// Returns a text, or nil when it is absent or `null`.
  func text(_ key: String) throws(Problem) -> String? {
    switch members[key] {
    case nil, .null: return nil
    case .text(let text): return text
    case .bool, .number, .array, .object: throw .malformedBody("\(key) must be a text")
    }
  }

  /// Returns the number of members of an object, 0 when it is absent or `null`.
  func memberCount(_ key: String) throws(Problem) -> Int {
    switch members[key] {
    case nil, .null: return 0
    case .object(let members): return members.count
    case .bool, .number, .text, .array: throw .malformedBody("\(key) must be an object")
    }
  }
}

/// Any JSON value; the parser bounds how deep values are nested.
enum JSONValue: Decodable, Sendable {
  case null
  case bool(Bool)
  case number(Double)
  case text(String)
  case array([JSONValue])
  case object([String: JSONValue])

  /// Reads whichever kind of value comes next.
  ///
  /// A decoder tells the kind of a value only by refusing the others.
  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
      // Not a text: it may be of another kind.
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
      // Not a truth value: it may be of another kind.
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
      // Not a number: it may be of another kind.
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
      // Not an array: then only an object is left, and its refusal is an error.
    } else if let value = try? container.decode([JSONValue].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }
}
