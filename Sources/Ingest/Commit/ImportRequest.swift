/// What to import and how.
public struct ImportRequest: Sendable {
  /// The channel, or nil to find it by the headers.
  public var channel: String?
  /// The seller's account at the channel.
  public var account: String
  /// The data set of the channel, or nil to find it by the headers.
  public var dataset: String?
  /// A definition to use instead of the built-in ones.
  public var definition: ChannelDefinition?
  /// The day of the export, in days since 1970-01-01, or nil.
  public var asOf: Int64?
  /// Tells whether a file with a row that cannot be read is refused as a whole.
  public var isStrict: Bool

  /// The account where none is given.
  public static let defaultAccount = "main"

  /// Makes a request; by default everything is found out from the file.
  public init(
    channel: String? = nil,
    account: String = ImportRequest.defaultAccount,
    dataset: String? = nil,
    definition: ChannelDefinition? = nil,
    asOf: Int64? = nil,
    isStrict: Bool = false
  ) {
    self.channel = channel
    self.account = account
    self.dataset = dataset
    self.definition = definition
    self.asOf = asOf
    self.isStrict = isStrict
  }

  /// Reads a day written `2026-03-31`, for `asOf`; nil when the text is none.
  public static func day(_ text: String) -> Int64? {
    let bytes = Array(text.utf8)
    guard bytes.count == 10 else { return nil }
    return DateReader.readISO(bytes.span, 0..<bytes.count)?.days
  }
}

/// How far an import is.
public struct ImportProgress: Sendable, Equatable {
  /// Bytes of the file that were read.
  public let bytesRead: Int
  /// Bytes of the file.
  public let byteCount: Int
  /// Rows that were read.
  public let rows: Int
}
