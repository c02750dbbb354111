extension WriteTransaction {
  /// Files with the texts that were added to a dictionary.
  struct AddedFiles {
    let name: String
    let chunks: [Manifest.Chunk]
    /// The number of the dictionary's files that stay.
    let keptCount: Int
  }

  /// Writes the texts that were added to dictionaries, and forgets them.
  func writeDictionaries() throws(StoreError) -> [AddedFiles] {
    var result: [AddedFiles] = []
    writtenCounts = dictionaries.mapValues(\.count)
    for name in dictionaries.keys.sorted() {
      // A large dictionary is let go as soon as it is written.
      guard var writer = dictionaries.removeValue(forKey: name), writer.addedCount > 0 else {
        continue
      }
      let added = try writer.makeExtension(files)
      var chunks: [Manifest.Chunk] = []
      for parts in added.files { chunks.append(try write(parts)) }
      result.append(AddedFiles(name: name, chunks: chunks, keptCount: added.keptChunks))
    }
    return result
  }

  private func write(_ parts: DictionaryParts) throws(StoreError) -> Manifest.Chunk {
    let path = files.makeName(in: "dictionaries", prefix: parts.name + ".", suffix: "")
    let (_, written) = try files.write(path) { file throws(StoreError) in
      try parts.write(to: file)
    }
    return Manifest.Chunk(
      file: Manifest.File(path: path, byteCount: written.byteCount, checksum: written.checksum),
      firstCode: parts.firstCode,
      count: parts.count,
      headChecksum: written.headChecksum
    )
  }

  /// The dictionaries as a reader would see them.
  func viewedDictionaries() throws(StoreError) -> [String: TextDictionary] {
    var result = base.dictionaries
    for (name, writer) in dictionaries where writer.addedCount > 0 {
      result[name] = TextDictionary(name: name, chunks: try writer.pieces())
    }
    return result
  }

  /// Returns the text of a code of a dictionary, added ones included.
  ///
  /// - Throws: `StoreError.damaged` when the dictionary cannot be read.
  public func text(_ code: Int, of dictionary: String) throws(StoreError) -> String {
    if let writer = dictionaries[dictionary] { return try writer.text(code) }
    return try base.dictionaries[dictionary]?.text(code) ?? ""
  }

  /// Returns the codes of texts in a dictionary, and adds the texts that are new.
  ///
  /// - Throws: `StoreError.damaged` when the dictionary cannot be read, `.system` when texts cannot
  ///   be let go.
  public func codes(of texts: TextList, in dictionary: String) throws(StoreError) -> [UInt32] {
    var writer = takeWriter(dictionary)
    let codes: [UInt32]
    do {
      defer { dictionaries[dictionary] = writer }
      codes = try writer.codes(of: texts)
    }
    translatedTexts += texts.count
    try boundMemory()
    return codes
  }

  /// The number of texts that each dictionary has with the added ones.
  func dictionaryCount(_ dictionary: String) -> Int {
    dictionaries[dictionary]?.count ?? base.dictionaries[dictionary]?.count ?? 0
  }

  var dictionaryCounts: [String: Int] {
    base.dictionaries.mapValues(\.count)
      .merging(writtenCounts) { $1 }
      .merging(dictionaries.mapValues(\.count)) { $1 }
  }

  /// Takes a writer out, so that it can be changed without a copy.
  private func takeWriter(_ dictionary: String) -> DictionaryWriter {
    if let known = dictionaries.removeValue(forKey: dictionary) { return known }
    let known = base.dictionaries[dictionary]
    return DictionaryWriter(known ?? TextDictionary(name: dictionary, chunks: []))
  }

  /// Lets go of texts, of the dictionary that has most in memory, when there are too many; and of
  /// pages of files that look-ups have brought into memory.
  private func boundMemory() throws(StoreError) {
    var largest: (name: String, byteCount: Int)?
    var byteCount = 0
    for (name, writer) in dictionaries {
      let taken = writer.memoryByteCount
      byteCount += taken
      if taken > largest?.byteCount ?? 0 { largest = (name, taken) }
    }
    if byteCount > textByteLimit, let largest {
      var writer = takeWriter(largest.name)
      defer { dictionaries[largest.name] = writer }
      do throws(StoreError) {
        try writer.seal(files)
      } catch {
        // The writer has lost texts that rows may have codes of.
        failure = error
        throw error
      }
    }
    // What a small batch reads may stay: the next one reads it again.
    guard translatedTexts > TransactionFiles.fewTexts,
      dictionaries.values.contains(where: { $0.isFileRead })
    else { return }
    guard ProcessMemory.mappedByteCount > leastMappedBytes + TransactionFiles.mappedLimit else {
      return
    }
    for writer in dictionaries.values { writer.releasePages() }
    leastMappedBytes = ProcessMemory.mappedByteCount
  }
}
