internal import Export
internal import Foundation
public import Logging

/// Writes the log as one JSON object for each line on standard error.
public struct JSONLogHandler: LogHandler {
  /// The least level that is written.
  public var logLevel: Logger.Level
  /// What every line says besides its own.
  public var metadata: Logger.Metadata = [:]
  private let now: @Sendable () -> Date

  /// Makes a handler that writes a level and everything above it.
  public init(logLevel: Logger.Level = .info) {
    self.logLevel = logLevel
    now = { Date() }
  }

  /// Reads or sets one value that every line has.
  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  /// Writes a line.
  public func log(event: LogEvent) {
    var writer = JSONWriter()
    let fields = metadata.merging(event.metadata ?? [:]) { _, own in own }
    writer.object { writer in
      writer.key("time")
      writer.string(CalendarText.instant(Int64(now().timeIntervalSince1970 * 1_000_000)))
      writer.key("level")
      writer.string(event.level.rawValue)
      writer.key("message")
      writer.string(event.message.description)
      for (key, value) in fields.sorted(by: { $0.key < $1.key }) {
        writer.key(key)
        writer.string(value.description)
      }
      if let error = event.error {
        writer.key("error")
        writer.string("\(error)")
      }
    }
    writer.endLine()
    // A log that cannot be written has nowhere to say so.
    try? FileHandle.standardError.write(contentsOf: Data(writer.bytes))
  }
}
