/// One version of the whole store: its tables, and every file that they are made of.
struct Manifest: Sendable, Equatable {
  /// A file as it must be.
  struct File: Sendable, Equatable {
    let path: String
    let byteCount: Int
    let checksum: FileChecksum
  }

  /// A segment and the rows of it that are deleted.
  struct Segment: Sendable, Equatable {
    let file: File
    let rowCount: Int
    /// The checksum of the segment's footer, which is compared whenever the file is opened.
    let footerChecksum: UInt64
    var deletions: File?
    var deletedCount = 0
  }

  struct Table: Sendable, Equatable {
    var schema: TableSchema
    var segments: [Segment] = []
    /// The bytes of all segments that transactions wrote since the table was made.
    var takenByteCount: UInt64 = 0
    /// The bytes of all segments that merges wrote.
    var mergedByteCount: UInt64 = 0
  }

  /// A part of a dictionary.
  struct Chunk: Sendable, Equatable {
    let file: File
    let firstCode: Int
    let count: Int
    /// The checksum of the file's head, which is compared whenever the file is opened.
    let headChecksum: UInt64
  }

  struct Dictionary: Sendable, Equatable {
    let name: String
    var chunks: [Chunk] = []
  }

  static let magic = "MANDIMF1"
  static let formatVersion: UInt32 = 3

  /// The number of the version; zero is the empty store, which has no file.
  var version: UInt64 = 0
  /// Tells the transaction that wrote this version from every other.
  var epoch: UInt64 = 0
  /// The number that the next new file gets.
  var nextNumber: UInt64 = 1
  var annotations: [String: String] = [:]
  var tables: [Table] = []
  var dictionaries: [Dictionary] = []

  /// Returns the place of a table, which is made when it is not there.
  mutating func place(ofTable schema: TableSchema) -> Int {
    if let place = tables.firstIndex(where: { $0.schema.name == schema.name }) { return place }
    tables.append(Table(schema: schema))
    return tables.count - 1
  }

  /// Lets files follow the first `keptCount` ones of a dictionary, in the place of the others.
  mutating func add(_ chunks: [Chunk], to name: String, after keptCount: Int) {
    if let place = dictionaries.firstIndex(where: { $0.name == name }) {
      dictionaries[place].chunks.removeSubrange(keptCount...)
      dictionaries[place].chunks.append(contentsOf: chunks)
    } else {
      dictionaries.append(Dictionary(name: name, chunks: chunks))
    }
  }

  /// Every file that this version needs, without manifests.
  var files: [File] {
    tables.flatMap { $0.segments.flatMap { [$0.file] + [$0.deletions].compactMap { $0 } } }
      + dictionaries.flatMap { $0.chunks.map(\.file) }
  }

  /// The name of a version's file.
  static func fileName(version: UInt64) -> String {
    let digits = String(version)
    return "manifest-" + String(repeating: "0", count: 20 - digits.count) + digits
  }

  /// The version of a file of that name; nil when it is no manifest.
  static func version(ofFile name: String) -> UInt64? {
    guard name.hasPrefix("manifest-"), name.utf8.count == 29 else { return nil }
    return UInt64(name.dropFirst(9))
  }
}
