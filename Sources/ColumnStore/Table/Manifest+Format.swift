extension Manifest {
  /// The bytes of the file.
  ///
  /// ```
  /// magic "MANDIMF1", format version u32, version u64, epoch u64, next file number u64
  /// annotations: number u32, each a key and a value (texts), by ascending key
  /// tables: number u32, each a schema and its segments:
  ///   name (text), schema version u32, fields: number u32, each name (text), type u8,
  ///     nullable u8, text storage u8 (0 no text, 1 dictionary with its name, 2 plain), role u8
  ///   primary key: number u32 and texts; sort order: number u32 and texts
  ///   segments: number u32, each file, row count u64, footer checksum u64, deletions u8 (0 or 1),
  ///     and where it is 1 a file and the number of deleted rows u64
  /// dictionaries: number u32, each name (text), chunks: number u32, each file, first code u32,
  ///   number of texts u32, checksum of its head u64
  /// XXH3-64 of all before
  /// ```
  /// A file is its path (text), length u64 and XXH3-128 (low half u64, high half u64).
  func write() -> [UInt8] {
    var writer = ByteWriter()
    writer.append(raw: Array(Manifest.magic.utf8))
    writer.append(Manifest.formatVersion)
    writer.append(version)
    writer.append(epoch)
    writer.append(nextNumber)
    writer.append(UInt32(annotations.count))
    for (key, value) in annotations.sorted(by: { $0.key < $1.key }) {
      writer.append(text: key)
      writer.append(text: value)
    }
    writer.append(UInt32(tables.count))
    for table in tables { Self.append(table, to: &writer) }
    writer.append(UInt32(dictionaries.count))
    for dictionary in dictionaries {
      writer.append(text: dictionary.name)
      writer.append(UInt32(dictionary.chunks.count))
      for chunk in dictionary.chunks {
        Self.append(chunk.file, to: &writer)
        writer.append(UInt32(chunk.firstCode))
        writer.append(UInt32(chunk.count))
        writer.append(chunk.headChecksum)
      }
    }
    writer.seal()
    return writer.bytes
  }

  private static func append(_ file: File, to writer: inout ByteWriter) {
    writer.append(text: file.path)
    writer.append(UInt64(file.byteCount))
    writer.append(file.checksum)
  }

  private static func append(_ table: Table, to writer: inout ByteWriter) {
    let schema = table.schema
    writer.append(text: schema.name)
    writer.append(schema.version)
    writer.append(UInt32(schema.fields.count))
    for field in schema.fields {
      writer.append(text: field.name)
      writer.append(field.type.rawValue)
      writer.append(UInt8(field.isNullable ? 1 : 0))
      switch (field.type, field.textStorage) {
      case (.string, .dictionary(let name)):
        writer.append(UInt8(1))
        writer.append(text: name)
      case (.string, .plain): writer.append(UInt8(2))
      case (_, .dictionary), (_, .plain): writer.append(UInt8(0))
      }
      writer.append(field.role.rawValue)
    }
    for names in [schema.primaryKey, schema.sortOrder] {
      writer.append(UInt32(names.count))
      for name in names { writer.append(text: name) }
    }
    writer.append(table.takenByteCount)
    writer.append(table.mergedByteCount)
    writer.append(UInt32(table.segments.count))
    for segment in table.segments {
      append(segment.file, to: &writer)
      writer.append(UInt64(segment.rowCount))
      writer.append(segment.footerChecksum)
      writer.append(UInt8(segment.deletions == nil ? 0 : 1))
      if let deletions = segment.deletions {
        append(deletions, to: &writer)
        writer.append(UInt64(segment.deletedCount))
      }
    }
  }

  /// Reads a file that must be that version.
  static func read(_ file: MappedFile, version: UInt64) throws(StoreError) -> Manifest {
    var reader = try ByteReader.unsealing(file.allBytes, file: file.path)
    try reader.expect(magic: magic, version: formatVersion)
    var manifest = Manifest()
    manifest.version = try reader.read(UInt64.self)
    guard manifest.version == version else {
      throw reader.damage("it is version \(manifest.version)")
    }
    manifest.epoch = try reader.read(UInt64.self)
    manifest.nextNumber = try reader.read(UInt64.self)
    for _ in 0..<(try reader.readItemCount(ofSize: 8)) {
      let key = try reader.readText()
      manifest.annotations[key] = try reader.readText()
    }
    for _ in 0..<(try reader.readItemCount(ofSize: 20)) {
      manifest.tables.append(try readTable(&reader))
    }
    for _ in 0..<(try reader.readItemCount(ofSize: 8)) {
      manifest.dictionaries.append(try readDictionary(&reader))
    }
    try reader.finish()
    return manifest
  }

  private static func readFile(_ reader: inout ByteReader) throws(StoreError) -> File {
    let path = try reader.readText()
    guard isInside(path) else { throw reader.damage("the path \(path) leaves the store") }
    let byteCount = try reader.readCount(atMost: .max)
    return File(path: path, byteCount: byteCount, checksum: try reader.readChecksum())
  }

  private static func isInside(_ path: String) -> Bool {
    !path.isEmpty && !path.hasPrefix("/")
      && path.split(separator: "/", omittingEmptySubsequences: false)
        .allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
  }

  private static func readTable(_ reader: inout ByteReader) throws(StoreError) -> Table {
    let schema = try readSchema(&reader)
    var table = Table(schema: schema)
    table.takenByteCount = try reader.read(UInt64.self)
    table.mergedByteCount = try reader.read(UInt64.self)
    for _ in 0..<(try reader.readItemCount(ofSize: 45)) {
      let file = try readFile(&reader)
      let rowCount = try reader.readCount(atMost: Int(UInt32.max))
      let footerChecksum = try reader.read(UInt64.self)
      var segment = Segment(file: file, rowCount: rowCount, footerChecksum: footerChecksum)
      switch try reader.read(UInt8.self) {
      case 0: break
      case 1:
        segment.deletions = try readFile(&reader)
        segment.deletedCount = try reader.readCount(atMost: rowCount)
      case let flag: throw reader.damage("a segment's flag is \(flag)")
      }
      table.segments.append(segment)
    }
    return table
  }

  private static func readSchema(_ reader: inout ByteReader) throws(StoreError) -> TableSchema {
    let name = try reader.readText()
    let version = try reader.read(UInt32.self)
    var fields: [Field] = []
    for _ in 0..<(try reader.readItemCount(ofSize: 8)) {
      let field = try reader.readText()
      let type = ColumnType(rawValue: try reader.read(UInt8.self))
      let nullable = try reader.read(UInt8.self)
      var text: Field.TextStorage?
      let storage = try reader.read(UInt8.self)
      if storage == 1 { text = .dictionary(try reader.readText()) }
      if storage == 2 { text = .plain }
      let role = Field.Role(rawValue: try reader.read(UInt8.self))
      guard let type, let role, nullable <= 1, storage <= 2, (text == nil) == (type != .string)
      else { throw reader.damage("field \(field) is described wrongly") }
      fields.append(Field(field, type, nullable: nullable == 1, text: text, role: role))
    }
    var lists: [[String]] = []
    for _ in 0..<2 {
      var names: [String] = []
      for _ in 0..<(try reader.readItemCount(ofSize: 4)) { names.append(try reader.readText()) }
      lists.append(names)
    }
    let schema = TableSchema(
      name: name,
      fields: fields,
      primaryKey: lists[0],
      sortOrder: lists[1],
      version: version
    )
    if let reason = schema.flaw { throw reader.damage(reason) }
    return schema
  }

  private static func readDictionary(
    _ reader: inout ByteReader
  ) throws(StoreError) -> Dictionary {
    var dictionary = Dictionary(name: try reader.readText())
    var next = 0
    for _ in 0..<(try reader.readItemCount(ofSize: 44)) {
      let file = try readFile(&reader)
      let firstCode = Int(try reader.read(UInt32.self))
      let count = Int(try reader.read(UInt32.self))
      let head = try reader.read(UInt64.self)
      guard firstCode == next, count <= DictionaryChunk.codeLimit - next else {
        throw reader.damage("the codes of dictionary \(dictionary.name) do not follow")
      }
      next += count
      dictionary.chunks.append(
        Chunk(file: file, firstCode: firstCode, count: count, headChecksum: head)
      )
    }
    return dictionary
  }
}
