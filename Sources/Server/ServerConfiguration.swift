/// Where the server listens and how much one request may use.
///
/// There are no accounts, so whoever reaches the port reads every figure. Therefore only addresses
/// of the machine itself can be named.
public struct ServerConfiguration: Sendable, Hashable {
  /// The address, one of this machine's loopback interface.
  public let host: String
  /// The port; 0 lets the system choose a free one.
  public let port: Int
  /// The longest body of a request, in bytes.
  public var maximumBodyByteCount = 1 << 20
  /// The longest duration of a report.
  public var reportTime: Duration = .seconds(30)
  /// The bytes that the groups of one scan may take; as many scans run at once as there are threads.
  public var reportByteCount = 2 << 30

  /// Makes a configuration.
  ///
  /// - Throws: `ServerError.notLoopback` when the host is not an address of the loopback interface,
  ///   `ServerError.invalidPort` when there is no such port.
  public init(host: String = "127.0.0.1", port: Int = 8080) throws(ServerError) {
    guard Loopback.includes(host) else { throw .notLoopback(host: host) }
    guard (0...65_535).contains(port) else { throw .invalidPort(port) }
    self.host = host
    self.port = port
  }
}

/// Names and addresses of the machine itself.
enum Loopback {
  /// Tells whether a host is `localhost`, in 127.0.0.0/8, or `::1`.
  static func includes(_ host: String) -> Bool {
    let name = host.lowercased()
    if name == "localhost" || name == "::1" || name == "[::1]" { return true }
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4, parts[0] == "127" else { return false }
    return parts.allSatisfy { part in
      part.count <= 3 && part.utf8.allSatisfy { (0x30...0x39).contains($0) } && UInt8(part) != nil
    }
  }

  /// Tells whether the authority of a request, a host with an optional port, names the machine
  /// itself.
  static func isNamed(byAuthority authority: String) -> Bool {
    if authority.hasPrefix("[") {
      return includes(String(authority.prefix { $0 != "]" }) + "]")
    }
    return includes(String(authority.prefix { $0 != ":" }))
  }
}

/// Why the server cannot start.
public enum ServerError: Error, Sendable, Equatable {
  /// The address could be reached from other machines.
  case notLoopback(host: String)
  /// There is no such port.
  case invalidPort(Int)
}

extension ServerError: CustomStringConvertible {
  /// The sentence for a person, with what to do.
  public var description: String {
    switch self {
    case .notLoopback(let host):
      "refused to listen on \(host): there are no accounts yet, so whoever reaches the port can "
        + "read every figure; use --host 127.0.0.1, and an SSH tunnel from other machines"
    case .invalidPort(let port):
      "there is no port \(port); use a number from 0 to 65535, where 0 lets the system choose"
    }
  }
}
