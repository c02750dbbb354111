import ColumnStore
import Crypto

/// A file that was looked at and recognised, before anything is written.
struct PreparedFile {
  let path: String
  let top: FileTop
  /// What all bytes of the file tell; nil while only the top is known.
  private(set) var survey: FileSurvey?
  let recognised: RecognisedFile
  let request: ImportRequest
  let zone: ZoneRules

  /// Recognises a file by its top; `encoding` is what the text is in where no mark says it, nil to
  /// find it out.
  init(
    path: String,
    request: ImportRequest,
    library: ChannelLibrary,
    encoding: TextEncoding? = nil
  ) throws(IngestError) {
    self.path = path
    var composed = request
    composed.account = ComposedText.of(request.account)
    self.request = composed
    top = try FileTop(path: path, encoding: encoding)
    survey = top.survey
    var asked = library.channels
    if let definition = request.definition {
      asked = [definition]
      if let name = request.channel, name != definition.name {
        throw .unknownName(
          kind: "channel in \(definition.source)",
          name: name,
          known: [definition.name],
          suggestion: nil
        )
      }
    } else if let name = request.channel {
      asked = [try library.channel(name)]
    }
    if let dataset = request.dataset {
      let known = asked.flatMap(\.datasets).map(\.name)
      guard known.contains(dataset) else {
        throw .unknownName(
          kind: "data set",
          name: dataset,
          known: known,
          suggestion: Suggestion.nearest(to: dataset, among: known)
        )
      }
    }
    let names = Set(asked.map(\.name))
    recognised = try Recognition(path: path, top: top).recognise(
      among: asked,
      others: library.channels.filter { !names.contains($0.name) },
      dataset: request.dataset
    )
    guard let zone = ZoneRules(identifier: recognised.channel.timeZone) else {
      throw .unknownName(
        kind: "time zone",
        name: recognised.channel.timeZone,
        known: ["Asia/Kolkata"],
        suggestion: nil
      )
    }
    self.zone = zone
  }

  /// The file's name without its folder.
  var fileName: String {
    ComposedText.of(path.split(separator: "/").last.map(String.init) ?? path)
  }

  /// Reads all of the file, unless its top is all of it, and nothing else is done with it.
  ///
  /// - Throws: `ReadingFailure.otherEncoding` when the file is not in the encoding of its top.
  mutating func readSurvey() throws(ReadingFailure) {
    guard survey == nil else { return }
    do throws(IngestError) {
      survey = try FileSurvey.of(path: path)
    } catch {
      throw .file(error)
    }
    guard survey?.isUTF8 == true || !top.isEncodingAssumed else { throw .otherEncoding }
  }

  /// The same bytes read in the same way have the same fingerprint.
  func fingerprint(_ survey: FileSurvey) -> String {
    let parts = [
      survey.fingerprint, recognised.channel.name, recognised.dataset.name, request.account,
      recognised.channel.digest, request.asOf.map(String.init) ?? "",
      dayInName.map(String.init) ?? "",
    ]
    let text = parts.joined(separator: "\u{1F}")
    return String(SHA256.hash(data: Array(text.utf8)).lowercaseHex.prefix(40))
  }

  private var dayInName: Int64? {
    FileVersion.day(inName: fileName, patterns: recognised.dataset.file.nameDates)
  }

  /// The error for a file that stops inside its last line.
  func error(_ cutOff: CanonicalPage.CutOff) -> IngestError {
    .cutOff(
      path: path,
      line: cutOff.line,
      found: cutOff.found,
      expected: recognised.header.names.count
    )
  }

  /// Opens the rows from the first one, to be read by the thread that asks for them.
  func reader() throws(IngestError) -> TableReader {
    TableReader(try parts())
  }

  /// Opens the file behind its header.
  func parts(
    blockBytes: Int = IngestLimits.blockBytes
  ) throws(IngestError) -> TableParts {
    let decoder = CSVDecoder(
      dialect: recognised.dialect,
      shape: .fields(recognised.header.names.count)
    )
    return TableParts(
      source: BlockSource(
        try FileChunks(path: path),
        encoding: top.encoding,
        markBytes: top.markBytes,
        blockBytes: blockBytes,
        isSurveyed: survey != nil
      ),
      decoder: decoder,
      sequence: RowSequence(
        path: path,
        decoder: decoder,
        lastSkippedLine: recognised.header.line
      )
    )
  }

  /// Makes the stage that turns pages into canonical rows.
  func normaliser(customerKey: [UInt8]) -> Normaliser {
    let context = Normaliser.Context(
      channel: recognised.channel,
      dataset: recognised.dataset,
      account: request.account,
      fileName: fileName,
      header: recognised.header,
      zone: zone,
      identity: CustomerIdentity(
        key: customerKey,
        channel: recognised.channel.name,
        account: request.account
      )
    )
    return Normaliser(context)
  }

  /// Tells whether all rows have to be looked at before the first can be taken: for the version of
  /// rows that have none of their own, where nothing else tells it.
  func isVersionInRows(for normaliser: Normaliser) -> Bool {
    request.asOf == nil && dayInName == nil && normaliser.needsFileVersion
  }

  /// The version of rows that have none of their own; nil when nothing tells it.
  func version(for normaliser: Normaliser) throws(IngestError) -> Int64? {
    if let day = request.asOf ?? dayInName { return FileVersion.instant(ofDay: day) }
    guard isVersionInRows(for: normaliser) else { return nil }
    var scout = normaliser
    var memory = normaliser.makeMemory()
    var reader = try self.reader()
    var latest: Int64?
    while let page = try reader.next() {
      guard let day = scout.latestDay(in: page, &memory) else { continue }
      latest = max(latest ?? day, day)
    }
    return latest.map { FileVersion.instant(ofDay: $0) }
  }
}
