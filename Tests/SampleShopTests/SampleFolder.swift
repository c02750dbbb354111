import Foundation
import SampleShop

/// A sample in a folder of its own, which goes away with it.
final class SampleFolder {
  let path: String
  var truthPath: String { path + "/truth.csv" }
  var directory: String { path + "/files" }

  init(rows: Int, seed: UInt64, until lastDay: ShopDay = .standardEnd) throws {
    path = NSTemporaryDirectory() + "sample-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try SampleShop(rows: rows, seed: seed, until: lastDay)
      .write(to: path + "/files", truth: path + "/truth.csv")
  }

  deinit {
    // A folder that stays behind in the temporary directory does no harm.
    try? FileManager.default.removeItem(atPath: path)
  }

  /// The names of a channel's files, as `LC_ALL=C` sorts them.
  func names(of channel: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: directory + "/" + channel)
      .sorted { left, right in left.utf8.lexicographicallyPrecedes(right.utf8) }
  }

  func bytes(of channel: String, _ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: "\(directory)/\(channel)/\(name)")))
  }

  /// The rows of a delimited file by column name; a missing trailing field is empty.
  func rows(
    of channel: String,
    _ name: String,
    separator: Character
  ) throws -> [[String: String]] {
    var bytes = try bytes(of: channel, name)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
    let text = String(validating: bytes, as: UTF8.self) ?? SampleFolder.latin1(bytes)
    let records = SampleFolder.records(text, separator: separator)
    guard let header = records.first else { return [] }
    return records.dropFirst().map { fields in
      var row: [String: String] = [:]
      for (position, column) in header.enumerated() {
        row[column] = position < fields.count ? fields[position] : ""
      }
      return row
    }
  }

  private static func latin1(_ bytes: [UInt8]) -> String {
    String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
  }

  /// Splits by RFC 4180; a tab-separated file has no quotes.
  private static func records(_ text: String, separator: Character) -> [[String]] {
    var records: [[String]] = []
    var record: [String] = []
    var field = ""
    var isQuoted = false
    let canQuote = separator == ","
    for character in text {
      if canQuote, character == "\"" {
        if !isQuoted, field.hasSuffix("\u{0}") {
          field.removeLast()
          field.append("\"")
        }
        if isQuoted { field.append("\u{0}") }
        isQuoted.toggle()
      } else if isQuoted || (character != separator && !character.isNewline) {
        field.append(character)
      } else {
        record.append(field.replacingOccurrences(of: "\u{0}", with: ""))
        field = ""
        if character.isNewline {
          records.append(record)
          record = []
        }
      }
    }
    return records
  }
}
